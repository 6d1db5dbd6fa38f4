// A worker that makes executors and blocks, as a program would: what `blockers.js` asks of it, it does without a turn of
// the event loop after `ready()`, but for those that make something anew.

import {
  BrokenProcessPool,
  BrokenThreadPool,
  CancelledError,
  ProcessPoolExecutor,
  ready,
  ThreadPoolExecutor,
  task,
  tasksOf,
} from '../../dist/index.js';
import { rejection, same, thrown } from './same.js';

const POOLS = [ThreadPoolExecutor, ProcessPoolExecutor];
const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const down = task(new URL('./blocker.tasks.js', import.meta.url), 'down');
const entry = () => new Worker(new URL('./entry.worker.js', import.meta.url), { type: 'module' });

const doings = {
  /** Each task waits until all are there, so each needs a worker of its own. */
  manyAtOnce({ count, names }) {
    for (const [index, Pool] of POOLS.entries()) {
      const executor = new Pool({ maxWorkers: count });
      const futures = Array.from({ length: count }, () =>
        executor.submit(tasks.meet, names[index]),
      );
      for (const future of futures) future.resultSync();
      same(new Set(futures.map(future => future.worker)).size, count);
      executor.shutdownSync();
      same(executor.workers, 0);
    }
  },
  entries() {
    for (const Pool of POOLS) {
      const executor = new Pool({ maxWorkers: 2, worker: entry });
      same(executor.submit(tasksOf().greet, 'you').resultSync(), 'hello you');
      executor.shutdownSync();
    }
  },
  endless() {
    const executor = new ProcessPoolExecutor({ maxWorkers: 2 });
    const running = [1, 2].map(() => executor.submit(tasks.spin, 60_000));
    const queued = executor.submit(tasks.square, 2);
    while (!running.every(future => future.running()));
    executor.killWorkers();
    for (const future of running) same(future.exceptionSync() instanceof BrokenProcessPool, true);
    same(thrown(() => queued.resultSync()) instanceof CancelledError, true);
    executor.shutdownSync();
    same(executor.workers, 0);
  },
  levels() {
    for (const Pool of POOLS) {
      const executor = new Pool({ maxWorkers: 1 });
      same(executor.submit(down, 2, 0).resultSync(), 2);
      executor.shutdownSync();
    }
  },
  /** A worker below a worker below a worker: each makes a memory of its own. */
  async family({ generations }) {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    same(executor.submit(tasks.square, generations).resultSync(), generations ** 2);
    if (generations > 1) {
      const child = new Worker(import.meta.url, { type: 'module' });
      await new Promise((resolve, reject) => {
        child.onmessage = ({ data }) => {
          if (data?.ok === true) resolve();
          if (data?.ok === false) reject(new Error(data.error));
        };
        child.postMessage({ doing: 'family', options: { generations: generations - 1 } });
      });
      child.terminate();
    }
    executor.shutdownSync();
  },
  async noSpawner() {
    const { Worker: Real } = globalThis;
    globalThis.Worker = class extends Real {
      constructor() {
        super('/nowhere.js', { type: 'module' });
      }
    };
    const error = await rejection(ready());
    same(error.message.startsWith('the spawner of this worker could not be started: '), true);
    same(error.message.includes('undefined'), false);
    globalThis.Worker = Real;
    await ready();
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    same(executor.submit(tasks.square, 2).resultSync(), 4);
    executor.shutdownSync();
  },
  async deadMemory() {
    // One worker is all that it will have, so that nothing wakes the spawner but the news.
    const old = new ThreadPoolExecutor({ maxWorkers: 1 });
    same(old.submit(tasks.square, 2).resultSync(), 4);
    const lost = old.submit(tasks.later, 60_000);
    while (!lost.running());
    trapping = true;
    const error = thrown(() => old.submit(tasks.square, 3).resultSync());
    trapping = false;
    same([error instanceof BrokenThreadPool, error.message.includes('on purpose')], [true, true]);
    same(lost.exceptionSync() instanceof BrokenThreadPool, true);
    await ready();
    const next = new ThreadPoolExecutor({ maxWorkers: 2 });
    same(next.submit(tasks.square, 3).resultSync(), 9);
    next.shutdownSync();
  },
};

let trapping = false;

/** Has every instance made from now on trap when it drains, as long as `trapping` says so. */
function prepareTrap() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class {
    constructor(module, imports) {
      const { exports } = new Instance(module, imports);
      this.exports = {
        ...exports,
        cf_drain(...args) {
          if (trapping) throw new WebAssembly.RuntimeError('on purpose');
          return exports.cf_drain(...args);
        },
      };
    }
  };
}

self.onmessage = async ({ data: { doing, options } }) => {
  try {
    if (doing === 'deadMemory') prepareTrap();
    if (doing !== 'noSpawner') await ready();
    await doings[doing](options);
    self.postMessage({ ok: true });
  } catch (error) {
    self.postMessage({ ok: false, error: `${error?.stack ?? error}` });
  }
};
