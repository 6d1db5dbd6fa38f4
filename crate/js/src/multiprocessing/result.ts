// `AsyncResult`: what the `…Async` methods of a pool give.
//
//   all its calls are done ─▶ callback, or errorCallback ─▶ ready, and whoever waits goes on
//
// Callbacks are never called inside somebody's blocking call for something else, nor in the middle of the pool's own
// work: in a microtask, or by whoever looks first.

import { alarm, toMilliseconds } from '../clock.js';
import { TimeoutError } from '../errors.js';
import type { Future, WaitOptions } from '../future.js';
import { checkOptions } from '../options.js';
import { describe, isThenable } from '../tasks.js';
import type { Crew } from './crew.js';

/** What is told how a call ended. */
export interface Callbacks<T> {
  /** Called once with the value, before whoever waits goes on. What it throws is reported on the console. */
  readonly callback?: ((value: T) => unknown) | undefined;
  /** Called once with the error, if there is one instead of a value. */
  readonly errorCallback?: ((error: unknown) => unknown) | undefined;
}

/**
 * Python's `multiprocessing.pool.AsyncResult`: the value of a call, or of a whole map, that may not be there yet. Unlike a
 * `Future` it cannot be cancelled, and it is not awaited itself: await what `get` gives.
 *
 * ```js
 * const answer = await withPool(new Pool({ processes: 2, worker }), async pool => {
 *   const result = pool.applyAsync(isPrime, [97], { callback: prime => console.log(prime) });
 *   return await result.get({ timeout: 60 });
 * });
 * console.log(answer);   // true true
 * ```
 *
 * A result that is there can be asked for in every form.
 *
 * ```js
 * await withPool(new Pool({ processes: 1, worker }), async pool => {
 *   const result = pool.mapAsync(isPrime, [97]);
 *   await result.wait({ timeout: 60 });
 *   console.log(result.ready(), result.successful());   // true true
 *   result.waitSync();
 *   console.log(result.getSync(), await result.get());   // [true] [true]
 * });
 * ```
 */
export class AsyncResult<T> {
  readonly #crew: Crew;
  readonly #combine: (values: unknown[]) => T;
  readonly #callbacks: Callbacks<T>;
  /** The calls, until all are done. */
  #futures: Future<unknown>[];
  /** How many calls are not done. */
  #left: number;
  /** How many, from the first on, were found done. */
  #looked = 0;
  /** The first call that failed. */
  #failed: Future<unknown> | undefined;
  #value: T | undefined;
  #error: { readonly error: unknown } | undefined;
  #ready = false;
  #waiters: (() => void)[] = [];

  /** @internal */
  constructor(
    crew: Crew,
    futures: Future<unknown>[],
    combine: (values: unknown[]) => T,
    callbacks: Callbacks<T>,
  ) {
    this.#crew = crew;
    this.#combine = combine;
    this.#callbacks = callbacks;
    this.#futures = futures;
    this.#left = futures.length;
    for (const future of futures) future.watch(() => this.#onDone(future));
    // A map over nothing is ready at once, without a call of its callback.
    if (futures.length > 0) return;
    this.#value = combine([]);
    this.#ready = true;
  }

  /** Whether the value or the error is there. Only looks. */
  ready(): boolean {
    if (this.#ready) return true;
    const futures = this.#futures;
    while (futures[this.#looked]?.done()) this.#looked++;
    this.#finish();
    return this.#ready;
  }

  /**
   * Whether there is a value, and no error.
   *
   * @throws RangeError where neither is there yet
   */
  successful(): boolean {
    if (!this.ready()) throw new RangeError('the result is not ready: wait() for it first');
    return this.#failed === undefined;
  }

  /** Waits until the value or the error is there, or the time is over, which is no error. */
  wait(options: WaitOptions = {}): Promise<void> {
    return this.#within(timeoutOf('wait', options)).then(() => undefined);
  }

  /** The blocking form of `wait`, in workers only, unless the result is ready. `timeout` in seconds. */
  waitSync(timeout?: number): void {
    const milliseconds = toMilliseconds(timeout);
    if (this.ready()) return;
    const deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    for (const future of this.#futures.slice(this.#looked))
      if (!future.blockUntil(deadline)) return;
    this.ready();
  }

  /**
   * Waits for the value.
   *
   * @returns a promise that rejects with what the task threw; with `TimeoutError` when the time is over first, the call
   * goes on; with `BrokenProcessPool` where the worker died that had the call, or the pool was terminated; with
   * `MaybeEncodingError` where the value cannot be sent
   */
  get(options: WaitOptions = {}): Promise<T> {
    const milliseconds = timeoutOf('get', options);
    return this.#within(milliseconds).then(ready => {
      if (!ready) throw late(milliseconds);
      return this.#read();
    });
  }

  /**
   * The blocking form of `get`, in workers only, unless the result is ready. `timeout` in seconds.
   *
   * @throws as `get` rejects; BlockingNotAllowedError on a page
   */
  getSync(timeout?: number): T {
    this.waitSync(timeout);
    if (this.#ready) return this.#read();
    // Says so where the value is on its way, and cannot come now.
    for (const future of this.#futures) if (future.done() && !future.here()) future.read();
    throw late(toMilliseconds(timeout));
  }

  #onDone(future: Future<unknown>): void {
    if (!future.here()) {
      void future.within(undefined).then(() => this.#onDone(future));
      return;
    }
    if (future.failed() || future.cancelled()) {
      // One error is shown, and none of a pool that somebody terminated must be asked for.
      if (this.#failed !== undefined || this.#crew.terminated) future.abandon();
      this.#failed ??= future;
    }
    if (--this.#left === 0) queueMicrotask(() => this.#finish());
  }

  /** All calls are done: calls back, once, then tells who waits. */
  #finish(): void {
    if (this.#ready || this.#left > 0) return;
    this.#ready = true;
    const { callback, errorCallback } = this.#callbacks;
    if (this.#failed === undefined) {
      this.#value = this.#combine(this.#futures.map(future => this.#crew.read(future)));
      if (callback !== undefined) callBack(callback, this.#value);
    } else if (errorCallback !== undefined) callBack(errorCallback, this.#readError());
    this.#futures = [];
    for (const tell of this.#waiters.splice(0)) tell();
  }

  /** Whether the result is ready, as soon as it is, or when the time is over. */
  #within(milliseconds: number | undefined): Promise<boolean> {
    if (this.ready()) return Promise.resolve(true);
    return new Promise(resolve => {
      let stop = (): void => {};
      const tell = (): void => {
        stop();
        resolve(true);
      };
      this.#waiters.push(tell);
      if (milliseconds !== undefined)
        stop = alarm(milliseconds, () => {
          this.#waiters = this.#waiters.filter(other => other !== tell);
          resolve(false);
        });
    });
  }

  #read(): T {
    if (this.#failed !== undefined) throw this.#readError();
    return this.#value as T;
  }

  /** The same error every time. */
  #readError(): unknown {
    if (this.#error !== undefined) return this.#error.error;
    let thrown: unknown;
    try {
      this.#crew.read(this.#failed as Future<unknown>);
    } catch (error) {
      thrown = error;
    }
    this.#error = { error: thrown };
    return thrown;
  }
}

/** Callbacks, checked. */
export function checkCallbacks<T>({ callback, errorCallback }: Callbacks<T>): Callbacks<T> {
  for (const [name, value] of Object.entries({ callback, errorCallback }))
    if (value !== undefined && typeof value !== 'function')
      throw new TypeError(`${name} must be a function, not ${describe(value)}`);
  return { callback, errorCallback };
}

function callBack<T>(callback: (value: T) => unknown, value: T): void {
  const report = (error: unknown): void =>
    console.error('concurrent-futures: a callback of an AsyncResult failed:', error);
  try {
    const pending = callback(value);
    if (isThenable(pending)) pending.then(undefined, report);
  } catch (error) {
    report(error);
  }
}

function timeoutOf(what: string, options: WaitOptions): number | undefined {
  checkOptions(what, options, ['timeout']);
  return toMilliseconds(options.timeout);
}

function late(milliseconds = 0): TimeoutError {
  return new TimeoutError(`the result was not ready after ${milliseconds / 1000} s`);
}
