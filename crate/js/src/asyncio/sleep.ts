// `sleep`: waits without doing anything.

import { alarm } from '../clock.js';
import { Future } from './future.js';
import { currentOwner, resume, resumeHere } from './loop.js';

/** A timer that nobody needs any more when its future is cancelled. */
class Sleep<T> extends Future<T> {
  #stop: () => void = () => {};

  constructor(seconds: number, result: T) {
    super();
    // Who made it will most likely await it, and then goes on in the very turn in which it is over.
    const task = currentOwner();
    const wake = (): void => {
      if (!this.done()) this.setResult(result);
    };
    if (seconds <= 0) resume(task, wake);
    // Whole milliseconds, so that nobody wakes early.
    else this.#stop = alarm(Math.ceil(seconds * 1000), () => resumeHere(task, wake));
  }

  protected override get inline(): boolean {
    return true;
  }

  override cancel(message?: string): boolean {
    this.#stop();
    return super.cancel(message);
  }
}

/**
 * Waits so many seconds, and gives `result`. Zero, or less, is one turn of the event loop. Only who awaits it sleeps.
 *
 * ```js
 * console.log(await sleep(0.01, 'awake'));   // awake
 * ```
 *
 * @throws RangeError for NaN
 */
export function sleep(seconds: number): Future<undefined>;
export function sleep<T>(seconds: number, result: T): Future<T>;
export function sleep(seconds: number, result?: unknown): Future<unknown> {
  if (typeof seconds !== 'number')
    throw new TypeError(`sleep needs a number of seconds, not ${String(seconds)}`);
  if (Number.isNaN(seconds)) throw new RangeError('sleep needs a number of seconds, not NaN');
  return new Sleep(seconds, result);
}
