// Code that runs in steps: a generator that yields what it waits for. The functions of this package are such code, since
// it can be told to cancel at each step; what they return is a `Coroutine`. A task may be one, too.

import { CancelledError } from './errors.js';
import { Future, fail, isThenable, mirror } from './future.js';
import { currentOwner, type Owner, resume, type Waiter } from './loop.js';

// What a step is given back depends on what it yielded, which TypeScript's generators cannot say.
/** Code in steps with an outcome. */
export type Steps<T> = Generator<unknown, T, never>;

/** Whose steps these are. */
export interface Host<T> {
  /** Whose turn it is when they go on. */
  owner(): Owner | undefined;
  /** They ended with this value. */
  finish(value: T): void;
  /** They threw this. */
  fail(error: unknown): void;
}

/** Moves a generator on, step by step. */
export class Stepper<T> {
  readonly #steps: Steps<T>;
  readonly #host: Host<T>;
  #waiter: Waiter | undefined;
  #mustCancel: { message: string | undefined } | undefined;

  constructor(steps: Steps<T>, host: Host<T>) {
    this.#steps = steps;
    this.#host = host;
  }

  /** Asks to cancel: what is waited for is cancelled, or the next step throws. */
  cancel(message?: string): void {
    if (this.#waiter?.future.cancel(message) !== true) this.#mustCancel = { message };
  }

  /** Takes a request back that no step has seen. */
  uncancel(): void {
    this.#mustCancel = undefined;
  }

  /** The next step; the first one, too. */
  step(done?: Future<unknown>): void {
    this.#waiter = undefined;
    let send = (): IteratorResult<unknown, T> => this.#steps.next(undefined as never);
    if (done !== undefined) send = () => this.#sendOutcome(done);
    for (;;) {
      const refused = this.#takeCancel();
      if (refused !== undefined) send = () => this.#steps.throw(refused);
      let step: IteratorResult<unknown, T>;
      try {
        step = send();
      } catch (error) {
        this.#host.fail(error);
        return;
      }
      if (step.done === true) {
        const late = this.#takeCancel();
        if (late === undefined) this.#host.finish(step.value);
        else this.#host.fail(late);
        return;
      }
      const { value } = step;
      if (value === undefined) {
        const turn = new Future<undefined>();
        this.#wait(turn);
        resume(undefined, () => turn.done() || turn.setResult(undefined));
        return;
      }
      if (!isThenable(value)) {
        const error = new TypeError(`code in steps yields what it waits for, not ${String(value)}`);
        send = () => this.#steps.throw(error);
        continue;
      }
      const future = value instanceof Future ? value : mirror(value);
      if (!future.done()) {
        this.#wait(future);
        return;
      }
      // What is done is not waited for.
      send = () => this.#sendOutcome(future);
    }
  }

  #wait(future: Future<unknown>): void {
    const waiter: Waiter = {
      future,
      owner: () => this.#host.owner(),
      run: () => this.step(future),
    };
    this.#waiter = waiter;
    if (this.#mustCancel !== undefined && future.cancel(this.#mustCancel.message))
      this.#mustCancel = undefined;
    future.whenDone(waiter);
  }

  #sendOutcome(future: Future<unknown>): IteratorResult<unknown, T> {
    let value: unknown;
    try {
      value = future.result();
    } catch (error) {
      return this.#steps.throw(error);
    }
    return this.#steps.next(value as never);
  }

  #takeCancel(): CancelledError | undefined {
    if (this.#mustCancel === undefined) return undefined;
    const { message } = this.#mustCancel;
    this.#mustCancel = undefined;
    return new CancelledError(message);
  }
}

/**
 * A call of one of this package's functions: runs at once as far as it can. It is part of the task that awaits it: when its
 * last step is done, that task goes on in the same turn, so that nothing it took, a lock for one, is lost in between.
 */
export class Coroutine<T> extends Future<T> {
  readonly #stepper: Stepper<T>;

  constructor(steps: Steps<T>) {
    super();
    const made = currentOwner();
    this.#stepper = new Stepper(steps, {
      owner: () => {
        const waiter = this.firstWaiter();
        return waiter === undefined ? made : waiter.owner();
      },
      finish: value => this.setResult(value),
      fail: error => fail(this, error),
    });
    this.#stepper.step();
  }

  /** Asks the code to cancel, at its step. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.#stepper.cancel(message);
    return true;
  }

  protected override get inline(): boolean {
    return true;
  }
}

/** Has code in steps run at once, and gives its future. */
export function coroutine<T>(steps: () => Steps<T>): Future<T> {
  return new Coroutine(steps());
}

/** Whether `value` is a generator, of a function with a star. */
export function isSteps(value: unknown): value is Steps<unknown> {
  const steps = value as Partial<Steps<unknown>> | null | undefined;
  return typeof steps?.throw === 'function' && typeof steps[Symbol.iterator] === 'function';
}
