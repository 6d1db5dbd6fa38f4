// How fast futures complete, smoothed as tqdm does it: each new value counts three tenths, and the first ones in full.

const SMOOTHING = 0.3;

class Average {
  #last = 0;
  #calls = 0;

  add(value: number): void {
    this.#last = SMOOTHING * value + (1 - SMOOTHING) * this.#last;
    this.#calls++;
  }

  get value(): number {
    return this.#calls === 0 ? 0 : this.#last / (1 - (1 - SMOOTHING) ** this.#calls);
  }
}

export class Rate {
  readonly #units = new Average();
  readonly #seconds = new Average();
  #n = 0;
  #at: number | undefined;

  /** Tells that `n` futures are complete at that second. Times must not fall. */
  sample(n: number, second: number): void {
    this.#at ??= second;
    if (n === this.#n || second <= this.#at) return;
    this.#units.add(n - this.#n);
    this.#seconds.add(second - this.#at);
    this.#n = n;
    this.#at = second;
  }

  /** Futures in a second; `undefined` before anything is known. */
  get perSecond(): number | undefined {
    return this.#seconds.value > 0 ? this.#units.value / this.#seconds.value : undefined;
  }
}
