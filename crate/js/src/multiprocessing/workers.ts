// The executors that do a pool's work. All workers are there from the start, and one that dies is replaced.

import type { BrokenExecutor } from '../errors.js';
import type { ShutdownOptions } from '../executor.js';
import type { Future } from '../future.js';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../index.js';
import type { PoolExecutor, PoolOptions, ProcessPoolOptions } from '../pool.js';
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

/** The class of executors below `Base` that does a pool's work. */
function workersOf<O extends PoolOptions>(
  Base: new (options: O) => PoolExecutor,
): new (
  options: O,
) => Workers {
  return class extends Base implements Workers {
    constructor(options: O) {
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
      const { ref, fixed } = toCall(fn);
      if (!chunked) return ([item = []]) => this.send(ref, [...fixed, ...item]);
      const chunk = chunkOf(ref);
      return items => this.send(chunk, [items.map(item => [...fixed, ...item])]);
    }

    stop(): void {
      this.terminate();
    }

    stopped(): BrokenExecutor {
      return this.broken(REASON);
    }
  };
}

export const Threads = /* @__PURE__ */ workersOf<PoolOptions>(ThreadPoolExecutor);
export const Processes = /* @__PURE__ */ workersOf<ProcessPoolOptions>(ProcessPoolExecutor);
