// `map`: the values of many calls, in the order of their items. A hand-written iterator, never an async generator: those
// await what they yield.

import { toMilliseconds } from './clock.js';
import { TimeoutError } from './errors.js';
import type { Future } from './future.js';
import { checkCount, checkOptions } from './options.js';
import { describe } from './tasks.js';

/** Options of `map`. */
export interface MapOptions {
  /** Seconds from the call of `map`, for all values together. */
  readonly timeout?: number | undefined;
  /** Items to a call, at least 1; 1 if not given. */
  readonly chunksize?: number | undefined;
  /** Calls in flight, at least 1; without it all items are submitted at once. */
  readonly buffersize?: number | undefined;
}

/** The values of a `map`, in the order of its items. Iterate it with `for await`, or, in a worker, with `for`. */
export interface MapIterator<R> extends AsyncIterableIterator<R> {
  /** Blocks for each value; in workers only. */
  [Symbol.iterator](): IterableIterator<R>;
}

/** Submits one call for some items; each item is the arguments of one. */
export type SubmitItems = (items: unknown[][]) => Future<unknown>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Checks what was passed after the task, submits what is to be submitted at once, and gives the iterator. */
export function mapOver<R>(
  submit: SubmitItems,
  chunks: boolean,
  iterablesAndOptions: unknown[],
): MapIterator<R> {
  const { iterables, options } = split(iterablesAndOptions);
  checkOptions('map', options, ['timeout', 'chunksize', 'buffersize']);
  const { timeout, chunksize = 1, buffersize } = options;
  return new OrderedMap<R>(
    submit,
    chunks,
    iterables,
    chunks ? checkCount('chunksize', chunksize) : 1,
    buffersize === undefined ? Number.POSITIVE_INFINITY : checkCount('buffersize', buffersize),
    toMilliseconds(timeout),
  );
}

/** The last argument is the options if it is a plain object that is not iterable; all others must be iterable. */
function split(all: unknown[]): { iterables: Iterable<unknown>[]; options: MapOptions } {
  const last = all.at(-1);
  const given = all.length > 0 && (last === undefined || (isPlain(last) && !isIterable(last)));
  const iterables = given ? all.slice(0, -1) : all;
  for (const [index, value] of iterables.entries()) {
    if (isIterable(value)) continue;
    const what = isPlain(value) ? 'options must come last' : `${describe(value)} is not iterable`;
    const hint =
      Symbol.asyncIterator in Object(value) ? ' (an async iterable: collect its items first)' : '';
    throw new TypeError(
      `map needs iterables after the task; argument ${index + 1}: ${what}${hint}`,
    );
  }
  return { iterables: iterables as Iterable<unknown>[], options: given ? (last ?? {}) : {} };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function';
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

class OrderedMap<R> implements MapIterator<R> {
  readonly #submit: SubmitItems;
  readonly #chunks: boolean;
  readonly #items: Zip;
  readonly #chunksize: number;
  readonly #milliseconds: number | undefined;
  readonly #deadline: number | undefined;
  #exhausted = false;
  /** Calls in flight, oldest first, from `#oldest` on. */
  #futures: Future<unknown>[] = [];
  #oldest = 0;
  /** Values of the oldest call that were not given yet, from `#given` on. */
  #values: unknown[] = [];
  #given = 0;
  /** One `next` after the other, as async generators have it; `undefined` while none is under way. */
  #turn: Promise<unknown> | undefined;

  constructor(
    submit: SubmitItems,
    chunks: boolean,
    iterables: Iterable<unknown>[],
    chunksize: number,
    buffersize: number,
    milliseconds: number | undefined,
  ) {
    this.#submit = submit;
    this.#chunks = chunks;
    this.#chunksize = chunksize;
    this.#milliseconds = milliseconds;
    this.#deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    this.#items = new Zip(iterables);
    try {
      for (let sent = 0; sent < buffersize && this.#submitNext(); sent++);
    } catch (error) {
      this.#items.close();
      throw error;
    }
  }

  next(): Promise<IteratorResult<R>> {
    if (this.#turn === undefined) {
      const value = this.#nextValue();
      if (value !== undefined) return Promise.resolve(value);
    }
    const step = this.#turn === undefined ? this.#next() : this.#turn.then(() => this.#next());
    const turn: Promise<void> = step.then(
      () => this.#end(turn),
      () => this.#end(turn),
    );
    this.#turn = turn;
    return step;
  }

  return(): Promise<IteratorResult<R>> {
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.iterator](): IterableIterator<R> {
    const iterator: IterableIterator<R> = {
      next: () => this.#nextSync(),
      return: () => {
        this.#close();
        return DONE;
      },
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  #end(turn: Promise<unknown>): void {
    if (this.#turn === turn) this.#turn = undefined;
  }

  async #next(): Promise<IteratorResult<R>> {
    for (;;) {
      const value = this.#nextValue();
      if (value !== undefined) return value;
      const future = this.#futures[this.#oldest];
      if (future === undefined) return DONE;
      if (!future.here() && !(await future.within(this.#millisecondsLeft()))) this.#late(future);
      else this.#take(future);
    }
  }

  #nextSync(): IteratorResult<R> {
    for (;;) {
      const value = this.#nextValue();
      if (value !== undefined) return value;
      const future = this.#futures[this.#oldest];
      if (future === undefined) return DONE;
      if (!future.blockUntil(this.#deadline)) this.#late(future);
      else this.#take(future);
    }
  }

  #nextValue(): IteratorYieldResult<R> | undefined {
    if (this.#given === this.#values.length) return undefined;
    const value = this.#values[this.#given] as R;
    // Given values are let go of.
    this.#values[this.#given++] = undefined;
    return { done: false, value };
  }

  /** The oldest call is done: its values are next, and one more call may be sent. */
  #take(future: Future<unknown>): void {
    // It may have been closed while this waited.
    if (this.#futures[this.#oldest] !== future) return;
    try {
      const value = future.read();
      this.#values = this.#chunks ? (value as unknown[]) : [value];
      this.#given = 0;
      this.#futures[this.#oldest++] = undefined as never;
      // Now and then, so that it costs a constant share.
      if (this.#oldest * 2 > this.#futures.length) {
        this.#futures.splice(0, this.#oldest);
        this.#oldest = 0;
      }
      this.#submitNext();
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #late(future: Future<unknown>): void {
    if (this.#futures[this.#oldest] !== future) return;
    const unfinished = this.#futures.slice(this.#oldest).filter(future => !future.done());
    this.#close();
    throw new TimeoutError(
      `${unfinished.length} calls of map were not done after ${(this.#milliseconds ?? 0) / 1000} s`,
    );
  }

  /** Cancels what has not started; nobody can ask for the rest any more. */
  #close(): void {
    const futures = this.#futures.splice(this.#oldest);
    this.#futures = [];
    this.#oldest = 0;
    this.#values = [];
    this.#given = 0;
    for (const future of futures) {
      future.cancel();
      future.abandon();
    }
    if (this.#exhausted) return;
    this.#exhausted = true;
    this.#items.close();
  }

  #submitNext(): boolean {
    const items: unknown[][] = [];
    while (!this.#exhausted && items.length < this.#chunksize) {
      const item = this.#items.next();
      if (item === undefined) this.#exhausted = true;
      else items.push(item);
    }
    if (items.length === 0) return false;
    this.#futures.push(this.#submit(items));
    return true;
  }

  #millisecondsLeft(): number | undefined {
    return this.#deadline === undefined
      ? undefined
      : Math.max(0, this.#deadline - performance.now());
  }
}

/** The items of all iterables in step, until the shortest ends; without any iterable, nothing. */
class Zip {
  #open: Iterator<unknown>[];

  constructor(iterables: Iterable<unknown>[]) {
    this.#open = iterables.map(iterable => iterable[Symbol.iterator]());
  }

  /** The next item of each; `undefined` at the end. */
  next(): unknown[] | undefined {
    const all = this.#open;
    const item: unknown[] = [];
    for (const iterator of all) {
      let ended = true;
      try {
        const { done, value } = iterator.next();
        ended = done === true;
        item.push(value);
      } finally {
        // It has ended, or has thrown: the others are told.
        if (ended) {
          this.#open = all.filter(other => other !== iterator);
          this.close();
        }
      }
      if (ended) return undefined;
    }
    return all.length === 0 ? undefined : item;
  }

  /** Tells the iterables that no more is wanted of them, as the end of a loop does. */
  close(): void {
    const open = this.#open;
    this.#open = [];
    for (const iterator of open) iterator.return?.();
  }
}
