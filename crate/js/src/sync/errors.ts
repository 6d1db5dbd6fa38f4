// The errors of locks, barriers and queues: Python's names.

import { RuntimeError } from '../errors.js';

/** No item came in time. */
export class Empty extends Error {
  override name = 'Empty';
  constructor(message = 'the queue is empty') {
    super(message);
  }
}

/** No place for the item was free in time. */
export class Full extends Error {
  override name = 'Full';
  constructor(message = 'the queue is full') {
    super(message);
  }
}

/** The queue was shut down: it takes no more, and has no more. */
export class ShutDown extends Error {
  override name = 'ShutDown';
  constructor(message = 'the queue was shut down') {
    super(message);
  }
}

/** The barrier was aborted or reset, or somebody did not come in time. */
export class BrokenBarrierError extends RuntimeError {
  override name = 'BrokenBarrierError';
  constructor(message = 'the barrier is broken') {
    super(message);
  }
}

/**
 * The worker that holds the lock was ended, so it will not release it, and what the lock guards may be half done. Every
 * waiter gets this until somebody calls `release()`.
 */
export class HolderDiedError extends RuntimeError {
  override name = 'HolderDiedError';
  /** What the worker was called. */
  readonly holder: string;

  constructor(holder: string) {
    super(`${holder} was ended while it held the lock; release() makes the lock usable again`);
    this.holder = holder;
  }
}

/** All of them, for whoever must know them when they arrive. */
export const SYNC_ERRORS = [Empty, Full, ShutDown, BrokenBarrierError, HolderDiedError];
