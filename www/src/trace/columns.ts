// Arrays of numbers that grow, so that ten thousand futures are a few blocks of memory and not ten thousand objects.

type Typed = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

class Column<A extends Typed> {
  values: A;
  length = 0;
  readonly #make: (size: number) => A;

  constructor(make: (size: number) => A) {
    this.#make = make;
    this.values = make(4);
  }

  push(value: number): void {
    this.insert(this.length, value);
  }

  /** Puts a value before the one at `index`. What comes nearly in order costs nearly nothing. */
  insert(index: number, value: number): void {
    if (this.length === this.values.length) {
      const grown = this.#make(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values.copyWithin(index + 1, index, this.length);
    this.values[index] = value;
    this.length++;
  }

  get(index: number): number {
    return this.values[index] ?? Number.NaN;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }
}

/** Times, in milliseconds; NaN where something has not happened. */
export class Times extends Column<Float64Array<ArrayBuffer>> {
  constructor() {
    super(size => new Float64Array(size));
  }
}

/** Indices and counts. */
export class Indices extends Column<Int32Array<ArrayBuffer>> {
  constructor() {
    super(size => new Int32Array(size));
  }
}

/** Small codes. */
export class Codes extends Column<Uint8Array<ArrayBuffer>> {
  constructor() {
    super(size => new Uint8Array(size));
  }
}

/** The first of `length` places whose value is greater than `value`; the values must ascend. */
export function after(value: number, length: number, at: (index: number) => number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
