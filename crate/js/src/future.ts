// `Future`: the handle to a call that may not have happened yet.
//
// A future has a phase of its own before the module is loaded: then it has no call yet, and `cancel` is decided here.
// After that the call in pool memory decides; what is known here is what the agent has drained.

import type { Address } from './abi.js';
import {
  CANCELLED as CALL_CANCELLED,
  FINISHED as CALL_FINISHED,
  PENDING as CALL_PENDING,
} from './abi.js';
import type { Agent, CallRecord, Outcome } from './agent.js';
import { alarm, now, toMilliseconds } from './clock.js';
import { type BrokenExecutor, CancelledError, InvalidStateError, TimeoutError } from './errors.js';
import { refuseBlocking } from './isolation.js';

const PENDING = 0;
const RUNNING = 1;
const FAILED = 2;
const SUCCEEDED = 3;
const CANCELLED = 4;

const WORDS = ['pending', 'running', 'finished', 'finished', 'cancelled'];

/** How long to wait. */
export interface WaitOptions {
  /** Seconds; none waits without end, 0 only looks. */
  readonly timeout?: number | undefined;
}

/** What an executor tells its futures about itself. */
export interface Origin {
  /** The error for a pool that broke. */
  broken(reason: string, task: string): BrokenExecutor;
  /** The name of the worker with this number. */
  workerName(index: number): string;
}

/**
 * A call that may not have happened yet, as Python's `concurrent.futures.Future`.
 *
 * A future is thenable: `await future` is `await future.result()`. Executors make futures; the constructor and the
 * methods `setRunningOrNotifyCancel`, `setResult` and `setException` are for people who write executors, and for tests.
 *
 * ```js
 * const future = executor.submit(isPrime, 97);
 * console.log(await future, future.done());   // true true
 * ```
 */
export class Future<T> implements PromiseLike<T>, Outcome {
  #state = PENDING;
  #value: unknown;
  #agent: Agent | undefined;
  #call: Address = 0;
  #record: CallRecord | undefined;
  #origin: Origin | undefined;
  #task = '';
  #callbacks: ((future: Future<T>) => void)[] = [];
  readonly #submitted = now();

  /**
   * Waits until the call is done, and gives its value.
   *
   * @param options `timeout` in seconds
   * @returns a promise that rejects with what the task threw; with `CancelledError`; with `TimeoutError` when the time
   * is over first, the call goes on; with `BrokenExecutor` where the pool broke
   */
  result(options: WaitOptions = {}): Promise<T> {
    return this.#whenDone(toMilliseconds(options.timeout)).then(() => this.#read());
  }

  /**
   * Blocks until the call is done, and gives its value. In workers only.
   *
   * @param timeout seconds; none waits without end, 0 only looks
   * @throws as `result` rejects, and `BlockingNotAllowedError` on a page, or where only this agent's own event loop
   * could end the call; `NotIsolatedError` where the page is not cross-origin isolated
   */
  resultSync(timeout?: number): T {
    this.#block(timeout);
    return this.#read();
  }

  /** Waits until the call is done, and gives what the task threw; `undefined` if it threw nothing. Rejects as `result`
   * does for everything but the task's own failure. */
  exception(options: WaitOptions = {}): Promise<unknown> {
    return this.#whenDone(toMilliseconds(options.timeout)).then(() => this.#readException());
  }

  /** The blocking form of `exception`. */
  exceptionSync(timeout?: number): unknown {
    this.#block(timeout);
    return this.#readException();
  }

  then<R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.result().then(onFulfilled, onRejected);
  }

  /**
   * Tries to cancel the call.
   *
   * @returns true if it was cancelled, now or before; false if it runs or is finished: running code is not interrupted
   */
  cancel(): boolean {
    if (this.#state === CANCELLED) return true;
    if (this.#agent !== undefined) {
      this.#look();
      if (this.#state !== PENDING || !this.#agent.cancel(this.#call))
        return this.#state === CANCELLED;
      this.#detach();
    } else if (this.#state !== PENDING) return false;
    this.#settle(CANCELLED, undefined);
    this.#runCallbacks();
    return true;
  }

  /** Whether the call was cancelled. */
  cancelled(): boolean {
    return this.#current() === CANCELLED;
  }

  /** Whether a worker is at it right now. */
  running(): boolean {
    return this.#current() === RUNNING;
  }

  /** Whether the call is finished or was cancelled. */
  done(): boolean {
    return this.#current() > RUNNING;
  }

  /**
   * Has `callback` called with this future when it is done or cancelled; at once if it is. Callbacks run in the order in
   * which they were added, on the event loop of the agent that added them, never inside somebody's blocking call. What
   * one throws is reported, and the next one runs.
   */
  addDoneCallback(callback: (future: this) => void): void {
    if (typeof callback !== 'function')
      throw new TypeError(`${String(callback)} is not a function`);
    this.#callbacks.push(callback as (future: Future<T>) => void);
    if (this.done()) this.#runCallbacks();
  }

  /** When the call was submitted, in milliseconds since 1970. */
  get submitted(): number {
    return this.#submitted;
  }

  /** When a worker began the call, in milliseconds since 1970; `undefined` before. */
  get started(): number | undefined {
    return this.#times()?.started;
  }

  /** When the call ended, in milliseconds since 1970; `undefined` before. */
  get finished(): number | undefined {
    return this.#times()?.finished;
  }

  /** The name of the worker that has the call, or had it. */
  get worker(): string | undefined {
    const index = this.#times()?.workerIndex;
    return index === undefined ? undefined : this.#origin?.workerName(index);
  }

  /** As Python prints it: the state, and for a finished call what it holds. */
  toString(): string {
    const state = this.#current();
    const kind =
      state === SUCCEEDED
        ? ` returned ${typeName(this.#value)}`
        : state === FAILED
          ? ` raised ${typeName(this.#value)}`
          : '';
    return `<Future state=${WORDS[state]}${kind}>`;
  }

  /**
   * For executors: the call starts now.
   *
   * @returns false if the future was cancelled: then the call must not run
   * @throws InvalidStateError in every other state
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === CANCELLED) return false;
    if (this.#state !== PENDING) throw this.#invalid();
    this.#state = RUNNING;
    return true;
  }

  /** For executors: the call has a value. Throws `InvalidStateError` where it is done already. */
  setResult(value: T): void {
    this.#end(SUCCEEDED, value);
  }

  /** For executors: the call failed. Throws `InvalidStateError` where it is done already. */
  setException(error: unknown): void {
    this.#end(FAILED, error);
  }

  // ── For the package ───────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal What the pool's errors need to know. */
  from(origin: Origin, task: string): this {
    this.#origin = origin;
    this.#task = task;
    return this;
  }

  /** @internal The call is in the queue now. */
  submittedAs(agent: Agent, call: Address): void {
    this.#agent = agent;
    this.#call = call;
  }

  /** @internal The agent drained the call's reply. */
  onReply(failed: boolean, value: unknown): void {
    this.#drained(failed ? FAILED : SUCCEEDED, value);
  }

  /** @internal The pool cancelled the call. */
  onCancel(): void {
    this.#drained(CANCELLED, undefined);
  }

  /** @internal The pool broke before the call was done. */
  onBreak(reason: string): void {
    this.#drained(FAILED, this.#origin?.broken(reason, this.#task) ?? new Error(reason));
  }

  /** @internal Whether the call has failed. Only looks. */
  failed(): boolean {
    return this.#current() === FAILED;
  }

  /** @internal The value of a future that is done. */
  read(): T {
    return this.#read();
  }

  /** @internal The agent that can block for this future. */
  blockingAgent(): Agent {
    const agent = this.#agent;
    if (agent === undefined)
      refuseBlocking(
        'this future is not in the hands of a pool, so only this event loop could end it: await it',
      );
    if (!agent.mayBlock) refuseBlocking('a page must not block: await future.result() instead');
    return agent;
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #drained(state: number, value: unknown): void {
    if (this.#agent?.dead === undefined) this.#record = this.#agent?.recordOf(this.#call);
    this.#detach();
    this.#settle(state, value);
    // Not here and now: this may be inside somebody's blocking call.
    if (this.#callbacks.length > 0) queueMicrotask(() => this.#runCallbacks());
  }

  #detach(): void {
    this.#agent = undefined;
    this.#call = 0;
  }

  #end(state: number, value: unknown): void {
    if (this.#state > RUNNING || this.#agent !== undefined) throw this.#invalid();
    this.#settle(state, value);
    this.#runCallbacks();
  }

  #settle(state: number, value: unknown): void {
    this.#state = state;
    this.#value = value;
    const waiters = this.#waiters;
    this.#waiters = undefined;
    if (waiters !== undefined) for (const wake of waiters) wake();
  }

  /** Promises and other waiters of this future; they are told before callbacks run. */
  #waiters: Set<() => void> | undefined;

  /** @internal Has `wake` called once when the future is done; gives what takes that back. */
  watch(wake: () => void): () => void {
    if (this.done()) {
      wake();
      return () => {};
    }
    this.#waiters ??= new Set();
    const waiters = this.#waiters;
    waiters.add(wake);
    return () => waiters.delete(wake);
  }

  #whenDone(milliseconds: number | undefined): Promise<void> {
    if (this.done()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (milliseconds === undefined) {
        this.watch(resolve);
        return;
      }
      const stop = alarm(milliseconds, () => {
        forget();
        reject(late(milliseconds));
      });
      const forget = this.watch(() => {
        stop();
        resolve();
      });
    });
  }

  #block(timeout: number | undefined): void {
    if (this.done()) return;
    const milliseconds = toMilliseconds(timeout);
    if (milliseconds === 0) throw late(0);
    const agent = this.blockingAgent();
    const deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    if (!agent.block(() => this.#state > RUNNING, deadline)) throw late(milliseconds ?? 0);
  }

  /** The state, as far as this agent can know it now. */
  #current(): number {
    const agent = this.#agent;
    if (agent === undefined || agent.dead !== undefined) return this.#state;
    const state = agent.stateOf(this.#call);
    if (state === CALL_PENDING) return PENDING;
    if (state !== CALL_FINISHED && state !== CALL_CANCELLED) return RUNNING;
    agent.look();
    return this.#state;
  }

  #look(): void {
    this.#state = Math.max(this.#state, this.#current());
  }

  #times(): CallRecord | undefined {
    if (this.#agent !== undefined && this.#agent.dead === undefined)
      return this.#agent.recordOf(this.#call);
    return this.#record;
  }

  #read(): T {
    if (this.#state === CANCELLED) throw new CancelledError();
    if (this.#state === FAILED) throw this.#value;
    return this.#value as T;
  }

  #readException(): unknown {
    if (this.#state === CANCELLED) throw new CancelledError();
    return this.#state === FAILED ? this.#value : undefined;
  }

  #runCallbacks(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) {
      try {
        callback(this);
      } catch (error) {
        console.error(`a done callback of ${this} failed:`, error);
      }
    }
  }

  #invalid(): InvalidStateError {
    return new InvalidStateError(`the future is ${WORDS[this.#current()]} already: ${this}`);
  }
}

function late(milliseconds: number): TimeoutError {
  return new TimeoutError(`the future was not done after ${milliseconds / 1000} s`);
}

function typeName(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return value instanceof Error ? value.name : (value.constructor?.name ?? 'object');
}
