// asyncio's `Future`: a value that will be there later, on this event loop. The futures of executors are others.

import { InvalidStateError } from '../errors.js';
import { CancelledError } from './errors.js';
import { continueWith, currentOwner, soon, type Waiter } from './loop.js';

type State = 'pending' | 'finished' | 'failed' | 'cancelled';

/** What failed without anybody asking, told when nobody can ask any more. */
interface Unretrieved {
  readonly what: string;
  readonly error: unknown;
}

let registry: FinalizationRegistry<Unretrieved> | undefined;

function reportUnretrieved({ what, error }: Unretrieved): void {
  console.error(`${what}: its error was never retrieved:`, error);
}

/**
 * A value that will be there later. Await it; or read it with `result` when it is done.
 *
 * In contrast with a promise it can be cancelled, and knows which task awaits it: when that task is cancelled, the future
 * that it awaits is.
 *
 * ```js
 * const future = new Future();
 * setTimeout(() => future.setResult('there'), 100);
 * console.log(await future, future.result(), future.exception());   // there there undefined
 *
 * const [first, second, told] = [new Future(), new Future(), new Future()];
 * const print = () => console.log('never');
 * first.addDoneCallback(print);
 * console.log(first.removeDoneCallback(print), first.cancel('enough'));   // 1 true
 * console.log(first.done(), first.cancelled());   // true true
 * second.addDoneCallback(done => told.setResult(done.exception().message));
 * second.setException(new RangeError('too far'));
 * console.log(await told);   // too far
 * ```
 */
export class Future<T> implements PromiseLike<T> {
  #state: State = 'pending';
  #value: unknown;
  #message: string | undefined;
  #waiters: Waiter[] = [];
  #reported = false;

  /** Whether it is finished or cancelled. */
  done(): boolean {
    return this.#state !== 'pending';
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /**
   * The value.
   *
   * @throws what it failed with; CancelledError; InvalidStateError if it is not done
   */
  result(): T {
    const error = this.#ended('result');
    if (error !== undefined) throw error.value;
    return this.#value as T;
  }

  /** What it failed with, or `undefined`. Throws as `result` where it was cancelled or is not done. */
  exception(): unknown {
    const error = this.#ended('exception');
    if (this.#state === 'cancelled') throw error?.value;
    return error?.value;
  }

  /** Cancels it; false if it is done. Who awaits it gets a CancelledError with this message. */
  cancel(message?: string): boolean {
    if (this.done()) return false;
    this.endCancelled(message);
    return true;
  }

  /** Gives it a value. Throws InvalidStateError where it is done. */
  setResult(value: T): void {
    this.#settle('finished', value);
  }

  /** Lets it fail. Throws InvalidStateError where it is done. */
  setException(error: unknown): void {
    this.#settle('failed', error);
    this.#reported = true;
    registry ??= new FinalizationRegistry(reportUnretrieved);
    registry.register(this, { what: String(this), error }, this);
  }

  /** Has `callback` called with this future soon after it is done, in the order in which they were added. */
  addDoneCallback(callback: (future: this) => void): void {
    if (typeof callback !== 'function')
      throw new TypeError(`${String(callback)} is not a function`);
    this.whenDone(new Callback(this, callback as (future: Future<unknown>) => void));
  }

  /** @internal As `addDoneCallback`, for callbacks that only settle futures. */
  onDone(callback: (future: this) => void): void {
    this.whenDone(new Callback(this, callback as (future: Future<unknown>) => void, true));
  }

  /** Takes `callback` back; gives how often it was there. */
  removeDoneCallback(callback: (future: this) => void): number {
    const kept = this.#waiters.filter(
      waiter => !(waiter instanceof Callback && waiter.callback === callback),
    );
    const removed = this.#waiters.length - kept.length;
    this.#waiters = kept;
    return removed;
  }

  /** What `await` calls. Cancelling the task that awaits this cancels this. */
  // A getter: the engine reads it while the awaiting function still runs, so that we learn whose await it is.
  get then(): <R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ) => Promise<R | E> {
    const owner = currentOwner();
    return (onFulfilled, onRejected) =>
      new Promise((resolve, reject) => {
        const settle = (error: { value: unknown } | undefined): void => {
          try {
            if (error === undefined)
              resolve(onFulfilled ? onFulfilled(this.#value as T) : (this.#value as never));
            else if (onRejected) resolve(onRejected(error.value));
            else reject(error.value);
          } catch (thrown) {
            reject(thrown);
          }
        };
        if (this.done()) {
          queueMicrotask(() => settle(this.#ended('result')));
          return;
        }
        const waiter: Waiter = {
          future: this,
          owner: () => owner,
          run: () => {
            const cancelled = owner?.endWait(waiter);
            const error = this.#ended('result');
            settle(cancelled === undefined ? error : { value: cancelled });
          },
        };
        this.whenDone(waiter);
        owner?.beginWait(waiter);
      });
  }

  /** As Python prints it: the state. */
  toString(): string {
    return `<Future ${this.#state === 'failed' ? 'finished' : this.#state}>`;
  }

  /** @internal Whether it failed; to ask is not to retrieve the error. */
  failed(): boolean {
    return this.#state === 'failed';
  }

  /** @internal Ends it as cancelled, whatever `cancel` means here. */
  endCancelled(message?: string): void {
    this.#message = message;
    this.#end('cancelled', undefined);
  }

  /** @internal Has a waiter run when this is done; soon, if it is already. */
  whenDone(waiter: Waiter): void {
    if (this.done()) this.#wake(waiter);
    else this.#waiters.push(waiter);
  }

  /** @internal Takes a waiter back. */
  forget(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at >= 0) this.#waiters.splice(at, 1);
  }

  /** @internal Whose turn it is when this goes on. */
  protected firstWaiter(): Waiter | undefined {
    return this.#waiters[0];
  }

  /** @internal Whether who waits goes on in the same turn, if it is theirs. */
  protected get inline(): boolean {
    return false;
  }

  #settle(state: State, value: unknown): void {
    if (this.done()) throw new InvalidStateError(`the future is done already: ${this}`);
    this.#end(state, value);
  }

  #end(state: State, value: unknown): void {
    this.#state = state;
    this.#value = value;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) this.#wake(waiter);
  }

  #wake(waiter: Waiter): void {
    const owner = waiter.owner();
    if (waiter instanceof Callback && waiter.inside) soon(() => waiter.run());
    else if (this.inline && owner !== undefined && owner === currentOwner()) waiter.run();
    else continueWith(owner, () => waiter.run());
  }

  /** How it ended, if not with a value; whoever asks has retrieved it. */
  #ended(what: string): { value: unknown } | undefined {
    if (this.#state === 'pending') throw new InvalidStateError(`the ${what} is not there yet`);
    if (this.#reported) {
      this.#reported = false;
      registry?.unregister(this);
    }
    if (this.#state === 'cancelled') return { value: new CancelledError(this.#message) };
    return this.#state === 'failed' ? { value: this.#value } : undefined;
  }
}

class Callback implements Waiter {
  readonly future: Future<unknown>;
  readonly callback: (future: Future<unknown>) => void;
  /** Whether it is one of this package's own. */
  readonly inside: boolean;

  constructor(
    future: Future<unknown>,
    callback: (future: Future<unknown>) => void,
    inside = false,
  ) {
    this.future = future;
    this.callback = callback;
    this.inside = inside;
  }

  owner(): undefined {
    return undefined;
  }

  run(): void {
    try {
      this.callback(this.future);
    } catch (error) {
      console.error(`a done callback of ${this.future} failed:`, error);
    }
  }
}

/** A future with the outcome of a promise of somebody else's. Cancelling it leaves the promise alone. */
export function mirror<T>(promise: PromiseLike<T>): Future<T> {
  const future = new Future<T>();
  promise.then(
    value => future.done() || future.setResult(value),
    (error: unknown) => future.done() || fail(future, error),
  );
  return future;
}

/** Ends `future` as code does that threw `error`. */
export function fail(future: Future<unknown>, error: unknown): void {
  if (error instanceof CancelledError) future.endCancelled(error.message);
  else future.setException(error);
}

/** Whether `value` can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
