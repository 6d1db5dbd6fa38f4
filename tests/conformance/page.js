// The page side: runs the cells that it is given, those of the three isolated worlds side by side, each with its own time
// limit. Workers are made here, whoever asks for them: so the page can tell each where the counters are, and end one that
// is to crash.

import { adopt, isolated, ready } from '../../dist/index.js';
import { COUNTERS, LIVING, runCell } from './cell.js';
import { find } from './rows/index.js';
import { add, hold, share } from './signals.js';

/** How long a cell may take, in milliseconds. */
const CELL_LIMIT = 20_000;
/** How long a thread may take to be gone: Chromium lets a busy one run on for two seconds. */
const GONE_LIMIT = 10_000;

const channel = `conformance ${crypto.randomUUID()}`;
const buffer = isolated() ? new SharedArrayBuffer(4 * 65_536 * COUNTERS) : undefined;
if (buffer) share(buffer);
else hold(channel);

/** How many workers were made with the same address. */
const made = new Map();

const { Worker: Real } = globalThis;
globalThis.Worker = class extends Real {
  constructor(url, options) {
    const { href, pathname, searchParams } = new URL(url, location.href);
    const count = made.get(href) ?? 0;
    if (searchParams.has('most') && count >= Number(searchParams.get('most')))
      throw new Error('no more workers');
    super(url, options);
    made.set(href, count + 1);
    if (!pathname.endsWith('/conformance/entry.worker.js')) return;
    this.#living = Number(searchParams.get('cell')) + LIVING;
    add(this.#living);
    this.postMessage({ conformance: { buffer, channel } });
    this.addEventListener('message', ({ data }) => {
      if (data?.conformance === 'end me') this.terminate();
    });
  }

  /** The counter of the cell's living workers, until this one is ended. */
  #living;

  terminate() {
    if (this.#living) add(this.#living, -1);
    this.#living = undefined;
    super.terminate();
  }
};

let base = 0;
const nextBase = () => {
  base += COUNTERS;
  return base;
};

/** A promise with a time limit. */
function within(limit, promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} after ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const onPage = {
  run: key => {
    const { row, executor, world } = find(key);
    return runCell(row, executor, world, nextBase(), channel);
  },
  end: async () => {},
};

/** A worker that runs cells, one after the other. */
function inWorker() {
  const worker = new Real(new URL('./worker.js', import.meta.url), { type: 'module' });
  const adopted = adopt(worker);
  return {
    run: key =>
      new Promise((done, fail) => {
        worker.onerror = event => fail(new Error(event.message || 'the worker did not start'));
        worker.onmessage = ({ data }) => {
          // The package's own messages come this way too.
          if (data?.key === key) done(data.result);
        };
        worker.postMessage({ key, base: nextBase(), buffer, channel });
      }),
    end: () => adopted.terminate(),
  };
}

/** Runs one cell after the other, until one fails: after that this page is not to be trusted. */
async function runLane(keys, lane, report) {
  for (const key of keys) {
    const start = performance.now();
    const result = await within(CELL_LIMIT, lane.run(key), 'no answer').catch(error => ({
      outcome: 'fail',
      message: String(error),
    }));
    report({ key, ...result, took: Math.round(performance.now() - start) });
    if (result.outcome === 'fail') return;
  }
}

/** Throws where workers live on: each holds a lock for as long as it lives. */
async function noWorkerLives() {
  const end = performance.now() + GONE_LIMIT;
  for (;;) {
    const { held } = await navigator.locks.query();
    if (held.length === 0) return;
    const names = held.map(({ name }) => name).join(', ');
    if (performance.now() > end) throw new Error(`workers are left, with the locks ${names}`);
  }
}

/**
 * Runs the cells of the lists, the lists side by side. Resolves with the results as JSON; after a failure some may be
 * missing, and the page must be loaded anew.
 */
globalThis.runCells = async text => {
  const { page = [], worker = [], blocking = [], plain = [] } = JSON.parse(text);
  const results = [];
  const report = result => results.push(result);
  await ready();
  const lanes = [
    [page, onPage],
    [plain, onPage],
  ];
  for (const keys of [worker, blocking]) if (keys.length > 0) lanes.push([keys, inWorker()]);
  await Promise.all(lanes.map(([keys, lane]) => runLane(keys, lane, report)));
  const clean = results.every(({ outcome }) => outcome !== 'fail');
  if (clean) {
    await Promise.all(lanes.map(([, lane]) => lane.end()));
    await noWorkerLives().catch(error =>
      report({ key: 'afterwards', outcome: 'fail', message: String(error), took: GONE_LIMIT }),
    );
  }
  return JSON.stringify(results);
};
