// map keeps the order of the items, whichever is done first.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export const nap = seconds => sleep(seconds, `slept ${seconds} s`);

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ThreadPoolExecutor({ maxWorkers: 3 });
  await withExecutor(pool, async executor => {
    for await (const text of executor.map(tasks.nap, [0.9, 0.3, 0.6]))
      console.log(text);
  });
}
