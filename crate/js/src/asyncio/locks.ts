// `Lock`, `Event`, `Condition`, `Semaphore` and `BoundedSemaphore`: for the tasks of one event loop. They are fair: first come, first
// served.

import { RuntimeError } from '../errors.js';
import { Future } from './future.js';
import { coroutine, type Steps } from './steps.js';
import { type AsyncContext, enter, exit } from './with.js';

const dispose: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/** What was acquired: `using permit = await lock.acquire()` gives it back at the end of the block. */
export interface Permit {
  /** Releases what was acquired. */
  [Symbol.dispose](): void;
}

/**
 * What is acquired and released: locks and semaphores.
 *
 * ```js
 * const lock = new Lock();
 * await lock.acquire();
 * console.log(lock.locked());   // true
 * lock.release();
 * console.log(lock.locked());   // false
 * ```
 */
abstract class Acquired implements AsyncContext<void> {
  /** Whether it cannot be had at once. */
  abstract locked(): boolean;
  /** Gives it back. */
  abstract release(): void;
  /** @internal */
  protected abstract steps(): Steps<void>;

  /** Waits until it can be had, and takes it. */
  acquire(): Future<Permit> {
    const steps = this.steps();
    const permit: Permit = { [dispose]: () => this.release() };
    return coroutine(function* (): Steps<Permit> {
      yield* steps;
      return permit;
    });
  }

  *[enter](): Steps<void> {
    yield* this.steps();
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *[exit](): Steps<boolean> {
    this.release();
    return false;
  }
}

/**
 * At most so many at a time.
 *
 * ```js
 * const semaphore = new Semaphore(2);
 * let [inside, most] = [0, 0];
 * const visit = async () => {
 *   most = Math.max(most, ++inside);
 *   await sleep(0);
 *   inside--;
 * };
 * await gather(...[1, 2, 3, 4].map(() => () => asyncWith(semaphore, visit)));
 * console.log(most, semaphore.locked());   // 2 false
 * ```
 */
export class Semaphore extends Acquired {
  #value: number;
  readonly #waiters = new Set<Future<void>>();

  /** @throws RangeError for less than 0 */
  constructor(value = 1) {
    super();
    if (typeof value !== 'number' || Number.isNaN(value))
      throw new TypeError(`a semaphore starts with a number, not ${String(value)}`);
    if (value < 0) throw new RangeError(`a semaphore starts with 0 or more, not ${value}`);
    this.#value = value;
  }

  override locked(): boolean {
    if (this.#value === 0) return true;
    for (const waiter of this.#waiters) if (!waiter.cancelled()) return true;
    return false;
  }

  /** Gives one back; more than at the start may be given. */
  override release(): void {
    this.#value++;
    this.#wakeNext();
  }

  protected override *steps(): Steps<void> {
    if (!this.locked()) {
      this.#value--;
      return;
    }
    const waiter = new Future<void>();
    this.#waiters.add(waiter);
    try {
      yield waiter;
    } catch (error) {
      // It was its turn already: the next one has it.
      if (!waiter.cancelled()) this.#value++;
      throw error;
    } finally {
      this.#waiters.delete(waiter);
      while (this.#value > 0 && this.#wakeNext());
    }
  }

  #wakeNext(): boolean {
    for (const waiter of this.#waiters) {
      if (waiter.done()) continue;
      this.#value--;
      waiter.setResult();
      return true;
    }
    return false;
  }

  /** @internal */
  protected get value(): number {
    return this.#value;
  }
}

/**
 * A semaphore that throws a RangeError when more is released than there was at the start.
 *
 * ```js
 * const semaphore = new BoundedSemaphore(1);
 * await semaphore.acquire();
 * semaphore.release();
 * try {
 *   semaphore.release();
 * } catch (error) {
 *   console.log(error.name);   // RangeError
 * }
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  readonly #most: number;

  constructor(value = 1) {
    super(value);
    this.#most = value;
  }

  override release(): void {
    if (this.value >= this.#most)
      throw new RangeError(`a BoundedSemaphore of ${this.#most} was released too many times`);
    super.release();
  }
}

/**
 * One at a time.
 *
 * ```js
 * const lock = new Lock();
 * const steps = [];
 * const twice = name => asyncWith(lock, async () => {
 *   steps.push(name);
 *   await sleep(0);
 *   steps.push(name);
 * });
 * await gather(() => twice('a'), () => twice('b'));
 * console.log(...steps);   // a a b b
 * ```
 */
export class Lock extends Acquired {
  #locked = false;
  readonly #waiters = new Set<Future<void>>();

  override locked(): boolean {
    return this.#locked;
  }

  /** Unlocks it. Throws RuntimeError where it is not locked. */
  override release(): void {
    if (!this.#locked) throw new RuntimeError('the lock is not acquired');
    this.#locked = false;
    this.#wakeNext();
  }

  /** @internal */
  override *steps(): Steps<void> {
    if (!this.#locked && [...this.#waiters].every(waiter => waiter.cancelled())) {
      this.#locked = true;
      return;
    }
    const waiter = new Future<void>();
    this.#waiters.add(waiter);
    try {
      yield waiter;
    } catch (error) {
      this.#waiters.delete(waiter);
      // It may have been its turn already.
      if (!this.#locked) this.#wakeNext();
      throw error;
    }
    this.#waiters.delete(waiter);
    this.#locked = true;
  }

  #wakeNext(): void {
    for (const waiter of this.#waiters) {
      if (waiter.cancelled()) continue;
      if (!waiter.done()) waiter.setResult();
      return;
    }
  }
}

/**
 * Something happened: whoever waits goes on, until `clear`.
 *
 * ```js
 * const event = new Event();
 * const waiting = createTask(() => event.wait());
 * event.set();
 * console.log(await waiting, event.isSet());   // true true
 * event.clear();
 * console.log(event.isSet());   // false
 * ```
 */
export class Event {
  #set = false;
  readonly #waiters = new Set<Future<void>>();

  /** Whether it happened. */
  isSet(): boolean {
    return this.#set;
  }

  /** It happened. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    for (const waiter of this.#waiters) if (!waiter.done()) waiter.setResult();
  }

  /** It did not happen yet. */
  clear(): void {
    this.#set = false;
  }

  /** Waits until it happens. */
  wait(): Future<true> {
    return coroutine(() => this.#steps());
  }

  *#steps(): Steps<true> {
    if (this.#set) return true;
    const waiter = new Future<void>();
    this.#waiters.add(waiter);
    try {
      yield waiter;
    } finally {
      this.#waiters.delete(waiter);
    }
    return true;
  }
}

/**
 * A lock whose holder can wait for what another holder tells.
 *
 * ```js
 * const [condition, items] = [new Condition(), []];
 * const take = () => asyncWith(condition, async () => {
 *   await condition.waitFor(() => items.length > 0);
 *   return items.pop();
 * });
 * const [first, second] = [createTask(take), createTask(take)];
 * await sleep(0);
 * await asyncWith(condition, () => {
 *   items.push('tea');
 *   condition.notify();
 * });
 * console.log(await first);   // tea
 * await asyncWith(condition, () => {
 *   items.push('milk');
 *   condition.notifyAll();
 * });
 * console.log(await second);   // milk
 * ```
 */
export class Condition extends Acquired {
  readonly #lock: Lock;
  readonly #waiters = new Set<Future<void>>();

  constructor(lock = new Lock()) {
    super();
    this.#lock = lock;
  }

  override locked(): boolean {
    return this.#lock.locked();
  }

  override release(): void {
    this.#lock.release();
  }

  /**
   * Releases the lock, waits until it is notified, and acquires the lock again, also when it is cancelled meanwhile.
   * RuntimeError where the lock is not acquired.
   *
   * ```js
   * const condition = new Condition();
   * const waiting = createTask(() => asyncWith(condition, () => condition.wait()));
   * await sleep(0);
   * await asyncWith(condition, () => condition.notify());
   * console.log(await waiting);   // true
   * ```
   */
  wait(): Future<true> {
    this.#check('wait');
    return coroutine(() => this.#wait());
  }

  /** Waits until `predicate` gives true; gives what it gave. */
  waitFor<T>(predicate: () => T): Future<T> {
    this.#check('waitFor');
    return coroutine(() => this.#waitFor(predicate));
  }

  /** Wakes so many of those who wait; they go on when the lock is theirs. */
  notify(n = 1): void {
    this.#check('notify');
    let left = n;
    for (const waiter of this.#waiters) {
      if (left === 0) return;
      if (waiter.done()) continue;
      left--;
      waiter.setResult();
    }
  }

  /** Wakes all who wait. */
  notifyAll(): void {
    this.notify(this.#waiters.size);
  }

  protected override steps(): Steps<void> {
    return this.#lock.steps();
  }

  *#waitFor<T>(predicate: () => T): Steps<T> {
    let result = predicate();
    while (!result) {
      yield* this.#wait();
      result = predicate();
    }
    return result;
  }

  *#wait(): Steps<true> {
    const waiter = new Future<void>();
    this.#waiters.add(waiter);
    this.#lock.release();
    let failure: { readonly error: unknown } | undefined;
    try {
      yield waiter;
    } catch (error) {
      failure = { error };
    }
    this.#waiters.delete(waiter);
    for (;;) {
      try {
        yield* this.#lock.steps();
        break;
      } catch (error) {
        failure = { error };
      }
    }
    if (failure === undefined) return true;
    // It was told, and cannot use it: somebody else may.
    if (waiter.done() && !waiter.cancelled()) this.notify();
    throw failure.error;
  }

  #check(what: string): void {
    if (!this.#lock.locked()) throw new RuntimeError(`${what} needs the lock to be acquired`);
  }
}
