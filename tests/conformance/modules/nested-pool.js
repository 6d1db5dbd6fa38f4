// A task that makes a pool of its own, of the same kind, and waits for it.

import { tasksOf } from '../../../dist/index.js';
import { Pool, ThreadPool, withPool } from '../../../dist/multiprocessing.js';

const { square } = tasksOf(new URL('../tasks.js', import.meta.url));

export function task(kind, count) {
  const Kind = kind === 'threads' ? ThreadPool : Pool;
  return withPool(new Kind({ processes: 1 }), pool => pool.map(square, Array(count).keys()));
}
