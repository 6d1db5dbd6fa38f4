// Run it with the switch GIL off, then on: which threads lose?
import * as futures from 'concurrent-futures';
import { sleepSync } from 'concurrent-futures/worker';
import { variant } from 'playground';

export function compute(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i % 7;
  return sum;
}
export const load = seconds => sleepSync(seconds);

const tasks = futures.tasksOf(import.meta.url);
const [NUMBERS, SECONDS] = [Array(4).fill(1e8), Array(4).fill(0.3)];

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 4 });
  await futures.withExecutor(pool, async executor => {
    const onThreads = (fn, items) => Array.fromAsync(executor.map(fn, items));
    await onThreads(tasks.load, [0, 0, 0, 0]);
    await variant('CPU, in sequence', () => NUMBERS.map(compute));
    await variant('CPU, threads', () => onThreads(tasks.compute, NUMBERS));
    await variant('I/O, in sequence', () => SECONDS.map(load));
    await variant('I/O, threads', () => onThreads(tasks.load, SECONDS));
  });
}
