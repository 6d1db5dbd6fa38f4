// `SharedCounter` and `SharedArray`: numbers in pool memory that several agents read and write.

import { ARRAY, COUNTER, Existing, Handle } from './handle.js';
import { checkCount } from './semaphore.js';

/** The typed arrays that can be shared. */
export type Numbers =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The class of such an array. */
export interface NumbersClass<A extends Numbers> {
  /** Its name, by which it crosses. */
  readonly name: string;
  /** How many bytes a number takes. */
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): A;
}

const CLASSES = new Map<string, NumbersClass<Numbers>>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map(numbers => [numbers.name, numbers as unknown as NumbersClass<Numbers>]),
);

/** Views, and the handles that keep their memory. */
const keepers = new WeakMap<object, Handle>();

/**
 * A number that everybody changes in one step: an integer up to 2**53.
 *
 * ```js
 * await ready();
 * const done = new SharedCounter();
 * await Promise.all([1, 2, 3].map(() => executor.submit(done => done.add(1), done)));
 * console.log(done.get());   // 3
 * console.log(done.compareExchange(3, 10), done.compareExchange(3, 20), done.get());   // true false 10
 * done.set(0);
 * console.log(done.add(2));   // 2
 * ```
 */
export class SharedCounter extends Handle {
  readonly #cell: BigInt64Array;

  /** @param value what it is at the start */
  constructor(value: number | Existing = 0) {
    super(COUNTER, value instanceof Existing ? value : 8);
    this.#cell = new BigInt64Array(this.agent.memory.buffer, this.gate(), 1);
    if (!(value instanceof Existing)) this.set(value);
  }

  /** What it is now. */
  get(): number {
    return Number(Atomics.load(this.#cell, 0));
  }

  /** Makes it `value`. */
  set(value: number): void {
    Atomics.store(this.#cell, 0, whole(value));
  }

  /** Adds `n`, in one step, and gives what it is then. */
  add(n = 1): number {
    const by = whole(n);
    return Number(Atomics.add(this.#cell, 0, by) + by);
  }

  /** Makes it `value` if it is `expected`: whether it was. */
  compareExchange(expected: number, value: number): boolean {
    const before = whole(expected);
    return Atomics.compareExchange(this.#cell, 0, before, whole(value)) === before;
  }
}

function whole(value: unknown): bigint {
  if (!Number.isSafeInteger(value))
    throw new TypeError(`a SharedCounter counts integers up to 2**53, not ${String(value)}`);
  return BigInt(value as number);
}

/**
 * A typed array that several agents see: `array` is a view of pool memory, the same in each of them. Guard it with a
 * `Lock`, or use `Atomics`.
 *
 * ```js
 * await ready();
 * const pixels = new SharedArray(Uint8ClampedArray, 4);
 * await executor.submit(pixels => { pixels.array[0] = 255; }, pixels);
 * console.log(pixels.array[0], pixels.array.length);   // 255 4
 * ```
 */
export class SharedArray<A extends Numbers = Numbers> extends Handle {
  /** The numbers; all zero at the start. */
  readonly array: A;
  override readonly more: string;

  constructor(numbers: NumbersClass<A> | Existing, length = 0) {
    const more =
      numbers instanceof Existing
        ? String(numbers.more)
        : `${numbers?.name} ${checkCount('length', length, 0)}`;
    const [name = '', count = ''] = more.split(' ');
    const view = CLASSES.get(name) as NumbersClass<A> | undefined;
    if (view === undefined)
      throw new TypeError(`a SharedArray is made of a class of typed arrays, not ${name}`);
    super(ARRAY, numbers instanceof Existing ? numbers : Number(count) * view.BYTES_PER_ELEMENT);
    this.more = more;
    this.array = new view(this.agent.memory.buffer, this.gate(), Number(count));
    keepers.set(this.array, this);
  }
}
