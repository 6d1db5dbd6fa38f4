// How long a spawner's workers may take to get up. A machine that starts hundreds of them is slow, not stuck: as long as
// others come up, there is more time.

import { alarm } from './clock.js';

/** Milliseconds without any worker that came up; and in all. */
const LIMIT = 20_000;
const MOST = 90_000;

export class StartLimit {
  #lastUp = Number.NEGATIVE_INFINITY;

  /** A worker has come up. */
  up(): void {
    this.#lastUp = performance.now();
  }

  /** Calls `late` with the seconds that a worker has had, when these were enough. Gives what stops the clock. */
  watch(late: (seconds: number) => void): () => void {
    const begun = performance.now();
    let stop: () => void;
    const again = () => {
      stop = alarm(LIMIT, () => {
        const time = performance.now();
        if (time - this.#lastUp < LIMIT && time - begun < MOST) again();
        else late(Math.round((time - begun) / 1000));
      });
    };
    again();
    return () => stop();
  }
}
