// `wait` and `asCompleted`: several futures at once, and `cancelAndWait`.

import { alarm, toMilliseconds } from '../clock.js';
import { TimeoutError } from '../errors.js';
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, type ReturnWhen } from '../wait.js';
import { Future } from './future.js';
import { coroutine, type Steps } from './steps.js';
import { type Awaitable, ensureAll, type Outcome } from './task.js';

/** How to wait. */
export interface WaitOptions {
  /** Seconds; none waits without end. */
  readonly timeout?: number | undefined;
  /** ALL_COMPLETED if not given. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/** What `wait` found. */
export interface DoneAndPending<F> {
  /** Finished or cancelled. */
  readonly done: Set<F>;
  /** The others. */
  readonly pending: Set<F>;
}

/**
 * Waits until tasks and futures are done as `returnWhen` says, or the time is over, which is not an error. Cancels nothing.
 *
 * ```js
 * const tasks = [createTask(() => sleep(0)), createTask(() => sleep(60))];
 * const { done, pending } = await wait(tasks, { timeout: 10, returnWhen: FIRST_COMPLETED });
 * console.log(done.size, pending.size);   // 1 1
 * for (const task of pending) task.cancel();
 * ```
 *
 * @throws TypeError for anything but tasks and futures, which could not be found among the results: `createTask` makes one;
 * RangeError for none at all
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): Future<DoneAndPending<F>> {
  const all = new Set(futures);
  for (const future of all)
    if (!(future instanceof Future))
      throw new TypeError(
        `wait needs tasks and futures, not ${String(future)}: make them with createTask or ensureFuture`,
      );
  if (all.size === 0) throw new RangeError('wait needs at least one future');
  const { returnWhen = ALL_COMPLETED } = options;
  if (![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen))
    throw new RangeError(
      `returnWhen must be ${FIRST_COMPLETED}, ${FIRST_EXCEPTION} or ${ALL_COMPLETED}, not ${String(returnWhen)}`,
    );
  const milliseconds = toMilliseconds(options.timeout);
  return coroutine(() => waitSteps(all, returnWhen, milliseconds));
}

function* waitSteps<F extends Future<unknown>>(
  all: Set<F>,
  returnWhen: ReturnWhen,
  milliseconds: number | undefined,
): Steps<DoneAndPending<F>> {
  const enough = new Future<void>();
  const release = (): void => {
    if (!enough.done()) enough.setResult();
  };
  const isEnough = (future: Future<unknown>): boolean =>
    returnWhen === FIRST_COMPLETED || (returnWhen === FIRST_EXCEPTION && future.failed());
  let left = all.size;
  let found = false;
  for (const future of all)
    if (future.done()) {
      left--;
      found ||= isEnough(future);
    }
  const onDone = (future: Future<unknown>): void => {
    if (--left === 0 || isEnough(future)) release();
  };
  if (left > 0 && !found) {
    const pending = [...all].filter(future => !future.done());
    for (const future of pending) future.onDone(onDone);
    const stop = milliseconds === undefined ? undefined : alarm(milliseconds, release);
    try {
      yield enough;
    } finally {
      stop?.();
      for (const future of pending) future.removeDoneCallback(onDone);
    }
  }
  const [done, pending] = [new Set<F>(), new Set<F>()];
  for (const future of all) (future.done() ? done : pending).add(future);
  return { done, pending };
}

/** Futures as they are done: with `for`, new ones to await; with `for await`, those that were given. */
export interface CompletedFutures<T> extends AsyncIterableIterator<Future<T>> {
  /** Gives as many futures as there are awaitables; each is done with the next of them. */
  [Symbol.iterator](): IterableIterator<Future<T>>;
}

/**
 * Runs awaitables at once, and gives them as they are done. The time counts from this call; when it is over, every further
 * step fails with TimeoutError.
 *
 * ```js
 * const tasks = [0.02, 0.01].map(seconds => createTask(() => sleep(seconds, seconds)));
 * for (const next of asCompleted(tasks)) console.log(await next);   // 0.01 0.02
 * for await (const task of asCompleted(tasks, { timeout: 10 })) console.log(tasks.includes(task));   // true true
 * ```
 */
export function asCompleted<A extends Awaitable<unknown>>(
  awaitables: Iterable<A>,
  options: { readonly timeout?: number | undefined } = {},
): CompletedFutures<Outcome<A>> {
  return new AsCompleted([...new Set(ensureAll([...awaitables]))], toMilliseconds(options.timeout));
}

class AsCompleted<T> implements CompletedFutures<T> {
  readonly #todo: Set<Future<T>>;
  readonly #ready: Future<T>[] = [];
  readonly #getters: Future<void>[] = [];
  /** Awaitables that were not asked for yet. */
  #left: number;
  #late: string | undefined;

  constructor(futures: Future<T>[], milliseconds: number | undefined) {
    this.#todo = new Set(futures);
    this.#left = futures.length;
    const total = this.#todo.size;
    const stop =
      milliseconds === undefined || total === 0
        ? undefined
        : alarm(milliseconds, () => {
            this.#late = `${this.#todo.size} (of ${total}) futures unfinished after ${milliseconds / 1000} s`;
            this.#todo.clear();
            for (const getter of this.#getters.splice(0)) if (!getter.done()) getter.setResult();
          });
    for (const future of this.#todo)
      future.onDone(() => {
        if (!this.#todo.delete(future)) return;
        if (this.#todo.size === 0) stop?.();
        this.#ready.push(future);
        this.#wakeOne();
      });
  }

  next(): Promise<IteratorResult<Future<T>>> {
    if (this.#left === 0) return Promise.resolve({ done: true, value: undefined });
    this.#left--;
    const steps = this.#next();
    const step = coroutine(function* (): Steps<IteratorResult<Future<T>>> {
      return { done: false, value: yield* steps };
    });
    // A future of ours: whoever iterates is the task that can be cancelled here.
    return step as unknown as Promise<IteratorResult<Future<T>>>;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.iterator](): IterableIterator<Future<T>> {
    const iterator: IterableIterator<Future<T>> = {
      next: () => {
        if (this.#left === 0) return { done: true, value: undefined };
        this.#left--;
        const steps = this.#next();
        const value = coroutine(function* (): Steps<T> {
          return (yield* steps).result();
        });
        return { done: false, value };
      },
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  *#next(): Steps<Future<T>> {
    while (this.#ready.length === 0) {
      if (this.#late !== undefined) throw new TimeoutError(this.#late);
      const getter = new Future<void>();
      this.#getters.push(getter);
      try {
        yield getter;
      } catch (error) {
        // Woken, and cancelled before it could take it: the next one may.
        if (!getter.cancelled() && this.#ready.length > 0) this.#wakeOne();
        throw error;
      }
    }
    return this.#ready.shift() as Future<T>;
  }

  #wakeOne(): void {
    for (;;) {
      const getter = this.#getters.shift();
      if (getter === undefined) return;
      if (getter.done()) continue;
      getter.setResult();
      return;
    }
  }
}
