// Errors that nobody asked for: an executor reports each once, on the console, when it has been shut down, or earlier
// when the future is collected that held the error.
//
// A future does not know that nobody will ask; so an error is noted when it is there, and forgotten when it is asked for.

import { turn } from './clock.js';

/** How many errors a shutdown shows; of the rest it gives the number. */
const MOST_SHOWN = 10;

interface Failure {
  readonly error: unknown;
  readonly task: string;
  readonly home: Set<Failure>;
}

const noted = new WeakMap<object, Failure>();

const collected = /* @__PURE__ */ new FinalizationRegistry<Failure>(failure => {
  if (failure.home.delete(failure)) report(failure);
});

/** The errors of one executor's futures that nobody has asked for yet. */
export class Failures {
  readonly #all = new Set<Failure>();
  #reporting = false;

  /** `future` failed with `error`, and nobody has asked for it yet. */
  note(future: object, error: unknown, task: string): void {
    const failure = { error, task, home: this.#all };
    this.#all.add(failure);
    noted.set(future, failure);
    collected.register(future, failure, failure);
  }

  /** Reports what is left, after a turn of the event loop: whoever waited for the shutdown may ask until then. */
  async report(): Promise<void> {
    if (this.#reporting || this.#all.size === 0) return;
    this.#reporting = true;
    await turn();
    this.#reporting = false;
    const failures = [...this.#all];
    this.#all.clear();
    for (const failure of failures.slice(0, MOST_SHOWN)) report(failure);
    if (failures.length > MOST_SHOWN)
      console.error(
        `concurrent-futures: nobody asked for ${failures.length - MOST_SHOWN} more errors of tasks`,
      );
  }
}

/** Somebody asked for the error of `future`. */
export function retrieved(future: object): void {
  const failure = noted.get(future);
  if (failure === undefined) return;
  noted.delete(future);
  failure.home.delete(failure);
  collected.unregister(failure);
}

function report({ error, task }: Failure): void {
  console.error(`concurrent-futures: nobody asked for the error of the task ${task}:`, error);
}
