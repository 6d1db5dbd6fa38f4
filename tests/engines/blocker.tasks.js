// Tasks that make executors of their own, and block.

import { ThreadPoolExecutor, task } from '../../dist/index.js';

const self = task(import.meta.url, 'down');

/** Goes down so many levels, each in an executor of the one above, and comes back with their number. */
export function down(levels, depth) {
  if (levels === 0) return depth;
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  try {
    return executor.submit(self, levels - 1, depth + 1).resultSync();
  } finally {
    executor.shutdownSync();
  }
}
