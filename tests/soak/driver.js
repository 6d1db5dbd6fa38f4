// A driver: a worker that blocks, which the page adopts, watches, and may end while it works.

import { adopt } from '../../dist/index.js';
import { STEP_LIMIT } from './page-agent.js';

/** One life of a driver; `onSettled` hears of the calls that have an outcome. */
export class Driver {
  log = [];
  #adopted;
  #over;
  #ended = false;
  #timer;

  constructor(seed, name, agent, milliseconds, onSettled) {
    this.name = name;
    const worker = new Worker(new URL('./driver.worker.js', import.meta.url), { type: 'module' });
    this.#adopted = adopt(worker);
    let settled = 0;
    this.#over = new Promise((resolve, reject) => {
      const watch = () => {
        clearTimeout(this.#timer);
        const late = () => reject(new Error(`no word for ${STEP_LIMIT / 1000} s`));
        this.#timer = setTimeout(late, STEP_LIMIT);
      };
      watch();
      worker.addEventListener('error', event => reject(new Error(event.message)));
      worker.addEventListener('message', ({ data }) => {
        // What it said before it was ended may still come.
        if (this.#ended) return;
        watch();
        if (data?.note !== undefined) {
          this.log.push(data.note);
          if (this.log.length > 40) this.log.shift();
        }
        if (data?.settled !== undefined) {
          onSettled(data.settled - settled);
          settled = data.settled;
        }
        if (!data?.over) return;
        if (data.problems.length > 0) reject(new Error(data.problems.join('\n')));
        else resolve();
      });
      this.#giveUp = resolve;
    });
    worker.postMessage({ seed, name, agent, milliseconds });
  }

  #giveUp;

  /** Resolves when it has done its work, or was ended; rejects with what went wrong. */
  async over() {
    try {
      await this.#over;
    } finally {
      clearTimeout(this.#timer);
    }
    await this.end();
  }

  /** Ends it, wherever it is. */
  async end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#giveUp();
    await this.#adopted.terminate();
  }
}
