// A task that makes an executor of its own, of the same kind, and waits for it.

import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../../dist/index.js';

const { square } = tasksOf(new URL('../tasks.js', import.meta.url));

export async function task(kind, count) {
  const Executor = kind === 'threads' ? ThreadPoolExecutor : ProcessPoolExecutor;
  const values = [];
  await withExecutor(new Executor({ maxWorkers: 1 }), async executor => {
    for await (const value of executor.map(square, Array(count).keys())) values.push(value);
  });
  return values;
}
