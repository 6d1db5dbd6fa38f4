// A task must be worth its way to a worker and back.
import {
  InlineExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from 'concurrent-futures';
import { variant } from 'playground';

export const add = (a, b) => a + b;

const NUMBERS = Array.from({ length: 2000 }, (_, n) => n);
const tasks = tasksOf(import.meta.url);

async function sum(executor, fn) {
  let total = 0;
  for await (const n of executor.map(fn, NUMBERS, NUMBERS)) total += n;
  console.log('sum:', total);
}

export default async function main() {
  await variant('Inline', () => sum(new InlineExecutor(), add));
  await withExecutor(new ThreadPoolExecutor(), async executor => {
    await executor.submit(tasks.add, 1, 2);
    await variant('Threads', () => sum(executor, tasks.add));
  });
}
