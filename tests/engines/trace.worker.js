// A worker of somebody's that submits calls, blocks for them, and then blocks until the page lets it go.

import {
  InlineExecutor,
  ProcessPoolExecutor,
  ready,
  ThreadPoolExecutor,
  tasksOf,
} from '../../dist/index.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));

self.onmessage = async ({ data }) => {
  if (data?.flag === undefined) return;
  await ready();
  const pools = [ThreadPoolExecutor, ProcessPoolExecutor].map(
    Pool => new Pool({ maxWorkers: 2, threadNamePrefix: Pool.name }),
  );
  const executors = [...pools, new InlineExecutor()];
  for (const executor of executors) {
    const square = executor instanceof InlineExecutor ? n => n * n : tasks.square;
    for (const future of [1, 2, 3].map(n => executor.submit(square, n))) future.resultSync();
  }
  Atomics.wait(new Int32Array(data.flag), 0, 0);
  for (const executor of executors) executor.shutdownSync();
  self.postMessage({ ok: true });
};
