// What `imap` and `imapUnordered` give: values as they come, from an input that is sent meanwhile.
//
//   input ──feed──▶ calls in flight ──done──▶ arrived ──▶ steps: next(), nextSync()
//
// Python's pool takes the input in a thread of its own, whether or not anybody asks for values. Here that happens in
// slices between turns of the event loop, and before each blocking step; with many calls in flight it pauses until some
// are done, so an endless input holds nobody up. A hand-written iterator, never an async generator: those await what
// they yield.

import { alarm, toMilliseconds, turn } from '../clock.js';
import { needsCalls } from '../deadlock.js';
import { TimeoutError } from '../errors.js';
import { addressesOf, type Future, type WaitOptions } from '../future.js';
import { checkOptions } from '../options.js';
import type { Crew, Feed } from './crew.js';
import type { SendItems } from './workers.js';

/** How long one slice of the input may take, in milliseconds. */
const SLICE = 4;
/** How many calls are in flight at most before the input waits. */
const MOST_IN_FLIGHT = 4096;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The values of `imap`, in the order of the items, or of `imapUnordered`, as they come. Iterate it with `for await`, or,
 * in a worker, with `for`; or ask for one value with a time-out.
 *
 * With a chunksize of 1 it goes on after an item that failed; else it ends there.
 */
export interface ImapIterator<R> extends AsyncIterableIterator<R> {
  /**
   * The next value. Rejects with what its task threw, or with `TimeoutError` when the time is over first: then the value
   * can be asked for again.
   */
  next(options?: WaitOptions): Promise<IteratorResult<R>>;
  /** The blocking form of `next`, in workers only. `timeout` in seconds. */
  nextSync(timeout?: number): IteratorResult<R>;
  /** Blocks for each value; in workers only. */
  [Symbol.iterator](): IterableIterator<R>;
}

/** A `next` that waits. */
interface Step<R> {
  readonly give: (result: IteratorResult<R>) => void;
  readonly fail: (error: unknown) => void;
  stop: () => void;
}

/** How items are sent, and in which order their values are given. */
export interface Plan {
  readonly chunksize: number;
  readonly ordered: boolean;
}

export class Imap<R> implements ImapIterator<R>, Feed {
  readonly #crew: Crew;
  readonly #send: SendItems;
  readonly #input: Iterator<unknown>;
  readonly #plan: Plan;
  /** Calls whose values have not arrived, oldest first. */
  readonly #sent = new Set<Future<unknown>>();
  /** Calls whose values are to be given, from `#taken` on. */
  #arrived: Future<unknown>[] = [];
  #taken = 0;
  /** Values of the call that was taken last, from `#given` on. */
  #values: unknown[] = [];
  #given = 0;
  #inFlight = 0;
  /** What is thrown after all values: an error of the input. */
  #last: { readonly error: unknown } | undefined;
  /** Nothing is left of the input. */
  #exhausted = false;
  /** A slice is to come by itself. */
  #feeding = false;
  /** Nothing more is given. */
  #closed = false;
  #steps: Step<R>[] = [];

  constructor(crew: Crew, send: SendItems, input: Iterator<unknown>, plan: Plan) {
    this.#crew = crew;
    this.#send = send;
    this.#input = input;
    this.#plan = plan;
    crew.begin(this);
    this.#feed();
  }

  next(options: WaitOptions = {}): Promise<IteratorResult<R>> {
    checkOptions('next', options, ['timeout']);
    const milliseconds = toMilliseconds(options.timeout);
    return new Promise((give, fail) => {
      const step: Step<R> = { give, fail, stop: () => {} };
      this.#steps.push(step);
      this.#serve();
      if (milliseconds === undefined || !this.#steps.includes(step)) return;
      step.stop = alarm(milliseconds, () => {
        this.#steps = this.#steps.filter(other => other !== step);
        fail(late(milliseconds));
      });
    });
  }

  nextSync(timeout?: number): IteratorResult<R> {
    const milliseconds = toMilliseconds(timeout);
    const deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    for (;;) {
      this.#feed();
      const result = this.#take();
      if (result !== undefined) return result;
      if (!this.#block(deadline)) throw late(milliseconds ?? 0);
    }
  }

  return(): Promise<IteratorResult<R>> {
    this.#leave();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.iterator](): IterableIterator<R> {
    const iterator: IterableIterator<R> = {
      next: () => this.nextSync(),
      return: () => {
        this.#leave();
        return DONE;
      },
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  finish(): void {
    while (!this.#exhausted) this.#sendNext();
    this.#serve();
  }

  cut(error: Error): void {
    this.#last = { error };
    this.#stopInput();
    this.#serve();
  }

  // ── The input ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sends a slice of the input; the next follows by itself. */
  #feed(): void {
    if (this.#exhausted || this.#inFlight >= MOST_IN_FLIGHT) return;
    const end = performance.now() + SLICE;
    do this.#sendNext();
    while (!this.#exhausted && this.#inFlight < MOST_IN_FLIGHT && performance.now() < end);
    this.#serve();
    if (!this.#exhausted && this.#inFlight < MOST_IN_FLIGHT) this.#feedLater(turn());
  }

  #feedLater(when: Promise<void>): void {
    if (this.#feeding) return;
    this.#feeding = true;
    void when.then(() => {
      this.#feeding = false;
      this.#feed();
    });
  }

  #sendNext(): void {
    const items: unknown[][] = [];
    try {
      while (items.length < this.#plan.chunksize && !this.#exhausted) {
        const { done, value } = this.#input.next();
        if (done) this.#exhaust();
        else items.push([value]);
      }
      if (items.length > 0) this.#add(this.#send(items));
    } catch (error) {
      // Of the input, or of a pool that takes no more.
      this.#last = { error };
      this.#exhaust();
    }
  }

  #exhaust(): void {
    this.#exhausted = true;
    this.#crew.end(this);
  }

  #stopInput(): void {
    if (this.#exhausted) return;
    this.#exhaust();
    this.#input.return?.();
  }

  // ── The values ────────────────────────────────────────────────────────────────────────────────────────────────────

  #add(future: Future<unknown>): void {
    this.#sent.add(future);
    this.#inFlight++;
    future.watch(() => this.#onDone(future));
  }

  #onDone(future: Future<unknown>): void {
    if (!future.here()) {
      void future.within(undefined).then(() => this.#onDone(future));
      return;
    }
    this.#inFlight--;
    if (this.#closed || this.#crew.terminated) future.abandon();
    if (!this.#plan.ordered) this.#arrive(future);
    else
      for (const oldest of this.#sent) {
        if (!oldest.here()) break;
        this.#arrive(oldest);
      }
    this.#serve();
    // Not here and now: this may be in the middle of the pool's own work.
    if (!this.#exhausted && this.#inFlight < MOST_IN_FLIGHT / 2) this.#feedLater(Promise.resolve());
  }

  #arrive(future: Future<unknown>): void {
    // Looking whether a call is done takes in others that are, so this one may have arrived meanwhile.
    if (this.#sent.delete(future) && !this.#closed) this.#arrived.push(future);
  }

  /** The next value, or the end; `undefined` where it is to be waited for. Throws what the item failed with. */
  #take(): IteratorResult<R> | undefined {
    for (;;) {
      if (this.#given < this.#values.length) {
        const value = this.#values[this.#given] as R;
        // What was given is let go of.
        this.#values[this.#given++] = undefined;
        return { done: false, value };
      }
      const future = this.#arrived[this.#taken];
      if (future === undefined) return this.#end();
      this.#arrived[this.#taken++] = undefined as never;
      if (this.#taken === this.#arrived.length) {
        this.#arrived = [];
        this.#taken = 0;
      }
      try {
        const value = this.#crew.read(future);
        this.#values = this.#plan.chunksize > 1 ? (value as unknown[]) : [value];
        this.#given = 0;
      } catch (error) {
        if (this.#plan.chunksize > 1) this.#close();
        throw error;
      }
    }
  }

  /** The end, or the error at it; `undefined` where there is more to come. */
  #end(): IteratorResult<R> | undefined {
    if (this.#closed) return DONE;
    if (!this.#exhausted || this.#sent.size > 0) return undefined;
    const last = this.#last;
    this.#closed = true;
    if (last !== undefined) throw last.error;
    return DONE;
  }

  /** Gives what is there to the steps that wait. */
  #serve(): void {
    while (this.#steps.length > 0) {
      let settle: (step: Step<R>) => void;
      try {
        const result = this.#take();
        if (result === undefined) return;
        settle = step => step.give(result);
      } catch (error) {
        settle = step => step.fail(error);
      }
      const [step] = this.#steps.splice(0, 1);
      step?.stop();
      if (step !== undefined) settle(step);
    }
  }

  /** Blocks until the next value is there; false where the time is over first. */
  #block(deadline: number | undefined): boolean {
    const [oldest] = this.#sent;
    if (oldest === undefined) return true;
    if (oldest.done()) {
      // Says so where the value is on its way, and cannot come now.
      if (!oldest.here()) oldest.read();
      return true;
    }
    if (this.#plan.ordered) return oldest.blockUntil(deadline);
    return oldest.blockingAgent().block(
      () => this.#arrived.length > this.#taken,
      deadline,
      'values',
      () => needsCalls(true, addressesOf(this.#sent)),
    );
  }

  /** Nothing more is given; what was sent runs, and so does the rest of the input. */
  #close(): void {
    this.#closed = true;
    for (const future of this.#arrived.splice(0)) future?.abandon();
    this.#taken = 0;
    this.#values = [];
    this.#given = 0;
  }

  /** The end of a loop over it: as any loop, it ends its input too. */
  #leave(): void {
    this.#close();
    this.#stopInput();
    this.#serve();
  }
}

function late(milliseconds: number): TimeoutError {
  return new TimeoutError(`no value came within ${milliseconds / 1000} s`);
}
