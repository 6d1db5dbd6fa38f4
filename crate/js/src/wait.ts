// `wait` and `asCompleted`: several futures at once, of one executor or of many.

import type { Agent } from './agent.js';
import { alarm, toMilliseconds } from './clock.js';
import { TimeoutError } from './errors.js';
import type { Future, WaitOptions } from './future.js';

/** `wait` comes back as soon as one future is finished or cancelled. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** `wait` comes back as soon as one future fails; a cancelled one does not count. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** `wait` comes back when all futures are finished or cancelled. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** When `wait` comes back. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** Options of `wait`. */
export interface WaitForOptions extends WaitOptions {
  /** ALL_COMPLETED if not given. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/** What `wait` found. */
export interface DoneAndNotDone<T> {
  /** Finished or cancelled. */
  readonly done: Set<Future<T>>;
  readonly notDone: Set<Future<T>>;
}

/**
 * Waits until futures are done as `returnWhen` says, or the time is over, which is not an error.
 *
 * ```js
 * const { done, notDone } = await wait(futures, { timeout: 1, returnWhen: 'FIRST_COMPLETED' });
 * ```
 */
export function wait<T>(
  futures: Iterable<Future<T>>,
  options: WaitForOptions = {},
): Promise<DoneAndNotDone<T>> {
  const all = new Set(futures);
  const enough = condition(all, options.returnWhen);
  const milliseconds = toMilliseconds(options.timeout);
  return new Promise(resolve => {
    const forget: (() => void)[] = [];
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      stop();
      for (const undo of forget) undo();
      resolve(partition(all));
    };
    let stop = (): void => {};
    if (enough()) return end();
    if (milliseconds !== undefined) stop = alarm(milliseconds, end);
    const look = (): void => {
      if (enough()) end();
    };
    for (const future of all) if (!future.done()) forget.push(future.watch(look));
  });
}

/** The blocking form of `wait`, in workers only. */
export function waitSync<T>(
  futures: Iterable<Future<T>>,
  options: WaitForOptions = {},
): DoneAndNotDone<T> {
  const all = new Set(futures);
  const enough = condition(all, options.returnWhen);
  const milliseconds = toMilliseconds(options.timeout);
  if (!enough() && milliseconds !== 0)
    blockFor(all)?.block(
      enough,
      milliseconds === undefined ? undefined : performance.now() + milliseconds,
    );
  return partition(all);
}

/** Futures as they are done. Iterate it with `for await`, or, in a worker, with `for`. */
export interface CompletedIterator<T> extends AsyncIterableIterator<Future<T>> {
  /** Blocks for each future; in workers only. */
  [Symbol.iterator](): IterableIterator<Future<T>>;
}

/**
 * Gives the futures as they are done, each once; those that are done already come first. The time counts from this call;
 * when it is over, the iterator throws TimeoutError.
 *
 * ```js
 * for await (const future of asCompleted(futures, { timeout: 10 })) console.log(await future);
 * ```
 */
export function asCompleted<T>(
  futures: Iterable<Future<T>>,
  options: WaitOptions = {},
): CompletedIterator<T> {
  return new AsCompleted(new Set(futures), toMilliseconds(options.timeout));
}

class AsCompleted<T> implements CompletedIterator<T> {
  readonly #total: number;
  readonly #pending: Map<Future<T>, () => void> = new Map();
  /** Futures that are done and were not given yet, in that order. */
  readonly #ready: Future<T>[] = [];
  readonly #milliseconds: number | undefined;
  readonly #deadline: number | undefined;
  #wake: () => void = () => {};

  constructor(futures: Set<Future<T>>, milliseconds: number | undefined) {
    this.#total = futures.size;
    this.#milliseconds = milliseconds;
    this.#deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    for (const future of futures) {
      if (future.done()) this.#ready.push(future);
      else
        this.#pending.set(
          future,
          future.watch(() => {
            if (this.#pending.delete(future)) this.#ready.push(future);
            this.#wake();
          }),
        );
    }
  }

  next(): Promise<IteratorResult<Future<T>>> {
    const ready = this.#nextReady();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      const stop =
        this.#deadline === undefined
          ? () => {}
          : alarm(this.#deadline - performance.now(), () => reject(this.#late()));
      const previous = this.#wake;
      this.#wake = () => {
        previous();
        const ready = this.#nextReady();
        if (ready === undefined) return;
        this.#wake = () => {};
        stop();
        resolve(ready);
      };
    });
  }

  return(): Promise<IteratorResult<Future<T>>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.iterator](): IterableIterator<Future<T>> {
    const iterator: IterableIterator<Future<T>> = {
      next: () => {
        const ready = this.#nextReady();
        if (ready !== undefined) return ready;
        const agent = blockFor(this.#pending.keys());
        // Looking at the last of them may have settled them all.
        const found = this.#nextReady();
        if (found !== undefined) return found;
        if (agent?.block(() => this.#ready.length > 0, this.#deadline) !== true) throw this.#late();
        return this.#nextReady() ?? { done: true, value: undefined };
      },
      return: () => {
        this.#close();
        return { done: true, value: undefined };
      },
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  #nextReady(): IteratorResult<Future<T>> | undefined {
    const value = this.#ready.shift();
    if (value !== undefined) return { done: false, value };
    return this.#pending.size === 0 ? { done: true, value: undefined } : undefined;
  }

  #late(): TimeoutError {
    const unfinished = this.#pending.size;
    this.#close();
    return new TimeoutError(
      `${unfinished} (of ${this.#total}) futures unfinished after ${(this.#milliseconds ?? 0) / 1000} s`,
    );
  }

  #close(): void {
    for (const forget of this.#pending.values()) forget();
    this.#pending.clear();
    this.#ready.length = 0;
  }
}

/** The agent that can block for all of these; throws where one of them could never be done meanwhile. */
function blockFor<T>(futures: Iterable<Future<T>>): Agent | undefined {
  let agent: Agent | undefined;
  for (const future of futures) if (!future.done()) agent = future.blockingAgent();
  return agent;
}

function condition<T>(
  futures: Set<Future<T>>,
  returnWhen: ReturnWhen = ALL_COMPLETED,
): () => boolean {
  const all = [...futures];
  switch (returnWhen) {
    case FIRST_COMPLETED:
      return () => all.length === 0 || all.some(future => future.done());
    case FIRST_EXCEPTION:
      return () => all.some(future => future.failed()) || all.every(future => future.done());
    case ALL_COMPLETED:
      return () => all.every(future => future.done());
    default:
      throw new RangeError(
        `returnWhen must be ${FIRST_COMPLETED}, ${FIRST_EXCEPTION} or ${ALL_COMPLETED}, not ${String(returnWhen)}`,
      );
  }
}

function partition<T>(futures: Set<Future<T>>): DoneAndNotDone<T> {
  const done = new Set<Future<T>>();
  const notDone = new Set<Future<T>>();
  for (const future of futures) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}
