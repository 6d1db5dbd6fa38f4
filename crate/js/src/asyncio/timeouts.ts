// `timeout` and `waitFor`: what takes too long is cancelled, and fails with TimeoutError.

import { alarm, toMilliseconds } from '../clock.js';
import { RuntimeError, TimeoutError } from '../errors.js';
import { CancelledError } from './errors.js';
import { type Future, isThenable } from './future.js';
import { resume, time } from './loop.js';
import { coroutine, type Steps } from './steps.js';
import { type Awaitable, ensureFuture, type Outcome, type Task } from './task.js';
import { type AsyncContext, begin, enter, exit, withSteps } from './with.js';

/**
 * A deadline for the body of `asyncWith`; `timeout` and `timeoutAt` make one.
 *
 * ```js
 * await asyncWith(timeout(), async scope => {
 *   console.log(scope instanceof Timeout, scope.when());   // true undefined
 *   scope.reschedule(time() + 60);
 *   console.log(scope.when() > time(), scope.expired());   // true false
 * });
 * ```
 */
export class Timeout implements AsyncContext<Timeout> {
  #when: number | undefined;
  #body: Task<unknown> | undefined;
  #state: 'created' | 'active' | 'expired' | 'finished' = 'created';
  #stop: () => void = () => {};

  /** @internal */
  constructor(when: number | undefined) {
    this.#when = when;
  }

  /** When the time is over, on the clock of `time`; `undefined` is never. */
  when(): number | undefined {
    return this.#when;
  }

  /** Moves the deadline. Throws RuntimeError before the body has begun, and when it is over. */
  reschedule(when: number | undefined): void {
    if (this.#state !== 'active')
      throw new RuntimeError(`a timeout that is ${this.#state} cannot be moved`);
    this.#when = when;
    this.#arm();
  }

  /** Whether the time was over before the body was done. */
  expired(): boolean {
    return this.#state === 'expired';
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *[enter](): Steps<this> {
    if (this.#state !== 'created') throw new RuntimeError('a timeout can be entered only once');
    return this;
  }

  [begin](body: Task<unknown>): void {
    this.#body = body;
    this.#state = 'active';
    this.#arm();
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *[exit](failure: { readonly error: unknown } | undefined): Steps<boolean> {
    this.#stop();
    const body = this.#body;
    this.#body = undefined;
    if (this.#state !== 'expired') {
      this.#state = 'finished';
      return false;
    }
    // Whoever else cancelled the body has precedence.
    if (body?.uncancel() === 0 && failure?.error instanceof CancelledError)
      throw new TimeoutError('the time of asyncWith(timeout(…)) is over', { cause: failure.error });
    return false;
  }

  #arm(): void {
    this.#stop();
    this.#stop = () => {};
    if (this.#when === undefined) return;
    const fire = (): void => {
      if (this.#state !== 'active' || this.#body === undefined) return;
      this.#state = 'expired';
      this.#body.cancel();
    };
    const seconds = this.#when - time();
    if (seconds > 0) this.#stop = alarm(Math.ceil(seconds * 1000), fire);
    else resume(undefined, fire);
  }
}

/**
 * A time limit for a body: when it is over, the body is cancelled, and `asyncWith` fails with TimeoutError.
 *
 * ```js
 * const scope = timeout(0.01);
 * const error = await asyncWith(scope, () => sleep(60)).then(() => undefined, error => error);
 * console.log(error instanceof TimeoutError, scope.expired());   // true true
 * ```
 *
 * @param seconds from the call of `timeout`; without it there is no limit until `reschedule`
 */
export function timeout(seconds?: number): Timeout {
  toMilliseconds(seconds);
  return new Timeout(seconds === undefined ? undefined : time() + seconds);
}

/**
 * As `timeout`, with a moment on the clock of `time`, in seconds.
 *
 * ```js
 * const error = await asyncWith(timeoutAt(time() + 0.01), () => sleep(60)).then(() => undefined, error => error);
 * console.log(error instanceof TimeoutError);   // true
 * ```
 */
export function timeoutAt(when?: number): Timeout {
  toMilliseconds(when);
  return new Timeout(when);
}

/**
 * Waits for one awaitable, for so many seconds: then cancels it, waits until it is done, and fails with TimeoutError. With 0 or
 * less nothing is started.
 *
 * ```js
 * console.log(await waitFor(() => sleep(0, 'there'), 10));   // there
 * const error = await waitFor(sleep(60), 0.01).then(() => undefined, error => error);
 * console.log(error instanceof TimeoutError);   // true
 * ```
 *
 * @param seconds without it there is no limit
 */
export function waitFor<A extends Awaitable<unknown>>(
  awaitable: A,
  seconds?: number,
): Future<Outcome<A>> {
  toMilliseconds(seconds);
  // A function is left alone until its time runs. A promise runs already, and must not fail unheard.
  const started = isThenable(awaitable) && typeof awaitable !== 'function';
  const subject = started ? ensureFuture(awaitable) : awaitable;
  return coroutine(() => waitForSteps(subject as A, seconds));
}

function* waitForSteps<A extends Awaitable<unknown>>(
  awaitable: A,
  seconds: number | undefined,
): Steps<Outcome<A>> {
  if (seconds === undefined || seconds > 0)
    return yield* withSteps(
      timeout(seconds),
      () => ensureFuture(awaitable) as PromiseLike<Outcome<A>>,
    );
  const future = ensureFuture(awaitable);
  if (!future.done()) {
    future.cancel();
    try {
      yield future;
    } catch (error) {
      if (!future.cancelled()) throw error;
      throw new TimeoutError(`not done after ${seconds} s`, { cause: error });
    }
  }
  return future.result();
}
