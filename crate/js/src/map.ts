// `map`: the values of many calls, in the order of their items. A hand-written iterator, never an async generator: those
// await what they yield.

import { toMilliseconds } from './clock.js';
import { TimeoutError } from './errors.js';
import type { Future } from './future.js';

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
type SubmitItems = (items: unknown[][]) => Future<unknown>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Checks the options, submits what is to be submitted at once, and gives the iterator. */
export function mapOver<R>(
  submit: SubmitItems,
  chunks: boolean,
  iterables: Iterable<unknown>[],
  options: MapOptions,
): MapIterator<R> {
  const chunksize = count('chunksize', options.chunksize ?? 1, chunks);
  const buffersize =
    options.buffersize === undefined
      ? Number.POSITIVE_INFINITY
      : count('buffersize', options.buffersize, true);
  return new OrderedMap<R>(
    submit,
    chunks,
    zip(iterables),
    chunks ? chunksize : 1,
    buffersize,
    options.timeout,
  );
}

class OrderedMap<R> implements MapIterator<R> {
  readonly #submit: SubmitItems;
  readonly #chunks: boolean;
  readonly #items: Iterator<unknown[]>;
  readonly #chunksize: number;
  readonly #timeout: number | undefined;
  readonly #deadline: number | undefined;
  /** Calls in flight, oldest first, from `#oldest` on. */
  #futures: Future<unknown>[] = [];
  #oldest = 0;
  /** Values of the oldest call that were not given yet, from `#given` on. */
  #values: unknown[] = [];
  #given = 0;
  /** One `next` after the other, as async generators have it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    submit: SubmitItems,
    chunks: boolean,
    items: Iterator<unknown[]>,
    chunksize: number,
    buffersize: number,
    timeout: number | undefined,
  ) {
    const milliseconds = toMilliseconds(timeout);
    this.#submit = submit;
    this.#chunks = chunks;
    this.#items = items;
    this.#chunksize = chunksize;
    this.#timeout = timeout;
    this.#deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
    for (let sent = 0; sent < buffersize && this.#submitNext(); sent++);
  }

  next(): Promise<IteratorResult<R>> {
    const step = this.#turn.then(() => this.#next());
    // Without the value, which would live on in here.
    const ended = (): void => {};
    this.#turn = step.then(ended, ended);
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

  async #next(): Promise<IteratorResult<R>> {
    for (;;) {
      const value = this.#nextValue();
      if (value !== undefined) return value;
      const future = this.#futures[this.#oldest];
      if (future === undefined) return DONE;
      try {
        this.#take(await future.result({ timeout: this.#secondsLeft() }));
      } catch (error) {
        throw this.#fail(future, error);
      }
    }
  }

  #nextSync(): IteratorResult<R> {
    for (;;) {
      const value = this.#nextValue();
      if (value !== undefined) return value;
      const future = this.#futures[this.#oldest];
      if (future === undefined) return DONE;
      try {
        this.#take(future.resultSync(this.#secondsLeft()));
      } catch (error) {
        throw this.#fail(future, error);
      }
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
  #take(value: unknown): void {
    this.#values = this.#chunks ? (value as unknown[]) : [value];
    this.#given = 0;
    this.#futures[this.#oldest++] = undefined as never;
    // Now and then, so that it costs a constant share.
    if (this.#oldest * 2 > this.#futures.length) {
      this.#futures.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    this.#submitNext();
  }

  #fail(future: Future<unknown>, error: unknown): unknown {
    const late = error instanceof TimeoutError && !future.done();
    const unfinished = this.#futures.length - this.#oldest;
    this.#close();
    return late
      ? new TimeoutError(`${unfinished} results were not there after ${this.#timeout} s`)
      : error;
  }

  #close(): void {
    for (const future of this.#futures.splice(this.#oldest)) future.cancel();
    this.#futures = [];
    this.#oldest = 0;
    this.#values = [];
    this.#given = 0;
    this.#exhausted = true;
  }

  #exhausted = false;

  #submitNext(): boolean {
    if (this.#exhausted) return false;
    const items: unknown[][] = [];
    while (items.length < this.#chunksize) {
      const { done, value } = this.#items.next();
      if (done === true) {
        this.#exhausted = true;
        break;
      }
      items.push(value);
    }
    if (items.length === 0) return false;
    this.#futures.push(this.#submit(items));
    return true;
  }

  #secondsLeft(): number | undefined {
    return this.#deadline === undefined
      ? undefined
      : Math.max(0, this.#deadline - performance.now()) / 1000;
  }
}

/** The items of all iterables in step, until the shortest ends; without any iterable, nothing. */
function* zip(iterables: Iterable<unknown>[]): Generator<unknown[], void> {
  const iterators = iterables.map(iterable => iterable[Symbol.iterator]());
  while (iterators.length > 0) {
    const item: unknown[] = [];
    for (const iterator of iterators) {
      const { done, value } = iterator.next();
      if (done === true) return;
      item.push(value);
    }
    yield item;
  }
}

function count(name: string, value: unknown, checked: boolean): number {
  if (!checked) return 1;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new TypeError(`${name} must be an integer, not ${String(value)}`);
  if (value < 1) throw new RangeError(`${name} must be at least 1, not ${value}`);
  return value;
}
