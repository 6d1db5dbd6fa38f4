// A worker of somebody's that makes executors, and never shuts them down.

import { ProcessPoolExecutor, ready, ThreadPoolExecutor, tasksOf } from '../../dist/index.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const executors = [];

self.onmessage = async ({ data: { count, prefix } }) => {
  await ready();
  for (let n = 0; n < count; n++)
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor])
      executors.push(new Pool({ threadNamePrefix: `${n}${prefix}` }));
  // One of each kind has a worker; the others never had any.
  for (const executor of executors.slice(0, 2)) executor.submit(tasks.square, 2).resultSync();
  self.postMessage('made');
};
