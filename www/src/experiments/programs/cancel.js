// cancel() takes back what has not started.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export const nap = seconds => sleep(seconds, `slept ${seconds} s`);

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  await withExecutor(pool, async executor => {
    const first = executor.submit(tasks.nap, 1);
    const second = executor.submit(tasks.nap, 1);
    while (!first.running()) await sleep(0.01);
    console.log('first: ', first.cancel(), String(first));
    console.log('second:', second.cancel(), String(second));
    console.log('first: ', await first.result());
    await second.result().catch(error => console.log('second:', error.name));
  });
}
