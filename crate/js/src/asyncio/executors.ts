// Calls of executors on asyncio's side: futures of theirs as futures of ours.

import { CancelledError as CallCancelledError } from '../errors.js';
import type { ShutdownOptions } from '../executor.js';
import { Future as Call, type Future as CallFuture } from '../future.js';
import { AsyncExecutor, ThreadPoolExecutor } from '../index.js';
import type { Task as CallTask } from '../tasks.js';
import { CancelledError } from './errors.js';
import { Future, fail } from './future.js';
import { currentOwner, resume, within } from './loop.js';

/** What `runInExecutor` needs of an executor: any of this package has it. */
export interface Submitter {
  /** Has a task called with `args`, and gives the future of its value. */
  submit<A extends unknown[], R>(
    fn: CallTask<(...args: A) => R>,
    ...args: A
  ): CallFuture<Awaited<R>>;
}

/**
 * The future of an executor's call, for asyncio. Cancelling either side asks the other: a call that runs already goes on, and
 * what it gives is dropped.
 *
 * ```js
 * const value = await wrapFuture(executor.submit(isPrime, 97));
 * console.log(value);   // true
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

let adopted = false;

/**
 * Lets tasks await executors' futures as they are: then such an `await` is one that cancelling reaches, too. The first task
 * does this, since importing has no effect.
 */
export function adoptCalls(): void {
  if (adopted) return;
  adopted = true;
  const { then } = Call.prototype;
  Object.defineProperty(Call.prototype, 'then', {
    configurable: true,
    get(this: CallFuture<unknown>): CallFuture<unknown>['then'] {
      const owner = currentOwner();
      if (owner === undefined) return then;
      return (onFulfilled, onRejected) =>
        within(owner, () => wrapFuture(this).then(onFulfilled, onRejected));
    },
  });
}

let usual: ThreadPoolExecutor | undefined;

/**
 * Has a task called by an executor, at once.
 *
 * ```js
 * const prime = await runInExecutor(executor, isPrime, 97);
 * console.log(prime);   // true
 * ```
 *
 * @param executor `null` is a ThreadPoolExecutor of asyncio's own
 */
export function runInExecutor<A extends unknown[], R>(
  executor: Submitter | null,
  fn: CallTask<(...args: A) => R>,
  ...args: A
): Future<Awaited<R>> {
  const executing = executor ?? defaultExecutor();
  // On this very event loop, but none of the caller's business: cancelling the caller does not reach into the call.
  const own = executing instanceof AsyncExecutor && typeof fn === 'function' ? alone(fn) : fn;
  return wrapFuture(executing.submit(own, ...args));
}

/** Calls `fn` in a turn of its own, as the code of nobody. */
function alone<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  const called = (...args: A): Promise<unknown> =>
    new Promise(resolve => resume(undefined, () => resolve(undefined))).then(() => fn(...args));
  return called as unknown as (...args: A) => R;
}

/**
 * Has a task called in a thread, by asyncio's own executor.
 *
 * ```js
 * console.log(await toThread(isPrime, 97));   // true
 * await shutdownDefaultExecutor();
 * ```
 */
export function toThread<A extends unknown[], R>(
  fn: CallTask<(...args: A) => R>,
  ...args: A
): Future<Awaited<R>> {
  return runInExecutor(null, fn, ...args);
}

/**
 * What `runInExecutor(null, …)` and `toThread` use from now on. Only a ThreadPoolExecutor will do, as in Python; anything
 * else is a TypeError.
 *
 * ```js
 * setDefaultExecutor(new ThreadPoolExecutor({ maxWorkers: 2, threadNamePrefix: 'mine' }));
 * console.log(await toThread(() => self.name));   // mine_0
 * await shutdownDefaultExecutor();
 * ```
 */
export function setDefaultExecutor(executor: ThreadPoolExecutor): void {
  if (!(executor instanceof ThreadPoolExecutor))
    throw new TypeError('the default executor must be a ThreadPoolExecutor');
  usual = executor;
}

/**
 * Shuts asyncio's own executor down; `run` does it at its end. The next call makes another one.
 *
 * ```js
 * const call = toThread(isPrime, 97);
 * await shutdownDefaultExecutor();
 * console.log(call.done());   // true
 * ```
 */
export async function shutdownDefaultExecutor(options: ShutdownOptions = {}): Promise<void> {
  const executor = usual;
  usual = undefined;
  await executor?.shutdown(options);
}

function defaultExecutor(): ThreadPoolExecutor {
  usual ??= new ThreadPoolExecutor({ threadNamePrefix: 'asyncio' });
  return usual;
}
