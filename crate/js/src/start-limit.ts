// How long a spawner's workers may take to get up. A machine that starts hundreds of them is slow, not stuck: as long as
// others come up, there is more time.
//
// And which do not get up at all: when a page goes into the back/forward cache, Chromium keeps its workers as they are, but
// one whose script was still loading is gone without a word.

import { alarm } from './clock.js';

/** Milliseconds without any worker that came up; and in all. */
const LIMIT = 20_000;
const MOST = 90_000;

export class StartLimit {
  /** Not lately, at first. */
  #lastUp = -LIMIT;

  /** A worker has come up. */
  up(): void {
    this.#lastUp = performance.now();
  }

  /**
   * Calls `late` with the seconds that a worker has had, when these were enough; and `back` whenever the page has come back.
   * Gives what stops both.
   */
  watch(late: (seconds: number) => void, back: () => void): () => void {
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
    const shown = ({ persisted }: PageTransitionEvent) => {
      if (persisted) back();
    };
    addEventListener('pageshow', shown);
    return () => {
      stop();
      removeEventListener('pageshow', shown);
    };
  }
}
