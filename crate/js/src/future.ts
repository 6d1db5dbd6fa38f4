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
import type { Agent, CallRecord } from './agent.js';
import { after, alarm, now, toMilliseconds } from './clock.js';
import { needsCalls } from './deadlock.js';
import {
  BlockingNotAllowedError,
  type Breakage,
  type BrokenExecutor,
  CancelledError,
  InvalidStateError,
  RuntimeError,
  TimeoutError,
} from './errors.js';
import { type Failures, retrieved } from './failures.js';
import { refuseBlocking } from './isolation.js';
import { checkOptions } from './options.js';
import type { Outcome } from './outcome.js';
import { isThenable } from './tasks.js';

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

/** What can be known of a future at one moment. */
export interface Snapshot<T> {
  /** Finished or cancelled. */
  readonly done: boolean;
  /** Cancelled. */
  readonly cancelled: boolean;
  /** The value; `undefined` where there is none. */
  readonly result: T | undefined;
  /** What `exception` would give; `undefined` where nothing was thrown. */
  readonly exception: unknown;
}

/** What an executor tells its futures about itself. */
export interface Origin {
  /** Where errors are noted that nobody has asked for. */
  readonly failures: Failures;
  /** The error for a pool that broke. */
  broken?(breakage: Breakage, task?: string): BrokenExecutor;
  /** The name of the worker with this number. */
  workerName?(index: number): string;
}

/** What `exception` gives for a task that threw `undefined`, which would otherwise look like nothing thrown. */
class ThrewUndefined extends Error {}

/**
 * A call that may not have happened yet, as Python's `concurrent.futures.Future`.
 *
 * A future is thenable: `await future` is `await future.result()`. To hand a future itself through an `await`, put it
 * into an array or an object. Executors make futures; the constructor and the methods `setRunningOrNotifyCancel`,
 * `setResult` and `setException` are for people who write executors, and for tests.
 *
 * ```js
 * const future = executor.submit(isPrime, 97);
 * console.log(await future, future.done());   // true true
 * console.log(future.running(), future.cancelled());   // false false
 * console.log(future.submitted <= future.started, future.started <= future.finished);   // true true
 * console.log(future.worker.startsWith('ThreadPoolExecutor'));   // true
 *
 * const [own, failed] = [new Future(), new Future()];
 * own.setResult(42);
 * failed.setException(new Error('no'));
 * console.log(await own, failed.exceptionSync().message);   // 42 no
 * ```
 */
export class Future<T> implements PromiseLike<T>, Outcome {
  #state = PENDING;
  #value: unknown;
  #agent: Agent | undefined;
  #call: Address = 0;
  #record: CallRecord | undefined;
  #origin: Origin | undefined;
  /** @internal What it is called. */
  task = '';
  #callbacks: ((future: never) => unknown)[] | undefined;
  readonly #submitted = now();

  /**
   * Waits until the call is done, and gives its value.
   *
   * ```js
   * console.log(await executor.submit(isPrime, 97).result({ timeout: 5 }));   // true
   * ```
   *
   * @param options `timeout` in seconds; a call that is done answers whatever it is
   * @returns a promise that rejects with what the task threw; with `CancelledError`; with `TimeoutError` when the time
   * is over first, the call goes on; with `BrokenExecutor` where the pool broke
   */
  result(options?: WaitOptions): Promise<T> {
    return this.#whenDone('result', options).then(() => this.read());
  }

  /**
   * Blocks until the call is done, and gives its value. In workers only, unless it is done.
   *
   * ```js
   * const future = new InlineExecutor().submit(() => 6 * 7);
   * console.log(future.resultSync());   // 42
   * ```
   *
   * @param timeout seconds; none waits without end, 0 only looks
   * @throws as `result` rejects, and `BlockingNotAllowedError` on a page, or where only this agent's own event loop
   * could end the call, as where the task sends its value by `transfer`; `NotIsolatedError` where the page is not cross-origin isolated
   */
  resultSync(timeout?: number): T {
    this.#block(timeout);
    return this.read();
  }

  /**
   * Waits until the call is done, and gives what the task threw; `undefined` if it threw nothing.
   *
   * A thrown `undefined` is told from that by an Error that says so, which is given instead; `result` throws it as it
   * is. All other values are given as they are, also those that are false in a condition.
   *
   * ```js
   * const future = executor.submit(() => { throw new RangeError('too far'); });
   * console.log((await future.exception()).message);   // too far
   * ```
   *
   * @returns a promise that rejects as that of `result` does, but not with the task's own error
   */
  exception(options?: WaitOptions): Promise<unknown> {
    return this.#whenDone('exception', options).then(() => this.#readException());
  }

  /** The blocking form of `exception`, with a time-out in seconds: see `resultSync`. */
  exceptionSync(timeout?: number): unknown {
    this.#block(timeout);
    return this.#readException();
  }

  /** What `await` calls: the same as `result().then(…)`. */
  then<R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.result().then(onFulfilled, onRejected);
  }

  /**
   * Tries to cancel the call. Whoever waits gets `CancelledError`, and callbacks run before this returns.
   *
   * ```js
   * const [first, second] = [new Future(), new Future()];
   * second.setRunningOrNotifyCancel();
   * console.log(first.cancel(), second.cancel());   // true false
   * ```
   *
   * @returns true if it was cancelled, now or before; false if it runs or is finished: running code is not interrupted
   */
  cancel(): boolean {
    if (this.#current() === CANCELLED) return true;
    if (this.#state !== PENDING) return false;
    if (this.#agent !== undefined) {
      if (!this.#agent.cancel(this.#call)) return false;
      this.#detach();
    }
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
   * which they were added, after whoever waits was told, on the event loop of the agent that added them, never inside
   * somebody's blocking call. What one throws is reported on the console, and the next one runs.
   *
   * ```js
   * const future = new Future();
   * future.addDoneCallback(done => console.log(done.resultSync()));   // 42
   * future.setResult(42);
   * ```
   */
  addDoneCallback(callback: (future: this) => unknown): void {
    if (typeof callback !== 'function')
      throw new TypeError(`a done callback must be a function, not ${String(callback)}`);
    this.#callbacks ??= [];
    this.#callbacks.push(callback);
    if (this.here()) this.#runCallbacks();
  }

  /**
   * What can be known now, read at once: no state can change between its parts. An error in it counts as asked for.
   *
   * ```js
   * console.log(new Future().snapshot().done);   // false
   * ```
   */
  snapshot(): Snapshot<T> {
    const state = this.here() ? this.#state : Math.min(this.#current(), RUNNING);
    return {
      done: state > RUNNING,
      cancelled: state === CANCELLED,
      result: state === SUCCEEDED ? (this.#value as T) : undefined,
      exception: state === FAILED ? this.#readException() : undefined,
    };
  }

  /** When the call was submitted, in milliseconds since 1970. */
  get submitted(): number {
    return this.#submitted;
  }

  /** When a worker began the call, in milliseconds since 1970; `undefined` before. */
  get started(): number | undefined {
    return after(this.#times()?.started, this.#submitted);
  }

  /** When the call ended, in milliseconds since 1970; `undefined` before. */
  get finished(): number | undefined {
    return after(this.#times()?.finished, this.started ?? this.#submitted);
  }

  /** The name of the worker that has the call, or had it. */
  get worker(): string | undefined {
    const index = this.#times()?.workerIndex;
    return index === undefined ? undefined : this.#origin?.workerName?.(index);
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
   * For executors: the call starts now. It is to be called once.
   *
   * ```js
   * const future = new Future();
   * if (future.setRunningOrNotifyCancel()) future.setResult(6 * 7);
   * console.log(await future);   // 42
   * ```
   *
   * @returns false if the future was cancelled: then the call must not run
   * @throws RuntimeError where it was called before, or the future is finished
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state > PENDING && !(this.#state === CANCELLED && !this.#notified))
      throw new RuntimeError(`the future was started or settled already: ${this}`);
    this.#refuseInPool();
    if (this.#state === CANCELLED) {
      this.#notified = true;
      return false;
    }
    this.#state = RUNNING;
    this.#record = { started: now(), finished: undefined, workerIndex: undefined };
    return true;
  }

  /** For executors: the call has a value. Throws `InvalidStateError` where the future is finished or cancelled already. */
  setResult(value: T): void {
    this.#end(SUCCEEDED, value);
  }

  /** For executors: the call threw this. Throws `InvalidStateError` where the future is finished or cancelled already. */
  setException(error: unknown): void {
    this.#end(FAILED, error);
  }

  // ── For the package ───────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal What the pool's errors need to know. */
  from(origin: Origin, task: string): this {
    this.#origin = origin;
    this.task = task;
    return this;
  }

  /** @internal The call is in the queue now. */
  onSubmit(agent: Agent, call: Address): void {
    this.#agent = agent;
    this.#call = call;
  }

  /** @internal The agent drained the call's reply. */
  onReply(failed: boolean, value: unknown): void {
    // The error was made on arrival, so it is nobody else's yet.
    if (
      failed &&
      value instanceof Error &&
      this.worker !== undefined &&
      typeof value.stack === 'string'
    )
      value.stack += `\n    in worker ${this.worker}, task ${this.task}`;
    this.#drained(failed ? FAILED : SUCCEEDED, value);
  }

  /** @internal The call was ended by force, on somebody's wish: nobody need be told that it failed. */
  onEnd(error: unknown): void {
    this.#abandoned = true;
    this.#drained(FAILED, error);
  }

  /** @internal The value is on its way as a parcel. Who blocks hears that the call is done, since nothing can come then. */
  onParcel(parcel: Promise<unknown>, blocked: boolean): void {
    this.#detachDrained();
    this.#state = RUNNING;
    this.#arriving = parcel.then(
      value => this.#arrive(SUCCEEDED, value),
      error =>
        this.#arrive(
          FAILED,
          this.#origin?.broken?.({ reason: error.message, worker: undefined }, this.task) ?? error,
        ),
    );
    if (blocked) this.#settle(SUCCEEDED, undefined);
  }

  /** @internal The pool cancelled the call. */
  onCancel(): void {
    this.#drained(CANCELLED, undefined);
  }

  /** @internal The pool broke before the call was done. */
  onBreak(breakage: Breakage): void {
    const error = this.#origin?.broken?.(breakage, this.task);
    this.#drained(FAILED, error ?? new Error(breakage.reason));
  }

  /** @internal Whether the call has failed. Only looks. */
  failed(): boolean {
    return this.#current() === FAILED;
  }

  /** @internal Whether the call is done, and its value here. */
  here(): boolean {
    return this.done() && this.#arriving === undefined;
  }

  /** @internal Whether the call is done for somebody who blocks, during which its value cannot come. */
  doneWhileBlocked(): boolean {
    if (this.#arriving !== undefined && this.#state === RUNNING) this.#settle(SUCCEEDED, undefined);
    return this.done();
  }

  /** @internal The value of a future that is done; throws as `result` rejects. */
  read(): T {
    if (this.#arriving !== undefined) throw onItsWay();
    if (this.#state === SUCCEEDED) return this.#value as T;
    const error = this.#readException();
    throw error instanceof ThrewUndefined ? undefined : error;
  }

  /** @internal Ends the call by force, if a worker of the process pool `pool` runs it: see `Agent.endCall`. */
  end(pool: Address, error: unknown): void {
    this.#agent?.endCall(pool, this.#call, error);
  }

  /** @internal Nobody can ask for the error of this future any more, and nobody need know. */
  abandon(): void {
    this.#abandoned = true;
    retrieved(this);
  }

  /** @internal Whether some worker may end this future while this agent blocks. */
  blockingAgent(): Agent {
    const agent = this.#agent;
    if (this.#arriving !== undefined) throw onItsWay();
    if (agent === undefined && this.#origin?.broken !== undefined)
      refuseBlocking('the module is not loaded yet: `await ready()` before the first executor');
    if (agent === undefined)
      throw new BlockingNotAllowedError(
        'only the event loop of this agent can end this future, so blocking for it would never end: await it',
      );
    if (!agent.mayBlock) refuseBlocking('a page must not block: await future.result() instead');
    return agent;
  }

  /** @internal Blocks until the future is done; false where the deadline, in `performance.now()`, comes first. */
  blockUntil(deadline: number | undefined): boolean {
    if (this.done()) return true;
    if (deadline !== undefined && deadline <= performance.now()) return false;
    return this.blockingAgent().block(
      () => this.#state > RUNNING,
      deadline,
      'a future',
      () => needsCalls(false, addressesOf([this])),
    );
  }

  /** @internal The call in pool memory that this waits for, and that will end it; 0 where there is none. */
  get address(): Address {
    return this.#call;
  }

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

  /** @internal Whether the future is done and its value here, as soon as it is, or when the time is over. */
  within(milliseconds: number | undefined): Promise<boolean> {
    return new Promise(resolve => {
      let stop = () => {};
      const forget = this.watch(() => {
        stop();
        resolve(this.#arriving?.then(() => true) ?? true);
      });
      if (milliseconds !== undefined && !this.done())
        stop = alarm(milliseconds, () => {
          forget();
          resolve(false);
        });
    });
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Promises and other waiters of this future; they are told before callbacks run. */
  #waiters: Set<() => void> | undefined;
  #notified = false;
  #abandoned = false;

  /** The parcel with the value, as long as it is on its way. */
  #arriving: Promise<void> | undefined;

  #arrive(state: number, value: unknown): void {
    this.#arriving = undefined;
    this.#settle(state, value);
    this.#runCallbacks();
  }

  #detachDrained(): void {
    if (this.#agent?.dead === undefined) this.#record = this.#agent?.recordOf(this.#call);
    this.#detach();
  }

  #drained(state: number, value: unknown): void {
    this.#detachDrained();
    this.#settle(state, value);
    // Not here and now: this may be inside somebody's blocking call.
    if (this.#callbacks !== undefined) queueMicrotask(() => this.#runCallbacks());
  }

  #detach(): void {
    this.#agent = undefined;
    this.#call = 0;
  }

  #end(state: number, value: unknown): void {
    this.#refuseInPool();
    if (this.#state > RUNNING)
      throw new InvalidStateError(`the future is ${WORDS[this.#state]} already: ${this}`);
    this.#settle(state, value);
    this.#runCallbacks();
  }

  #refuseInPool(): void {
    if (this.#agent !== undefined || this.#arriving !== undefined)
      throw new InvalidStateError(`only its pool starts and ends this future: ${this}`);
  }

  #settle(state: number, value: unknown): void {
    this.#state = state;
    this.#value = value;
    if (this.#record?.finished === undefined)
      this.#record = {
        started: this.#record?.started,
        finished: now(),
        workerIndex: this.#record?.workerIndex,
      };
    if (state === FAILED) {
      if (value === undefined) this.#value = new ThrewUndefined('the task threw undefined');
      if (!this.#abandoned) this.#origin?.failures.note(this, value, this.task);
    }
    const waiters = this.#waiters;
    this.#waiters = undefined;
    if (waiters !== undefined) for (const wake of waiters) wake();
  }

  #whenDone(what: string, options: WaitOptions | undefined): Promise<void> {
    if (options !== undefined) checkOptions(what, options, ['timeout']);
    const milliseconds = toMilliseconds(options?.timeout);
    if (this.here()) return Promise.resolve();
    return this.within(milliseconds).then(done => {
      if (!done) throw late(milliseconds ?? 0);
    });
  }

  #block(timeout: number | undefined): void {
    const milliseconds = toMilliseconds(timeout);
    const deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    if (!this.blockUntil(deadline)) throw late(milliseconds ?? 0);
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

  #times(): CallRecord | undefined {
    if (this.#agent !== undefined && this.#agent.dead === undefined)
      return this.#agent.recordOf(this.#call);
    return this.#record;
  }

  #readException(): unknown {
    if (this.#arriving !== undefined) throw onItsWay();
    if (this.#state === CANCELLED) throw new CancelledError();
    if (this.#state !== FAILED) return undefined;
    retrieved(this);
    return this.#value;
  }

  #runCallbacks(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (callbacks === undefined) return;
    const report = (error: unknown) =>
      console.error(`concurrent-futures: a done callback of ${this} failed:`, error);
    for (const callback of callbacks) {
      try {
        const value = callback(this as never);
        if (isThenable(value) && !(value instanceof Future)) value.then(undefined, report);
      } catch (error) {
        report(error);
      }
    }
  }
}

function onItsWay(): BlockingNotAllowedError {
  return new BlockingNotAllowedError(
    'the task sent its value by transfer, and only the event loop of this agent can take it in: await it',
  );
}

function late(milliseconds: number): TimeoutError {
  return new TimeoutError(`the future was not done after ${milliseconds / 1000} s`);
}

/** The calls that those of the futures wait for which some worker is to end. */
export function addressesOf(futures: Iterable<Future<unknown>>): Address[] {
  return Array.from(futures, future => future.address).filter(address => address !== 0);
}

function typeName(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return value instanceof Error ? value.name : (value.constructor?.name ?? 'object');
}
