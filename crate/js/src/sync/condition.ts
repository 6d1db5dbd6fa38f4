// `Condition` and `Barrier`.

import type { Address } from '../abi.js';
import { RuntimeError } from '../errors.js';
import { BrokenBarrierError } from './errors.js';
import { mustBlock, notListening, passed, passSync, type Timeout } from './gate.js';
import { BARRIER, CONDITION, Existing, Handle, lost, NOT_YET } from './handle.js';
import { Acquirable, type Lock, type RLock } from './lock.js';
import { checkCount } from './semaphore.js';

const NOTIFY = 3;
const EVERYBODY = 0xffff_ffff;

/**
 * Python's `threading.Condition`: waits for a change to what its lock guards.
 *
 * ```js
 * await ready();
 * const [condition, counter] = [new Condition(), new SharedCounter()];
 * const both = (condition, counter) => condition.heldSync(() => {
 *   counter.add(1);
 *   condition.notify();
 *   return condition.waitForSync(() => counter.get() === 2 && 'two', 10);
 * });
 * const future = executor.submit(both, condition, counter);
 * await condition.held(async () => {
 *   await condition.waitFor(() => counter.get() === 1, { timeout: 10 });
 *   counter.add(1);
 *   condition.notifyAll();
 * });
 * console.log(await future);   // two
 * ```
 */
export class Condition extends Acquirable {
  /** @param lock a `Lock` or `RLock` that others use too; without one it has an `RLock` of its own */
  constructor(lock?: Lock | RLock | Existing | undefined) {
    if (lock !== undefined && !(lock instanceof Handle) && !(lock instanceof Existing))
      throw new TypeError(`a Condition takes a Lock or an RLock, not ${String(lock)}`);
    super(CONDITION, lock instanceof Handle ? lock.address : (lock ?? 0));
  }

  /**
   * Gives the lock back, waits until it is notified, and takes the lock again: true, or false where the time is over first.
   *
   * ```js
   * await ready();
   * const condition = new Condition();
   * await condition.acquire();
   * const future = executor.submit(condition => condition.heldSync(() => condition.notify()), condition);
   * console.log(await condition.wait({ timeout: 10 }));   // true
   * condition.release();
   * await future;
   * ```
   *
   * @throws RuntimeError where the lock is not held here
   */
  async wait(options: Timeout = {}): Promise<boolean> {
    const { agent } = this;
    const waiter = this.#enter();
    const notified = () => this.#notified(waiter, 0);
    await passed(agent, waiter, this, options.timeout, notified);
    const inTime = agent.inside(() => this.#notified(waiter, 1));
    try {
      await passed(agent, this.gate(), this, undefined, () => this.#resume(waiter));
    } finally {
      await notListening(agent, waiter);
      this.#forget(waiter);
    }
    return inTime === true;
  }

  /**
   * The blocking form of `wait`, for workers, with a `timeout` in seconds.
   *
   * ```js
   * await ready();
   * const condition = new Condition();
   * const late = condition => condition.heldSync(() => condition.waitSync(0.01));
   * console.log(await executor.submit(late, condition));   // false
   * ```
   */
  waitSync(timeout?: number): boolean {
    const { agent } = this;
    mustBlock(agent);
    const waiter = this.#enter();
    passSync(agent, waiter, timeout, this.kind, () => this.#notified(waiter, 0));
    const inTime = agent.inside(() => this.#notified(waiter, 1));
    try {
      passSync(agent, this.gate(), undefined, this.kind, () => this.#resume(waiter));
    } finally {
      this.#forget(waiter);
    }
    return inTime === true;
  }

  /** Waits until `predicate` gives something true, which is looked at first and after each notification; gives the last. */
  async waitFor<T>(predicate: () => T, options: Timeout = {}): Promise<T> {
    const left = countdown(options.timeout);
    for (;;) {
      const value = predicate();
      if (value) return value;
      const timeout = left();
      if (timeout === 0 || !(await this.wait({ timeout }))) return predicate();
    }
  }

  /** The blocking form of `waitFor`, for workers, with a `timeout` in seconds. */
  waitForSync<T>(predicate: () => T, timeout?: number): T {
    const left = countdown(timeout);
    for (;;) {
      const value = predicate();
      if (value) return value;
      const rest = left();
      if (rest === 0 || !this.waitSync(rest)) return predicate();
    }
  }

  /**
   * Wakes up to `n` that wait, those first that have waited longest. They go on once they have the lock.
   *
   * @throws RuntimeError where the lock is not held here
   */
  notify(n = 1): void {
    this.ask(NOTIFY, checkCount('n', n, 0));
  }

  /** Wakes all that wait. */
  notifyAll(): void {
    this.ask(NOTIFY, EVERYBODY);
  }

  protected override notHeld(): string {
    return 'the lock of the condition is not held here: acquire the condition first';
  }

  #enter(): Address {
    const { agent } = this;
    const waiter = agent.inside(() => agent.core.cf_sync_wait(this.address));
    if (waiter === undefined) throw lost(agent);
    if (waiter === 0) throw new RuntimeError(this.notHeld());
    return waiter;
  }

  #notified(waiter: Address, giveUp: number): true | undefined {
    return this.agent.core.cf_sync_notified(waiter, giveUp) === 1 || undefined;
  }

  #resume(waiter: Address): true | undefined {
    const { core } = this.agent;
    return this.checked(core.cf_sync_resume(this.address, waiter)) === 1 || undefined;
  }

  #forget(waiter: Address): void {
    const { agent } = this;
    agent.inside(() => agent.core.cf_sync_forget(this.address, waiter));
  }
}

/** What is left of so many seconds. */
function countdown(timeout: number | undefined): () => number | undefined {
  if (timeout === undefined) return () => undefined;
  const end = performance.now() + timeout * 1000;
  return () => Math.max(0, (end - performance.now()) / 1000);
}

const ARRIVE = 0;
const LEAVE = 1;
const ACTED = 2;
const GIVE_UP = 3;
const ABORT = 4;
const RESET = 5;
const WAITING = 6;
const BROKEN = 7;
const PARTIES = 8;

/** Options of a barrier. */
export interface BarrierOptions {
  /** The last party runs this before all go on. Such a barrier stays on its agent, since functions do not cross. */
  readonly action?: (() => void) | undefined;
  /** Seconds that each wait takes at most, unless it says otherwise. */
  readonly timeout?: number | undefined;
}

/**
 * Python's `threading.Barrier`: so many parties wait for each other.
 *
 * ```js
 * await ready();
 * const barrier = new Barrier(2, { timeout: 10 });
 * const future = executor.submit(barrier => barrier.waitSync(), barrier);
 * console.log((await barrier.wait()) + (await future));   // 1
 * console.log(barrier.parties, barrier.nWaiting);   // 2 0
 * barrier.abort();
 * console.log(barrier.broken);   // true
 * barrier.reset();
 * console.log(barrier.broken);   // false
 * ```
 *
 * @throws BrokenBarrierError from `wait`, where somebody does not come in time, or calls `abort` or `reset`
 */
export class Barrier extends Handle {
  readonly #action: (() => void) | undefined;
  readonly #timeout: number | undefined;
  override readonly more: number | undefined;
  override readonly stays: string | undefined;

  constructor(parties: number | Existing, options: BarrierOptions = {}) {
    const existing = parties instanceof Existing;
    super(BARRIER, existing ? parties : checkCount('parties', parties, 1));
    this.#action = options.action;
    this.#timeout = existing ? (parties.more as number | undefined) : options.timeout;
    this.more = this.#timeout;
    this.stays =
      this.#action === undefined
        ? undefined
        : 'a Barrier with an action stays on its agent; let the party with the number 0 do it';
  }

  /** Waits until all parties wait, and says as which of them this came, from zero. */
  async wait(options: Timeout = {}): Promise<number> {
    const timeout = options.timeout ?? this.#timeout;
    const { agent } = this;
    const gate = this.gate();
    const number = came(await passed(agent, gate, this, timeout, this.#arrive));
    if (number === this.parties - 1) return this.#act(number);
    if ((await passed(agent, gate, this, timeout, this.#leave)) === undefined) {
      this.ask(GIVE_UP);
      await passed(agent, gate, this, undefined, this.#leave);
    }
    return number;
  }

  /** The blocking form of `wait`, for workers, with a `timeout` in seconds. */
  waitSync(timeout: number | undefined = this.#timeout): number {
    const { agent } = this;
    // Before it comes in: leaving again would break the barrier for the others.
    mustBlock(agent);
    const gate = this.gate();
    const number = came(passSync(agent, gate, timeout, this.kind, this.#arrive));
    if (number === this.parties - 1) return this.#act(number);
    if (passSync(agent, gate, timeout, this.kind, this.#leave) === undefined) {
      this.ask(GIVE_UP);
      passSync(agent, gate, undefined, this.kind, this.#leave);
    }
    return number;
  }

  /** Sends who waits away with BrokenBarrierError, and makes the barrier, broken or not, as new. */
  reset(): void {
    this.ask(RESET);
  }

  /** Breaks the barrier for who waits and for who comes, until a `reset`. */
  abort(): void {
    this.ask(ABORT);
  }

  /** How many must come. */
  get parties(): number {
    return this.ask(PARTIES);
  }

  /** How many wait now. */
  get nWaiting(): number {
    return this.ask(WAITING);
  }

  /** Whether the barrier is broken. */
  get broken(): boolean {
    return this.ask(BROKEN) === 1;
  }

  readonly #arrive = (): number | undefined => {
    const arrived = this.step(ARRIVE);
    if (arrived === NOT_YET) return undefined;
    // At once, so that nobody can end the last party in between.
    if (arrived === this.step(PARTIES) && this.#action === undefined) this.step(ACTED, 1);
    return arrived - 1;
  };

  readonly #leave = () => (this.step(LEAVE) === NOT_YET ? undefined : true);

  /** As the last party: runs the action, and lets all go. */
  #act(number: number): number {
    if (this.#action === undefined) return number;
    try {
      this.#action();
    } catch (error) {
      // Says that the barrier is broken, which the error of the action says to this party.
      this.agent.inside(() => this.agent.core.cf_sync_step(this.address, ACTED, 0));
      throw error;
    }
    this.ask(ACTED, 1);
    return number;
  }
}

/** As which party this came; one that did not get in, in time, finds the barrier as good as broken. */
function came(number: number | undefined): number {
  if (number === undefined) throw new BrokenBarrierError();
  return number;
}
