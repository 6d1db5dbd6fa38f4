// What every executor can do; `map`, the with-statement, and the errors of arguments, are the same for all of them.

import type { Future } from './future.js';
import { type MapIterator, type MapOptions, mapOver } from './map.js';
import { chunkOf, type Task, type TaskRef, toRef } from './tasks.js';

/** How to shut down. */
export interface ShutdownOptions {
  /** Whether the promise waits until all is done and the workers are gone; true if not given. */
  readonly wait?: boolean;
  /** Whether to cancel what has not started; false if not given. */
  readonly cancelFutures?: boolean;
}

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Value<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;
type AnyFunction = (...args: never[]) => unknown;

/** The symbol of `await using`, also where the engine does not know it yet. */
const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** Python's `concurrent.futures.Executor`. */
export abstract class Executor {
  /**
   * Has a task called with `args` on a worker, and gives the future of its value at once. What cannot be sent fails
   * that future.
   *
   * @throws TypeError where `fn` is not a task; RuntimeError after a shutdown; BrokenExecutor where the pool is broken
   */
  submit<F extends AnyFunction>(fn: Task<F>, ...args: Arguments<F>): Future<Value<F>> {
    return this.submitRef(toRef(fn), args) as Future<Value<F>>;
  }

  /**
   * Calls a task with the items of one iterable, or of several in step, the shortest wins; the values come in the order
   * of the items. The last argument may be options: `timeout` in seconds from now for the whole, `chunksize` (how many
   * items make one call; process pools only, as in Python), `buffersize` (how many calls are in flight at most; the
   * iterables may then be endless).
   *
   * The result is an async iterator, and in workers a blocking iterator too. The first failed call ends it, and what
   * has not started of the rest is cancelled.
   *
   * ```js
   * for await (const prime of executor.map(isPrime, [97, 98, 99], { timeout: 60 })) console.log(prime);
   * ```
   */
  map<F extends AnyFunction>(
    fn: Task<F>,
    ...iterablesAndOptions: [...Iterable<unknown>[], MapOptions] | Iterable<unknown>[]
  ): MapIterator<Value<F>> {
    const ref = toRef(fn);
    const iterables = [...iterablesAndOptions];
    const last = iterables.at(-1);
    const options = (isIterable(last) || last === undefined ? {} : iterables.pop()) as MapOptions;
    for (const iterable of iterables)
      if (!isIterable(iterable))
        throw new TypeError(`map needs iterables after the task, not ${typeof iterable}`);
    const submit = this.chunks
      ? (items: unknown[][]) => this.submitRef(chunkOf(ref), [items])
      : ([args]: unknown[][]) => this.submitRef(ref, args ?? []);
    return mapOver(submit, this.chunks, iterables as Iterable<unknown>[], options);
  }

  /**
   * Stops accepting calls. What is queued still runs, or is cancelled with `cancelFutures`. The promise settles when
   * all is done and the workers are gone, or at once with `wait: false`. Calling it again is harmless.
   */
  abstract shutdown(options?: ShutdownOptions): Promise<void>;

  /** @internal */
  protected abstract submitRef(ref: TaskRef, args: unknown[]): Future<unknown>;

  /** @internal Whether `map` sends its items in chunks. */
  protected abstract readonly chunks: boolean;

  [asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

/**
 * Python's with-statement: calls `body` with the executor, and shuts it down, waiting for all its work, however `body`
 * ends. The same as `await using`, for engines that do not know that yet.
 *
 * ```js
 * const sum = await withExecutor(new ProcessPoolExecutor({ worker }), async executor => {
 *   return (await executor.submit(add, 1, 2));
 * });
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

function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    value !== null &&
    value !== undefined &&
    typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function'
  );
}
