// `TaskGroup`: tasks that end together.

import { RuntimeError } from '../errors.js';
import { CancelledError } from './errors.js';
import { Future } from './future.js';
import type { Steps } from './steps.js';
import { type Awaitable, createTask, type Outcome, type Task, type TaskOptions } from './task.js';
import { type AsyncContext, begin, enter, exit } from './with.js';

/**
 * Tasks that end together: `asyncWith` waits for all of them. The first failure cancels the others and the body; then `asyncWith`
 * fails with an AggregateError (Python's ExceptionGroup) of all that failed.
 *
 * ```js
 * const tasks = await asyncWith(new TaskGroup(), group =>
 *   [1, 2, 3].map(n => group.createTask(() => sleep(0, n * n))),
 * );
 * console.log(...tasks.map(task => task.result()));   // 1 4 9
 * ```
 */
export class TaskGroup implements AsyncContext<TaskGroup> {
  #state: 'created' | 'open' | 'exiting' = 'created';
  #aborting = false;
  readonly #tasks = new Set<Task<unknown>>();
  readonly #errors: unknown[] = [];
  #body: Task<unknown> | undefined;
  /** Whether the group itself cancelled its body. */
  #cancelledBody = false;
  #allDone: Future<void> | undefined;

  /**
   * Runs a coroutine as a task of the group.
   *
   * @throws RuntimeError before the group is entered, after it has ended, and while it ends because a task failed
   */
  createTask<A extends Awaitable<unknown>>(
    coroutine: A,
    options: TaskOptions = {},
  ): Task<Outcome<A>> {
    if (this.#state === 'created') throw new RuntimeError('the task group was not entered');
    if (this.#state === 'exiting' && this.#tasks.size === 0)
      throw new RuntimeError('the task group is finished');
    if (this.#aborting) throw new RuntimeError('the task group is shutting down');
    const task = createTask(coroutine, options);
    this.#tasks.add(task as Task<unknown>);
    task.onDone(() => this.#taskDone(task as Task<unknown>));
    return task;
  }

  /**
   * Cancels all tasks and the body; `asyncWith` does not fail because of it.
   *
   * ```js
   * const task = await asyncWith(new TaskGroup(), async group => {
   *   setTimeout(() => group.cancel());
   *   return await group.createTask(() => sleep(60));
   * });
   * console.log(task);   // undefined
   * ```
   */
  cancel(): void {
    if (!this.#aborting) this.#abort();
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *[enter](): Steps<this> {
    if (this.#state !== 'created') throw new RuntimeError('a task group can be entered only once');
    this.#state = 'open';
    return this;
  }

  [begin](body: Task<unknown>): void {
    this.#body = body;
    if (this.#aborting) this.#cancelBody();
  }

  *[exit](failure: { readonly error: unknown } | undefined): Steps<boolean> {
    this.#state = 'exiting';
    const cancelled = failure?.error instanceof CancelledError;
    let propagated: unknown = cancelled ? failure.error : undefined;
    if (failure !== undefined && !this.#aborting) this.#abort();
    while (this.#tasks.size > 0) {
      this.#allDone = new Future<void>();
      try {
        yield this.#allDone;
      } catch (error) {
        propagated = error;
        if (!this.#aborting) this.#abort();
      }
    }
    // That the group cancelled its body is nobody else's business; that somebody else did, is.
    if (
      this.#cancelledBody &&
      this.#body?.uncancel() === 0 &&
      cancelled &&
      propagated === failure?.error
    )
      propagated = undefined;
    if (propagated !== undefined && this.#errors.length === 0) throw propagated;
    if (failure !== undefined && !cancelled) this.#errors.push(failure.error);
    const count = this.#errors.length;
    if (count > 0)
      throw new AggregateError(
        this.#errors,
        `unhandled errors in a TaskGroup (${count} sub-exception${count === 1 ? '' : 's'})`,
      );
    return true;
  }

  #taskDone(task: Task<unknown>): void {
    this.#tasks.delete(task);
    if (this.#tasks.size === 0 && this.#allDone?.done() === false) this.#allDone.setResult();
    if (task.cancelled()) return;
    const error = task.failed() ? { value: task.exception() } : undefined;
    if (error === undefined) return;
    this.#errors.push(error.value);
    if (!this.#aborting) this.#abort();
  }

  #abort(): void {
    this.#aborting = true;
    for (const task of this.#tasks) task.cancel();
    this.#cancelBody();
  }

  #cancelBody(): void {
    if (this.#body === undefined || this.#body.done() || this.#cancelledBody) return;
    this.#cancelledBody = true;
    this.#body.cancel();
  }
}
