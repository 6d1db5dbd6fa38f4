// `Semaphore`, `BoundedSemaphore` and `Event`.

import { passed, passSync, type Timeout } from './gate.js';
import { BOUNDED_SEMAPHORE, EVENT, Existing, Handle, NOT_YET, SEMAPHORE } from './handle.js';
import { Acquirable } from './lock.js';

const RELEASE = 1;
const VALUE = 2;

/** The most that a count may be. */
const MOST = 0x7fff_ffff;

/** Refuses what is no count. */
export function checkCount(what: string, value: unknown, least: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new TypeError(`${what} must be an integer, not ${String(value)}`);
  if (value < least || value > MOST)
    throw new RangeError(`${what} must be from ${least} to ${MOST}, not ${value}`);
  return value;
}

/**
 * What both semaphores have.
 *
 * ```js
 * await ready();
 * const places = new Semaphore(2);
 * await places.acquire();
 * console.log(places.value);   // 1
 * places.release();
 * console.log(places.value);   // 2
 * ```
 */
abstract class AnySemaphore extends Acquirable {
  /** Gives back `n` places, or adds them. */
  override release(n = 1): void {
    this.ask(RELEASE, checkCount('n', n, 1));
  }

  /** How many places are free. */
  get value(): number {
    return this.ask(VALUE);
  }

  protected override tooOften(): string {
    return 'Semaphore released too many times';
  }
}

/**
 * Python's `threading.Semaphore`: so many at a time.
 *
 * ```js
 * await ready();
 * const places = new Semaphore(1);
 * const inside = places => places.heldSync(() => places.value);
 * console.log(await executor.submit(inside, places), places.value);   // 0 1
 * ```
 */
export class Semaphore extends AnySemaphore {
  /** A semaphore with `value` places. */
  constructor(value: number | Existing = 1) {
    super(SEMAPHORE, value instanceof Existing ? value : checkCount('value', value, 0));
  }
}

/**
 * Python's `threading.BoundedSemaphore`: releasing it more often than it was acquired is a RangeError.
 *
 * ```js
 * await ready();
 * const places = new BoundedSemaphore(1);
 * try {
 *   places.release();
 * } catch (error) {
 *   console.log(error.name, places.value);   // RangeError 1
 * }
 * ```
 */
export class BoundedSemaphore extends AnySemaphore {
  /** A semaphore with `value` places, and never more. */
  constructor(value: number | Existing = 1) {
    super(BOUNDED_SEMAPHORE, value instanceof Existing ? value : checkCount('value', value, 0));
  }
}

const PASSED = 0;
const SET = 1;
const CLEAR = 2;
const IS_SET = 3;
const ARRIVE = 4;

/**
 * Python's `threading.Event`: a flag that is set and cleared, and waited for.
 *
 * ```js
 * await ready();
 * const [asked, answered] = [new Event(), new Event()];
 * const answer = (asked, answered) => {
 *   asked.waitSync(10);
 *   answered.set();
 *   return asked.isSet();
 * };
 * const future = executor.submit(answer, asked, answered);
 * asked.set();
 * console.log(await answered.wait({ timeout: 10 }), await future);   // true true
 * asked.clear();
 * console.log(asked.isSet());   // false
 * ```
 */
export class Event extends Handle {
  /** An event that is not set. */
  constructor(existing?: Existing | undefined) {
    super(EVENT, existing instanceof Existing ? existing : 0);
  }

  /** Whether the flag is set. */
  isSet(): boolean {
    return this.ask(IS_SET) === 1;
  }

  /** Sets the flag, and wakes everybody who waits for it. */
  set(): void {
    this.ask(SET);
  }

  /** Clears the flag: who comes from now on waits for the next `set`. */
  clear(): void {
    this.ask(CLEAR);
  }

  /** Waits until the flag is set, or was set since the call: true, or false where the time is over first. */
  async wait(options: Timeout = {}): Promise<boolean> {
    const step = this.#arrive();
    return (await passed(this.agent, this.gate(), this, options.timeout, step)) === true;
  }

  /** The blocking form of `wait`, for workers, with a `timeout` in seconds. */
  waitSync(timeout?: number): boolean {
    return passSync(this.agent, this.gate(), timeout, this.kind, this.#arrive()) === true;
  }

  #arrive(): () => true | undefined {
    const { agent } = this;
    // Any 32 bits, also those that read as negative.
    const arrived = agent.inside(() => agent.core.cf_sync_step(this.address, ARRIVE, 0)) ?? 0;
    return () => (this.step(PASSED, arrived) === NOT_YET ? undefined : true);
  }
}
