// `Task`: a coroutine that runs on the event loop, can be cancelled, and is awaited.
//
// A coroutine is a function that is not called yet; the call starts it. What cancelling can do depends on what it awaits:
//
//   it awaits                                   cancel()
//   one of this package's awaitables            cancels that, so that the `await` throws CancelledError
//   nothing: it has not started                 it never starts
//   nothing: it runs, and cancels itself        its next `await` of one of ours throws
//   a promise of somebody else's                nothing can throw there. A coroutine that took its task's signal is told by
//                                               it, and is waited for; any other is left behind, and the task is cancelled
//
// A generator function is a coroutine, too: it yields what it waits for, and every `yield` can throw.

import { Future as CallFuture } from '../future.js';
import { CancelledError } from './errors.js';
import { adoptCalls, wrapFuture } from './executors.js';
import { Future, fail, isThenable, mirror } from './future.js';
import {
  currentOwner,
  isTurnOf,
  leave,
  type Owner,
  resume,
  type Waiter,
  waits,
  within,
} from './loop.js';
import { isSteps, Stepper, type Steps } from './steps.js';

/** A function that is not called yet. It gets its task. */
export type CoroutineFunction<T> = (
  task: Task<T>,
) => T | PromiseLike<T> | Generator<unknown, T, never>;

/** What can be awaited, run as a task, or gathered. */
export type Awaitable<T> = PromiseLike<T> | CoroutineFunction<T>;

/** The value of an awaitable. */
export type Outcome<A> =
  A extends PromiseLike<infer T>
    ? T
    : A extends (task: never) => infer R
      ? R extends Generator<unknown, infer T, never>
        ? T
        : Awaited<R>
      : never;

/** Options of `createTask`. */
export interface TaskOptions {
  /** What the task is called; `Task-` and a number if not given. */
  readonly name?: string | undefined;
}

const tasks = new Set<Task<unknown>>();
let numbered = 0;

/**
 * A coroutine that runs on the event loop. `createTask` makes one.
 *
 * ```js
 * const task = createTask(async () => { await sleep(60); }, { name: 'slow' });
 * await sleep(0);
 * console.log(task instanceof Task, task.name);   // true slow
 * console.log(task.cancel(), task.cancelling());   // true 1
 * await wait([task]);
 * console.log(task.cancelled());   // true
 * ```
 */
export class Task<T> extends Future<T> implements Owner {
  /** What it is called. */
  name: string;
  #stepper: Stepper<T> | undefined;
  readonly #waiters = new Set<Waiter>();
  #mustCancel: CancelledError | undefined;
  #requests = 0;
  #started = false;
  #controller: AbortController | undefined;

  /** @internal */
  constructor(coroutine: Awaitable<T>, options: TaskOptions = {}) {
    super();
    if (typeof coroutine !== 'function' && !isThenable(coroutine))
      throw new TypeError(
        `a task needs a function, as in createTask(() => work(1)), or a promise, not ${String(coroutine)}`,
      );
    adoptCalls();
    this.name = options.name ?? `Task-${++numbered}`;
    tasks.add(this as Task<unknown>);
    if (typeof coroutine === 'function') {
      resume(this, () => this.#start(coroutine));
    } else {
      this.#started = true;
      within(this, () => this.#adopt(coroutine));
    }
  }

  /**
   * Tells promises of somebody else's that the task is to cancel: `await fetch(url, { signal: task.signal })`. A coroutine that
   * takes it promises to end when it is aborted: until then its task is not done.
   *
   * ```js
   * const task = createTask(async self => {
   *   const told = new Promise(resolve => self.signal.addEventListener('abort', resolve));
   *   await told;
   *   self.signal.throwIfAborted();
   * });
   * await sleep(0);
   * task.cancel();
   * await wait([task]);
   * console.log(task.cancelled());   // true
   * ```
   */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#requests > 0) this.#controller.abort(this.#mustCancel ?? new CancelledError());
    }
    return this.#controller.signal;
  }

  /**
   * Asks the coroutine to cancel: its `await` throws CancelledError. It may clean up first, or refuse. Where
   * it awaits a promise of somebody else's nothing can throw: see docs/differences.md.
   *
   * @returns false if the task is done already
   */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.#requests++;
    const error = new CancelledError(message);
    if (this.#stepper !== undefined) this.#stepper.cancel(message);
    else {
      let told = false;
      for (const waiter of [...this.#waiters]) told = waiter.future.cancel(message) || told;
      const awaitsOthers = this.#started && this.#waiters.size === 0 && !isTurnOf(this);
      if (awaitsOthers && this.#controller === undefined)
        this.#end(() => this.endCancelled(message));
      else if (!told && !awaitsOthers) this.#mustCancel = error;
    }
    this.#controller?.abort(error);
    return true;
  }

  /** How often it was asked to cancel, less the calls of `uncancel`. */
  cancelling(): number {
    return this.#requests;
  }

  /**
   * Takes one request back, after it was dealt with; gives how many are left.
   *
   * ```js
   * const task = createTask(async self => {
   *   try {
   *     await sleep(60);
   *   } catch {
   *     return self.uncancel();
   *   }
   * });
   * await sleep(0);
   * task.cancel();
   * console.log(await task, task.cancelled());   // 0 false
   * ```
   */
  uncancel(): number {
    if (this.#requests > 0 && --this.#requests === 0) {
      this.#mustCancel = undefined;
      this.#stepper?.uncancel();
    }
    return this.#requests;
  }

  /** Its name and its state. */
  override toString(): string {
    return `<Task ${this.name} ${this.cancelled() ? 'cancelled' : this.done() ? 'finished' : 'pending'}>`;
  }

  /** @internal */
  beginWait(waiter: Waiter): void {
    this.#waiters.add(waiter);
    waits(this);
    if (this.#mustCancel !== undefined && waiter.future.cancel(this.#mustCancel.message))
      this.#mustCancel = undefined;
  }

  /** @internal */
  endWait(waiter: Waiter): CancelledError | undefined {
    this.#waiters.delete(waiter);
    const error = this.#mustCancel;
    this.#mustCancel = undefined;
    return error;
  }

  #start(coroutine: (task: Task<T>) => unknown): void {
    this.#started = true;
    if (this.#mustCancel !== undefined) {
      this.#fail(this.#mustCancel);
      return;
    }
    let running: unknown;
    try {
      running = coroutine(this);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (isSteps(running)) {
      this.#stepper = new Stepper(running as Steps<T>, {
        owner: () => this,
        finish: value => this.#finish(value),
        fail: error => this.#fail(error),
      });
      this.#stepper.step();
    } else if (isThenable(running)) this.#adopt(running as PromiseLike<T>);
    else this.#finish(running as T);
  }

  #adopt(running: PromiseLike<T>): void {
    running.then(
      value => this.#finish(value),
      (error: unknown) => this.#fail(error),
    );
  }

  #finish(value: T): void {
    if (this.done()) return;
    const late = this.#mustCancel;
    // It was asked to cancel, and ended before it could learn of it.
    if (late !== undefined) this.#fail(late);
    else this.#end(() => this.setResult(value));
  }

  #fail(error: unknown): void {
    if (this.done()) return;
    // Not everybody who is told by a signal throws its reason.
    const reason: unknown = this.#controller?.signal.reason;
    const aborted = reason !== undefined && (error as Error | null)?.name === 'AbortError';
    this.#end(() => fail(this, aborted ? reason : error));
  }

  #end(ending: () => void): void {
    tasks.delete(this as Task<unknown>);
    this.#waiters.clear();
    leave(this);
    ending();
  }
}

/**
 * Has a coroutine run as a task, from the next turn on.
 *
 * ```js
 * const task = createTask(async () => {
 *   await sleep(0);
 *   return 'there';
 * }, { name: 'download' });
 * console.log(task.name, await task);   // download there
 * ```
 *
 * @param coroutine a function, which gets the task; or a promise, which can only be left behind when the task is cancelled
 */
export function createTask<A extends Awaitable<unknown>>(
  coroutine: A,
  options: TaskOptions = {},
): Task<Outcome<A>> {
  return new Task(coroutine as Awaitable<Outcome<A>>, options);
}

/**
 * The task whose code runs; `null` in code of no task, and after an `await` of a promise of somebody else's.
 *
 * ```js
 * const task = createTask(() => currentTask().name, { name: 'mine' });
 * console.log(await task, currentTask());   // mine null
 * ```
 */
export function currentTask(): Task<unknown> | null {
  const owner = currentOwner();
  return owner instanceof Task ? owner : null;
}

/**
 * All tasks that are not done.
 *
 * ```js
 * const task = createTask(() => sleep(0));
 * console.log(allTasks().has(task));   // true
 * await task;
 * console.log(allTasks().has(task));   // false
 * ```
 */
export function allTasks(): Set<Task<unknown>> {
  return new Set(tasks);
}

/**
 * The future of an awaitable: a future as it is; that of an executor by `wrapFuture`; a function as a task; a promise of
 * somebody else's so that whoever awaits it can be cancelled there.
 *
 * ```js
 * const response = ensureFuture(Promise.resolve('there'));
 * console.log(response instanceof Future, await response);   // true there
 * ```
 */
export function ensureFuture<A extends Awaitable<unknown>>(awaitable: A): Future<Outcome<A>> {
  if (awaitable instanceof Future) return awaitable;
  if (awaitable instanceof CallFuture) return wrapFuture(awaitable) as Future<Outcome<A>>;
  if (typeof awaitable !== 'function' && isThenable(awaitable))
    return mirror(awaitable) as Future<Outcome<A>>;
  return createTask(awaitable);
}

/** @internal Their futures. The same promise or future twice has one; the same function twice is called twice. */
export function ensureAll<A extends Awaitable<unknown>>(
  awaitables: readonly A[],
): Future<Outcome<A>>[] {
  const known = new Map<A, Future<Outcome<A>>>();
  return awaitables.map(awaitable => {
    const future = known.get(awaitable) ?? ensureFuture(awaitable);
    if (typeof awaitable !== 'function') known.set(awaitable, future);
    return future;
  });
}
