// `asyncWith`: Python's `async with`.

import type { Future } from './future.js';
import { coroutine, type Steps } from './steps.js';
import { currentTask, Task } from './task.js';

/** The keys of the steps that `asyncWith` takes. */
export const enter = Symbol('enter');
export const begin = Symbol('begin');
export const exit = Symbol('exit');

/** What can stand in `asyncWith`: the locks, `timeout` and `TaskGroup` of this package. */
export interface AsyncContext<V> {
  /** Before the body; gives what the body gets. */
  [enter](): Steps<V>;
  /** The body is about to run as this task. */
  [begin]?(body: Task<unknown>): void;
  /** After the body; true keeps its error back. */
  [exit](failure: { readonly error: unknown } | undefined): Steps<boolean>;
}

/** What can be disposed of, an executor for one: the body gets it, and it is disposed of at the end. */
export type Disposes =
  | { [Symbol.asyncDispose](): PromiseLike<void> }
  | { [Symbol.dispose](): void };

const asyncDispose: symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
const dispose: symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/**
 * Python's `async with`: enters `context`, runs `body` as a task, and leaves `context`, however the body ends.
 *
 * ```js
 * const lock = new Lock();
 * const value = await asyncWith(lock, async () => {
 *   await sleep(0);
 *   return lock.locked();
 * });
 * console.log(value, lock.locked());   // true false
 * const sum = await asyncWith(new AsyncExecutor(), executor => executor.submit((a, b) => a + b, 1, 2));
 * console.log(sum);   // 3
 * ```
 *
 * @returns what the body returns
 */
export function asyncWith<V, R>(
  context: AsyncContext<V>,
  body: (value: V, task: Task<unknown>) => R | PromiseLike<R>,
): Future<R>;
export function asyncWith<C extends Disposes, R>(
  context: C,
  body: (value: C, task: Task<unknown>) => R | PromiseLike<R>,
): Future<R>;
export function asyncWith<V, R>(
  context: AsyncContext<V> | Disposes,
  body: (value: V, task: Task<unknown>) => R | PromiseLike<R>,
): Future<R> {
  const manager = enter in context ? context : disposing(context);
  return coroutine(() => withSteps(manager as AsyncContext<V>, body));
}

/** The steps of `asyncWith`. */
export function* withSteps<V, R>(
  context: AsyncContext<V>,
  body: (value: V, task: Task<unknown>) => R | PromiseLike<R>,
): Steps<R> {
  const value = yield* context[enter]();
  // In Python the body is part of the task around it, so it is called the same.
  const task = new Task<R>(task => body(value, task as Task<unknown>), {
    name: currentTask()?.name ?? 'body',
  });
  context[begin]?.(task as Task<unknown>);
  let failure: { readonly error: unknown } | undefined;
  let result: R | undefined;
  try {
    result = (yield task) as R;
  } catch (error) {
    failure = { error };
  }
  const kept = yield* context[exit](failure);
  if (failure !== undefined && !kept) throw failure.error;
  return result as R;
}

function disposing(context: Disposes): AsyncContext<unknown> {
  const members = context as unknown as Record<symbol, (() => unknown) | undefined>;
  const end = members[asyncDispose] ?? members[dispose];
  if (typeof end !== 'function')
    throw new TypeError(
      `asyncWith needs a lock, timeout, group or executor, not ${String(context)}`,
    );
  return {
    // biome-ignore lint/correctness/useYield: there is nothing to wait for
    *[enter]() {
      return context;
    },
    *[exit]() {
      yield Promise.resolve(end.call(context));
      return false;
    },
  };
}
