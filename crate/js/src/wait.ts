// `wait` and `asCompleted`: several futures at once, of one executor or of many.

import type { Agent } from './agent.js';
import { alarm, toMilliseconds } from './clock.js';
import { type Needs, needsCalls } from './deadlock.js';
import { TimeoutError } from './errors.js';
import { addressesOf, Future, type WaitOptions } from './future.js';
import { checkOptions } from './options.js';
import { describe } from './tasks.js';

/**
 * `wait` comes back as soon as one future is finished or cancelled.
 *
 * ```js
 * const [never, soon] = [new Future(), executor.submit(isPrime, 97)];
 * const { done } = await wait([never, soon], { returnWhen: FIRST_COMPLETED });
 * console.log(done.has(soon), done.has(never));   // true false
 * ```
 */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/**
 * `wait` comes back as soon as one future fails; a cancelled one does not count.
 *
 * ```js
 * const failing = executor.submit(() => { throw new RangeError('too far'); });
 * const { notDone } = await wait([failing, new Future()], { returnWhen: FIRST_EXCEPTION });
 * console.log(notDone.size, (await failing.exception()).message);   // 1 too far
 * ```
 */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/**
 * `wait` comes back when all futures are finished or cancelled.
 *
 * ```js
 * const futures = [97, 98].map(n => executor.submit(isPrime, n));
 * const { done } = await wait(futures, { returnWhen: ALL_COMPLETED });
 * console.log(done.size);   // 2
 * ```
 */
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
  /** The others. */
  readonly notDone: Set<Future<T>>;
}

/**
 * Waits until futures are done as `returnWhen` says, or the time is over, which is not an error. Futures of several
 * executors may be mixed; one that is given twice counts once.
 *
 * ```js
 * const futures = [97, 98].map(n => executor.submit(isPrime, n));
 * const { done, notDone } = await wait(futures, { timeout: 60 });
 * console.log(done.size, notDone.size);   // 2 0
 * ```
 *
 * @throws TypeError where something else than futures is given; RangeError for another `returnWhen`
 */
export function wait<T>(
  futures: Iterable<Future<T>>,
  options: WaitForOptions = {},
): Promise<DoneAndNotDone<T>> {
  const all = setOf(futures, 'wait');
  const milliseconds = checked('wait', options);
  return new Promise(resolve => {
    let stop = (): void => {};
    const watch = new Watch(all, options.returnWhen, () => {
      stop();
      resolve(partition(all));
    });
    if (!watch.enough && milliseconds !== undefined) stop = alarm(milliseconds, () => watch.end());
  });
}

/**
 * The blocking form of `wait`, in workers only, unless enough is done.
 *
 * ```js
 * const inline = new InlineExecutor();
 * console.log(waitSync([inline.submit(() => 1), inline.submit(() => 2)]).done.size);   // 2
 * ```
 */
export function waitSync<T>(
  futures: Iterable<Future<T>>,
  options: WaitForOptions = {},
): DoneAndNotDone<T> {
  const all = setOf(futures, 'waitSync');
  const milliseconds = checked('waitSync', options);
  const watch = new Watch(all, options.returnWhen, () => {});
  try {
    if (!watch.enough && milliseconds !== 0)
      blockingAgent(all, options.returnWhen === FIRST_COMPLETED)?.block(
        () => watch.enough,
        milliseconds === undefined ? undefined : performance.now() + milliseconds,
        'futures',
        () => needsOf(all, (options.returnWhen ?? ALL_COMPLETED) !== ALL_COMPLETED),
      );
  } finally {
    watch.end();
  }
  return partition(all);
}

/** Futures as they are done. Iterate it with `for await`, or, in a worker, with `for`. */
export interface CompletedIterator<T> extends AsyncIterableIterator<Future<T>> {
  /** Blocks for each future; in workers only. */
  [Symbol.iterator](): IterableIterator<Future<T>>;
}

/**
 * Gives the futures as they are done, each once; those that are done already come first. The time counts from this call;
 * when it is over, what is done still comes, then the iterator throws TimeoutError.
 *
 * ```js
 * const futures = [97, 98].map(n => executor.submit(isPrime, n));
 * const answers = [];
 * for await (const future of asCompleted(futures, { timeout: 60 })) answers.push(await future);
 * console.log(answers.length);   // 2
 * ```
 *
 * @throws TypeError where something else than futures is given
 */
export function asCompleted<T>(
  futures: Iterable<Future<T>>,
  options: WaitOptions = {},
): CompletedIterator<T> {
  const all = setOf(futures, 'asCompleted');
  checkOptions('asCompleted', options, ['timeout']);
  return new AsCompleted(all, toMilliseconds(options.timeout));
}

/** Counts down until enough futures are done, then calls `onEnd`, once: at once where they are. */
class Watch<T> {
  enough = false;
  readonly #forget: (() => void)[] = [];
  readonly #onEnd: () => void;

  constructor(futures: Set<Future<T>>, returnWhen: ReturnWhen | undefined, onEnd: () => void) {
    this.#onEnd = onEnd;
    const [first, failed] = [returnWhen === FIRST_COMPLETED, returnWhen === FIRST_EXCEPTION];
    let left = futures.size;
    const isEnough = (future: Future<T>): boolean => first || (failed && future.failed());
    const pending: Future<T>[] = [];
    let found = false;
    for (const future of futures) {
      if (!future.done()) pending.push(future);
      else {
        left--;
        found ||= isEnough(future);
      }
    }
    if (found || left === 0) pending.length = 0;
    for (const future of pending)
      this.#forget.push(
        future.watch(() => {
          left--;
          if (left === 0 || isEnough(future)) this.end();
        }),
      );
    if (found || left === 0) this.end();
    // Some may have been done by the time they were watched.
    if (this.enough) this.#unwatch();
  }

  /** Enough is done, or the time is over. */
  end(): void {
    if (this.enough) return;
    this.enough = true;
    this.#unwatch();
    this.#onEnd();
  }

  #unwatch(): void {
    for (const forget of this.#forget.splice(0)) forget();
  }
}

class AsCompleted<T> implements CompletedIterator<T> {
  readonly #total: number;
  /** What takes back that this iterator is told of a future. */
  readonly #pending = new Map<Future<T>, () => void>();
  /** Futures that are done and were not given yet, from `#given` on. */
  #ready: (Future<T> | undefined)[] = [];
  #given = 0;
  readonly #deadline: number | undefined;
  /** Steps that wait for a future, oldest first. */
  #steps: { give(): void; fail(error: TimeoutError): void }[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(futures: Set<Future<T>>, milliseconds: number | undefined) {
    this.#total = futures.size;
    this.#deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    for (const future of futures) {
      if (future.done()) this.#ready.push(future);
      else this.#pending.set(future, () => {});
    }
    for (const future of [...this.#pending.keys()]) {
      const forget = future.watch(() => {
        if (!this.#pending.delete(future)) return;
        this.#ready.push(future);
        this.#serve();
      });
      if (this.#pending.has(future)) this.#pending.set(future, forget);
    }
  }

  next(): Promise<IteratorResult<Future<T>>> {
    const ready = this.#nextReady();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      const give = () => resolve(this.#nextReady() ?? DONE);
      this.#steps.push({ give, fail: reject });
      if (this.#deadline !== undefined)
        this.#stopTimer ??= alarm(this.#deadline - performance.now(), () => this.#timeOut());
    });
  }

  return(): Promise<IteratorResult<Future<T>>> {
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.iterator](): IterableIterator<Future<T>> {
    const iterator: IterableIterator<Future<T>> = {
      next: () => {
        const ready = this.#nextReady();
        if (ready !== undefined) return ready;
        this.#block();
        return this.#nextReady() ?? DONE;
      },
      return: () => {
        this.#close();
        return DONE;
      },
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  /** The next future that is done, or the end; `undefined` where one must be waited for. */
  #nextReady(): IteratorResult<Future<T>> | undefined {
    const value = this.#ready[this.#given];
    if (value === undefined) return this.#pending.size === 0 ? DONE : undefined;
    // What was given is let go of.
    this.#ready[this.#given++] = undefined;
    if (this.#given === this.#ready.length) {
      this.#ready = [];
      this.#given = 0;
    }
    return { done: false, value };
  }

  /** Gives what is ready to the steps that wait. */
  #serve(): void {
    const served = this.#pending.size === 0 ? this.#steps.length : this.#ready.length - this.#given;
    for (const step of this.#steps.splice(0, served)) step.give();
    if (this.#steps.length > 0) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #block(): void {
    if (this.#deadline !== undefined && this.#deadline <= performance.now()) {
      // Asking notices what has just been done.
      for (const future of [...this.#pending.keys()]) if (future.done()) return;
      throw this.#late();
    }
    const agent = blockingAgent([...this.#pending.keys()], true);
    const needs = () => needsOf(this.#pending.keys(), true);
    if (agent?.block(() => this.#ready.length > 0, this.#deadline, 'futures', needs) === false)
      throw this.#late();
  }

  #timeOut(): void {
    const [first] = this.#steps.splice(0, 1);
    const error = this.#late();
    first?.fail(error);
  }

  #late(): TimeoutError {
    const error = new TimeoutError(`${this.#pending.size} (of ${this.#total}) futures unfinished`);
    this.#close();
    return error;
  }

  #close(): void {
    for (const forget of this.#pending.values()) forget();
    this.#pending.clear();
    this.#ready = [];
    this.#given = 0;
    this.#serve();
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The agent that can block for these: for all of them, or for `any` of them; `undefined` where all are done by now. */
function blockingAgent<T>(futures: Iterable<Future<T>>, any: boolean): Agent | undefined {
  let agent: Agent | undefined;
  let refusal: unknown;
  for (const future of futures) {
    if (future.doneWhileBlocked()) continue;
    try {
      agent = future.blockingAgent();
    } catch (error) {
      refusal = error;
    }
  }
  if (refusal !== undefined && (agent === undefined || !any)) throw refusal;
  return agent;
}

/** What a wait for those of the futures needs that are not done: all, or any of them. */
function needsOf(futures: Iterable<Future<unknown>>, any: boolean): Needs {
  const pending = [...futures].filter(future => !future.doneWhileBlocked());
  const addresses = addressesOf(pending);
  // One that is no call may be ended by anybody, and is enough.
  return needsCalls(any, any && addresses.length < pending.length ? [] : addresses);
}

function checked(what: string, options: WaitForOptions): number | undefined {
  checkOptions(what, options, ['timeout', 'returnWhen']);
  const { returnWhen = ALL_COMPLETED, timeout } = options;
  const known = [FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED];
  if (!known.includes(returnWhen))
    throw new RangeError(`returnWhen must be one of ${known.join(', ')}, not ${returnWhen}`);
  return toMilliseconds(timeout);
}

function setOf<T>(futures: Iterable<Future<T>>, what: string): Set<Future<T>> {
  if (typeof futures?.[Symbol.iterator] !== 'function')
    throw new TypeError(`${what} needs an iterable of futures, not ${describe(futures)}`);
  const all = new Set(futures);
  for (const future of all)
    if (!(future instanceof Future))
      throw new TypeError(`${what} needs futures, not ${describe(future)}`);
  return all;
}

function partition<T>(futures: Set<Future<T>>): DoneAndNotDone<T> {
  const done = new Set<Future<T>>();
  const notDone = new Set<Future<T>>();
  for (const future of futures) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}
