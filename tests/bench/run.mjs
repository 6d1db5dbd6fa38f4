// Runs workloads of libraries in a browser, round after round, each in a new page and within a hard limit.

import { serve } from '../../scripts/serve.mjs';
import { BROWSERS } from '../engines/browsers.mjs';
import { SITE } from './build.mjs';
import { LIBRARIES } from './catalogue.mjs';

/** Milliseconds for one workload of one library in one round; the drivers have their own of a minute. */
const LIMIT = 40_000;

const ARGS = ['--enable-precise-memory-info', '--enable-blink-features=ForceEagerMeasureMemory'];

export const WORKLOADS = {
  call: () => import('./workloads/call.js'),
  burst: () => import('./workloads/burst.js'),
  outstanding: () => import('./workloads/outstanding.js'),
  factorial: () => import('./workloads/factorial.js'),
  primes: () => import('./workloads/primes.js'),
  mandelbrot: () => import('./workloads/mandelbrot.js'),
  map: () => import('./workloads/map.js'),
  megabyte: () => import('./workloads/megabyte.js'),
  start: () => import('./workloads/start.js'),
  block: () => import('./workloads/block.js'),
  memory: () => import('./workloads/memory.js'),
};

function within(limit, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer after ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A browser that is replaced when something hangs in it. */
class Driver {
  #open;
  #browser;

  constructor(open) {
    this.#open = open;
  }

  async version() {
    this.#browser ??= await this.#open();
    return this.#browser.version;
  }

  async run(address, ...args) {
    this.#browser ??= await this.#open();
    try {
      await within(LIMIT, this.#browser.goto(address));
      return JSON.parse(await within(LIMIT, this.#browser.call('runWorkload', ...args)));
    } catch (error) {
      // It may only wait for ever; what it has measured until then counts.
      const text = await within(2000, this.#browser.call('measured')).catch(() => '{}');
      await this.close();
      return { ...JSON.parse(text), error: error.message.split('\n')[0] };
    }
  }

  async close() {
    const browser = this.#browser;
    this.#browser = undefined;
    await within(10_000, browser?.close() ?? Promise.resolve()).catch(() => undefined);
  }
}

const rotated = (list, by) => list.map((_, index) => list[(index + by) % list.length]);

/**
 * Measures. `wanted(workload, library)` says which; `tell` gets a line for each. What failed once is not run again.
 * Resolves with the browser's version and, by workload, the values of each metric by round.
 */
export async function measure({ browser, rounds, quick, wanted, tell }) {
  const size = quick ? 'quick' : 'full';
  const [isolated, apart] = await Promise.all(
    [true, false].map(isolation => serve({ folder: SITE, port: 0, isolation })),
  );
  const driver = new Driver(() => BROWSERS[browser]({ args: ARGS }));
  const workloads = {};
  try {
    const version = await driver.version();
    for (let round = 0; round < rounds; round++) {
      for (const [name, load] of Object.entries(WORKLOADS)) {
        const libraries = LIBRARIES.filter(
          library => library.workloads.includes(name) && wanted(name, library.name),
        );
        if (libraries.length === 0) continue;
        const workload = await load();
        if (round >= (workload.mostRounds ?? rounds)) continue;
        workloads[name] ??= {
          title: workload.title,
          metrics: workload.metrics(workload.sizes[size]),
          libraries: {},
        };
        for (const library of rotated(libraries, round)) {
          workloads[name].libraries[library.name] ??= { values: {} };
          const entry = workloads[name].libraries[library.name];
          if (entry.error !== undefined) continue;
          const { address } = library.apart ? apart : isolated;
          const { values = {}, error } = await driver.run(address, library.name, name, size);
          for (const [metric, value] of Object.entries(values)) {
            entry.values[metric] ??= [];
            entry.values[metric][round] = value;
          }
          if (error !== undefined) entry.error = error;
          tell({ round, workload: name, library: library.name, values, error });
        }
      }
    }
    return { version, workloads };
  } finally {
    await driver.close();
    await Promise.all([isolated.close(), apart.close()]);
  }
}
