// A worker that the page has adopted: it submits, and blocks for each result.

import { ProcessPoolExecutor, ready, ThreadPoolExecutor, tasksOf } from '../../../dist/index.js';

const { add } = tasksOf();
const worker = () => new Worker('/workers/ours.js', { type: 'module' });

self.onmessage = async ({ data: { kind, warm, count } }) => {
  await ready();
  const Executor = kind === 'threads' ? ThreadPoolExecutor : ProcessPoolExecutor;
  const executor = new Executor({ maxWorkers: 1, worker });
  const times = [];
  for (let n = 0; n < warm + count; n++) {
    const start = performance.now();
    const sum = executor.submit(add, n, 1).resultSync();
    if (n >= warm) times.push(performance.now() - start);
    if (sum !== n + 1) throw new Error(`${n} + 1 is not ${sum}`);
  }
  executor.shutdownSync();
  self.postMessage({ times });
};
