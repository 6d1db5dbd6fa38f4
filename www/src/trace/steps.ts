// A number that changes at moments: how many calls wait in a queue.
//
// Changes may come late, since each agent records its own: a call can be seen to start before it is seen to be
// submitted. So they are kept in the order of their times, and summed up when somebody asks.

import { after, Indices, Times } from './columns.ts';

/** As many moments have their greatest number noted together. */
const BLOCK = 256;

export class Steps {
  readonly #times = new Times();
  readonly #changes = new Indices();
  readonly #sums = new Indices();
  /** The greatest sum of each full block. */
  readonly #tops = new Indices();
  /** Sums from here on are to be made anew. */
  #stale = 0;

  get length(): number {
    return this.#times.length;
  }

  add(time: number, change: number): void {
    const { length } = this.#times;
    const late = length > 0 && time < this.#times.get(length - 1);
    const place = late ? after(time, length, index => this.#times.get(index)) : length;
    this.#times.insert(place, time);
    this.#changes.insert(place, change);
    this.#sums.push(0);
    this.#stale = Math.min(this.#stale, place);
  }

  timeOf(index: number): number {
    return this.#times.get(index);
  }

  /** The number from the moment `index` on. Where changes were lost it may be below what is true, never below 0. */
  valueOf(index: number): number {
    if (index < 0) return 0;
    this.#sum();
    return Math.max(0, this.#sums.get(index));
  }

  /** The place of the last change at or before `time`; -1 if there is none. */
  placeOf(time: number): number {
    return after(time, this.#times.length, index => this.#times.get(index)) - 1;
  }

  at(time: number): number {
    return this.valueOf(this.placeOf(time));
  }

  /** The greatest number between two moments. */
  max(from: number, to: number): number {
    this.#sum();
    const first = this.placeOf(from);
    const last = this.placeOf(to);
    const sums = this.#sums.values;
    let most = this.valueOf(first);
    for (let place = first + 1; place <= last; place++) {
      const block = place / BLOCK;
      const whole = Number.isInteger(block) && place + BLOCK - 1 <= last;
      const value = whole ? this.#tops.get(block) : (sums[place] as number);
      if (value > most) most = value;
      if (whole) place += BLOCK - 1;
    }
    return most;
  }

  #sum(): void {
    const { length } = this;
    if (this.#stale === length) return;
    let sum = this.#stale > 0 ? this.#sums.get(this.#stale - 1) : 0;
    for (let index = this.#stale; index < length; index++) {
      sum += this.#changes.get(index);
      this.#sums.set(index, sum);
    }
    this.#top(Math.floor(this.#stale / BLOCK));
    this.#stale = length;
  }

  /** Notes the greatest sums of the full blocks from this one on. */
  #top(first: number): void {
    const sums = this.#sums.values;
    for (let block = first; (block + 1) * BLOCK <= this.length; block++) {
      let most = sums[block * BLOCK] as number;
      for (let place = block * BLOCK + 1; place < (block + 1) * BLOCK; place++)
        most = Math.max(most, sums[place] as number);
      if (block === this.#tops.length) this.#tops.push(most);
      else this.#tops.set(block, most);
    }
  }
}
