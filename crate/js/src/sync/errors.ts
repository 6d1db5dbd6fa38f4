// The errors of locks, barriers and queues: Python's names.

import { RuntimeError } from '../errors.js';

/**
 * No item came in time.
 *
 * ```js
 * await ready();
 * const error = await new Queue().get({ timeout: 0.01 }).catch(error => error);
 * console.log(error instanceof Empty);   // true
 * ```
 */
export class Empty extends Error {
  override name = 'Empty';
  constructor(message = 'the queue is empty') {
    super(message);
  }
}

/**
 * No place for the item was free in time.
 *
 * ```js
 * await ready();
 * const queue = new Queue(1);
 * await queue.put('a');
 * const error = await queue.put('b', { timeout: 0.01 }).catch(error => error);
 * console.log(error instanceof Full);   // true
 * ```
 */
export class Full extends Error {
  override name = 'Full';
  constructor(message = 'the queue is full') {
    super(message);
  }
}

/**
 * The queue was shut down: it takes no more, and has no more.
 *
 * ```js
 * await ready();
 * const queue = new Queue();
 * queue.shutdown();
 * const error = await queue.get().catch(error => error);
 * console.log(error instanceof ShutDown);   // true
 * ```
 */
export class ShutDown extends Error {
  override name = 'ShutDown';
  constructor(message = 'the queue was shut down') {
    super(message);
  }
}

/**
 * The barrier was aborted or reset, or somebody did not come in time.
 *
 * ```js
 * await ready();
 * const barrier = new Barrier(2);
 * const error = await barrier.wait({ timeout: 0.01 }).catch(error => error);
 * console.log(error instanceof BrokenBarrierError, barrier.broken);   // true true
 * ```
 */
export class BrokenBarrierError extends RuntimeError {
  override name = 'BrokenBarrierError';
  constructor(message = 'the barrier is broken') {
    super(message);
  }
}

/**
 * The worker that holds the lock was ended, so it will not release it, and what the lock guards may be half done. Every
 * waiter gets this until somebody calls `release()`.
 *
 * ```js
 * await ready();
 * const [lock, taken] = [new Lock(), new Event()];
 * const pool = new ProcessPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'w' });
 * const future = pool.submit((lock, taken) => {
 *   lock.acquireSync();
 *   taken.set();
 *   for (;;);
 * }, lock, taken);
 * await taken.wait();
 * pool.terminateWorkers();
 * await future.exception();
 * const error = await lock.acquire().catch(error => error);
 * console.log(error instanceof HolderDiedError, error.holder);   // true the worker w_0
 * lock.release();
 * console.log(await lock.acquire());   // true
 * ```
 */
export class HolderDiedError extends RuntimeError {
  override name = 'HolderDiedError';
  /** Who held it, as in `the worker w_0`. */
  readonly holder: string;

  constructor(holder: string) {
    super(`${holder} was ended while it held the lock; release() makes the lock usable again`);
    this.holder = holder;
  }
}

/** All of them, for whoever must know them when they arrive. */
export const SYNC_ERRORS = [Empty, Full, ShutDown, BrokenBarrierError, HolderDiedError];
