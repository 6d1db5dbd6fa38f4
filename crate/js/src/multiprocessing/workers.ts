// The executors that do a pool's work. All workers are there from the start, and one that dies is replaced.

import type { BrokenExecutor } from '../errors.js';
import type { ShutdownOptions } from '../executor.js';
import type { Future } from '../future.js';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../index.js';
import type { PoolOptions, ProcessPoolOptions } from '../pool.js';
import { chunkOf, type Task, toCall } from '../tasks.js';

/** Sends one call for some items; each item is the arguments of one. */
export type SendItems = (items: unknown[][]) => Future<unknown>;

/** What a pool wants of an executor. */
export interface Workers {
  /** How many there are now. */
  readonly workers: number;
  shutdown(options?: ShutdownOptions): Promise<void>;
  shutdownSync(options?: ShutdownOptions): void;
  /** One call. */
  send(fn: Task, args: unknown[]): Future<unknown>;
  /** What sends calls of `fn`: with `chunked` one for all items, whose value is an array, else one for a single item. */
  sender(fn: Task, chunked: boolean): SendItems;
  /** Ends all workers now: what runs fails, what waits is cancelled. */
  stop(): void;
  /** The error for calls that this ends. */
  stopped(): BrokenExecutor;
}

const REASON = { reason: 'the pool was terminated' };

export class Threads extends ThreadPoolExecutor implements Workers {
  constructor(options: PoolOptions) {
    super(options);
    this.startAll();
  }

  protected override get eager(): boolean {
    return true;
  }

  send(fn: Task, args: unknown[]): Future<unknown> {
    return this.call(fn, args, {});
  }

  sender(fn: Task, chunked: boolean): SendItems {
    return sender((fn, args) => this.send(fn, args), fn, chunked);
  }

  stop(): void {
    this.terminate();
  }

  stopped(): BrokenExecutor {
    return this.broken(REASON);
  }
}

export class Processes extends ProcessPoolExecutor implements Workers {
  constructor(options: ProcessPoolOptions) {
    super(options);
    this.startAll();
  }

  protected override get eager(): boolean {
    return true;
  }

  send(fn: Task, args: unknown[]): Future<unknown> {
    return this.call(fn, args, {});
  }

  sender(fn: Task, chunked: boolean): SendItems {
    return sender((fn, args) => this.send(fn, args), fn, chunked);
  }

  stop(): void {
    this.terminate();
  }

  stopped(): BrokenExecutor {
    return this.broken(REASON);
  }
}

function sender(send: Workers['send'], fn: Task, chunked: boolean): SendItems {
  const { ref, fixed } = toCall(fn);
  if (!chunked) return ([item = []]) => send(ref, [...fixed, ...item]);
  const chunk = chunkOf(ref);
  return items => send(chunk, [items.map(item => [...fixed, ...item])]);
}
