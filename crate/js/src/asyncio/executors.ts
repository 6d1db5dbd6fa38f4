// Calls of executors on asyncio's side: futures of theirs as futures of ours.

import { CancelledError as CallCancelledError } from '../errors.js';
import type { ShutdownOptions } from '../executor.js';
import type { Future as CallFuture } from '../future.js';
import { ThreadPoolExecutor } from '../index.js';
import type { Task as CallTask } from '../tasks.js';
import { CancelledError } from './errors.js';
import { Future, fail } from './future.js';

type AnyFunction = (...args: never[]) => unknown;
type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Value<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What `runInExecutor` needs of an executor: any of this package has it. */
export interface Submitter {
  submit<F extends AnyFunction>(fn: CallTask<F>, ...args: Arguments<F>): CallFuture<Value<F>>;
}

/**
 * The future of an executor's call, for asyncio. Cancelling either side asks the other: a call that runs already goes on, and
 * what it gives is dropped.
 *
 * ```js
 * const value = await wrapFuture(executor.submit(isPrime, 97));
 * ```
 */
export function wrapFuture<T>(call: CallFuture<T>): Future<T> {
  const future = new Future<T>();
  future.onDone(() => {
    if (future.cancelled()) call.cancel();
  });
  call.result().then(
    value => future.done() || future.setResult(value),
    (error: unknown) => {
      if (future.done()) return;
      // As Python converts it: asyncio's own error, also where a call waited for another that was cancelled.
      if (error instanceof CallCancelledError) fail(future, new CancelledError(error.message));
      else future.setException(error);
    },
  );
  return future;
}

let usual: ThreadPoolExecutor | undefined;

/**
 * Has a task called by an executor, at once.
 *
 * ```js
 * const prime = await runInExecutor(executor, isPrime, 97);
 * ```
 *
 * @param executor `null` is a ThreadPoolExecutor of asyncio's own
 */
export function runInExecutor<F extends AnyFunction>(
  executor: Submitter | null,
  fn: CallTask<F>,
  ...args: Arguments<F>
): Future<Value<F>> {
  return wrapFuture((executor ?? defaultExecutor()).submit(fn, ...args));
}

/** Has a task called in a thread, by asyncio's own executor. */
export function toThread<F extends AnyFunction>(
  fn: CallTask<F>,
  ...args: Arguments<F>
): Future<Value<F>> {
  return runInExecutor(null, fn, ...args);
}

/** What `runInExecutor(null, …)` and `toThread` use from now on. Only a ThreadPoolExecutor will do, as in Python. */
export function setDefaultExecutor(executor: ThreadPoolExecutor): void {
  if (!(executor instanceof ThreadPoolExecutor))
    throw new TypeError('the default executor must be a ThreadPoolExecutor');
  usual = executor;
}

/** Shuts asyncio's own executor down; `run` does it at its end. The next call makes another one. */
export async function shutdownDefaultExecutor(options: ShutdownOptions = {}): Promise<void> {
  const executor = usual;
  usual = undefined;
  await executor?.shutdown(options);
}

function defaultExecutor(): ThreadPoolExecutor {
  usual ??= new ThreadPoolExecutor({ threadNamePrefix: 'asyncio' });
  return usual;
}
