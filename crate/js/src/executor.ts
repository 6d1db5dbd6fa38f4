// What every executor can do; `map`, `submitWith`, the with-statement, and the errors of arguments, are the same for all.

import { disposal } from './disposal.js';
import { RuntimeError } from './errors.js';
import { Future } from './future.js';
import { type MapIterator, type MapOptions, mapOver, type SubmitItems } from './map.js';
import { checkOptions } from './options.js';
import { cancelOnAbort } from './signals.js';
import { chunkOf, describe, type Task, toCall, toFixed } from './tasks.js';

/** How to shut down. */
export interface ShutdownOptions {
  /** Whether to wait until all is done and the workers are gone; true if not given. */
  readonly wait?: boolean | undefined;
  /** Whether to cancel what has not started; false if not given. */
  readonly cancelFutures?: boolean | undefined;
}

/** How to make one call. */
export interface SubmitOptions {
  /** When it aborts, the call is cancelled if it has not started. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Process pools only: an abort also ends the worker that runs the call, and another takes its place. The future then
   * fails with the signal's reason.
   */
  readonly terminateOnAbort?: boolean | undefined;
  /**
   * Has the arguments go by structured clone, as `postMessage` sends them, with what in them is moved instead of copied.
   * The list may be empty: so go values that cannot be moved and are no plain data, such as a SharedArrayBuffer or a Blob.
   */
  readonly transfer?: readonly Transferable[] | undefined;
}

/** An iterable for each argument. */
export type Iterables<A extends unknown[]> = { [K in keyof A]: Iterable<A[K]> };

const NO_OPTIONS: SubmitOptions = {};

/** How `await using` and, in workers only, `using` end an executor. */
interface Ends {
  shutdown(): Promise<void>;
  shutdownSync(): void;
}

/**
 * Python's `concurrent.futures.Executor`: what all executors have in common, and the base of those that you write. Such
 * a one has a `submit`, which makes a `Future`; `map` and `submitWith` are built on that. Where it has something to end,
 * it has a `shutdown` too.
 *
 * ```js
 * class Immediately extends Executor {
 *   submit(f, ...args) {
 *     const future = new Future();
 *     future.setRunningOrNotifyCancel();
 *     future.setResult(f(...args));
 *     return future;
 *   }
 * }
 * for (const square of new Immediately().map(x => x * x, [1, 2])) console.log(square);   // 1 4
 * ```
 */
export class Executor extends /* @__PURE__ */ disposal<Ends>(
  it => it.shutdown(),
  it => it.shutdownSync(),
) {
  /**
   * Has a task called with `args`, and gives the future of its value at once. What cannot be sent fails that future.
   *
   * ```js
   * console.log(await executor.submit(isPrime, 97));   // true
   * ```
   *
   * @param fn a reference from `tasksOf`, `task` or `partial`, or a function. A pool sends a function by its source, so
   * it must not use what is around it; `AsyncExecutor` and `InlineExecutor` call it where it is
   * @throws TypeError where `fn` is not a task; RuntimeError after a shutdown; BrokenExecutor where the pool is broken
   */
  submit<A extends unknown[], R>(fn: Task<(...args: A) => R>, ...args: A): Future<Awaited<R>> {
    return this.call(fn, args, NO_OPTIONS) as Future<Awaited<R>>;
  }

  /**
   * As `submit`, with options: `signal` cancels the call when it aborts, if the call has not started by then. If it is
   * aborted already, the future is cancelled from the start. With `terminateOnAbort: true` the abort of a call that runs
   * in a process pool ends its worker.
   *
   * `transfer` lists what in the arguments moves to the worker instead of being copied; it is gone here when this
   * returns, whatever becomes of the call. `AsyncExecutor` and `InlineExecutor` send nothing, and leave it as it is.
   *
   * ```js
   * const controller = new AbortController();
   * const future = executor.submitWith({ signal: controller.signal }, isPrime, 97);
   * controller.abort();
   * await wait([future]);
   *
   * const bytes = new Uint8Array(1_000_000);
   * const sum = executor.submitWith({ transfer: [bytes.buffer] }, add, bytes);
   * console.log(bytes.length, await sum);   // 0 0
   * ```
   *
   * @throws TypeError for a bad option, or `terminateOnAbort` on another executor than a process pool; else as `submit`
   */
  submitWith<A extends unknown[], R>(
    options: SubmitOptions,
    fn: Task<(...args: A) => R>,
    ...args: A
  ): Future<Awaited<R>> {
    checkOptions('submitWith', options, ['signal', 'terminateOnAbort', 'transfer']);
    const { signal, terminateOnAbort = false, transfer } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`);
    if (typeof terminateOnAbort !== 'boolean')
      throw new TypeError(
        `terminateOnAbort must be true or false, not ${describe(terminateOnAbort)}`,
      );
    const { end } = this;
    if (terminateOnAbort && end === undefined)
      throw new TypeError(
        'terminateOnAbort needs a process pool: only a process can be ended alone',
      );
    if (transfer !== undefined && !Array.isArray(transfer))
      throw new TypeError(`transfer must be an array, not ${describe(transfer)}`);
    const future = this.call(fn, args, options) as Future<Awaited<R>>;
    if (signal !== undefined)
      cancelOnAbort(future, signal, terminateOnAbort ? reason => end?.(future, reason) : undefined);
    return future;
  }

  /**
   * Calls a task with the items of one iterable, or of several in step, the shortest wins; the values come in the order
   * of the items. Without any iterable there are none. All calls are submitted before this returns, unless `buffersize`
   * is given.
   *
   * The last argument may be an object of options: `timeout` in seconds from now for the whole, `chunksize` (how many
   * items make one call; process pools only, as in Python), `buffersize` (how many calls are in flight at most; the
   * iterables may then be endless). All other arguments must be iterable.
   *
   * The result is an async iterator, and in workers a blocking iterator too. The first failed call ends it, and what
   * has not started of the rest is cancelled; so does the end of a loop over it by `break`.
   *
   * ```js
   * for await (const prime of executor.map(isPrime, [97, 98], { timeout: 60 })) console.log(prime);   // true false
   * ```
   *
   * @throws TypeError or RangeError for bad options, at once; whatever an iterable throws
   */
  map<A extends unknown[], R>(
    fn: Task<(...args: NoInfer<A>) => R>,
    ...iterables: Iterables<A>
  ): MapIterator<Awaited<R>>;
  map<A extends unknown[], R>(
    fn: Task<(...args: NoInfer<A>) => R>,
    ...iterablesAndOptions: [...Iterables<A>, MapOptions]
  ): MapIterator<Awaited<R>>;
  map(fn: Task, ...rest: unknown[]): MapIterator<unknown> {
    return mapOver(this.chunks ? this.#chunkSubmitter(fn) : this.#submitter(fn), this.chunks, rest);
  }

  /**
   * Stops accepting calls. What is queued still runs, or is cancelled with `cancelFutures`. Calling it again is harmless.
   * Errors of tasks that nobody has asked for are then reported on the console.
   *
   * ```js
   * const future = executor.submit(isPrime, 97);
   * await executor.shutdown();
   * console.log(future.done());   // true
   * ```
   *
   * @returns a promise that settles when all is done and the workers are gone, or at once with `wait: false`
   */
  shutdown(_options?: ShutdownOptions): Promise<void> {
    return Promise.resolve();
  }

  /**
   * The blocking form of `shutdown`, in workers only, or with `wait: false`.
   *
   * @throws BlockingNotAllowedError on a page, where it would wait
   *
   * ```js
   * executor.shutdownSync({ wait: false });
   * try {
   *   executor.submit(isPrime, 97);
   * } catch (error) {
   *   console.log(error.name);   // RuntimeError
   * }
   * ```
   */
  shutdownSync(_options?: ShutdownOptions): void {}

  /** @internal Makes the call; `submit` and `submitWith` are the same but for the options. */
  protected call(fn: unknown, args: unknown[], { signal }: SubmitOptions): Future<unknown> {
    if (this.submit === Executor.prototype.submit)
      throw new RuntimeError(`${this.constructor.name} has no submit of its own`);
    return signal?.aborted
      ? cancelledFuture()
      : this.submit(fn as Task<(...args: unknown[]) => unknown>, ...args);
  }

  /** @internal Ends a call that runs, where that is possible. */
  protected get end(): ((future: Future<unknown>, reason: unknown) => void) | undefined {
    return undefined;
  }

  /** @internal Whether `map` sends its items in chunks. */
  protected get chunks(): boolean {
    return false;
  }

  #submitter(fn: Task): SubmitItems {
    toFixed(fn);
    return ([item = []]) => this.submit(fn as Task<(...args: unknown[]) => unknown>, ...item);
  }

  #chunkSubmitter(fn: Task): SubmitItems {
    const { ref, fixed } = toCall(fn);
    const chunk = chunkOf(ref);
    return items => this.call(chunk, [items.map(item => [...fixed, ...item])], NO_OPTIONS);
  }
}

/** A future for a call that was aborted before it was made. */
export function cancelledFuture(): Future<unknown> {
  const future = new Future();
  future.cancel();
  return future;
}

/**
 * Python's with-statement: calls `body` with the executor, and shuts it down, waiting for all its work, however `body`
 * ends. The same as `await using`, for engines that do not know that yet.
 *
 * ```js
 * const sum = await withExecutor(new ProcessPoolExecutor({ worker }), async executor => {
 *   return await executor.submit(add, 1, 2);
 * });
 * console.log(sum);   // 3
 * ```
 */
export async function withExecutor<E extends Executor, R>(
  executor: E,
  body: (executor: E) => R | PromiseLike<R>,
): Promise<R> {
  try {
    return await body(executor);
  } finally {
    await executor.shutdown();
  }
}

/**
 * The blocking form of `withExecutor`, in workers only.
 *
 * ```js
 * const sum = withExecutorSync(new InlineExecutor(), executor => executor.submit((a, b) => a + b, 1, 2).resultSync());
 * console.log(sum);   // 3
 * ```
 */
export function withExecutorSync<E extends Executor, R>(executor: E, body: (executor: E) => R): R {
  try {
    return body(executor);
  } finally {
    executor.shutdownSync();
  }
}
