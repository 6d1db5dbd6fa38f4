// result and map throw TimeoutError, wait only tells.
import { ThreadPoolExecutor, tasksOf, wait } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export const nap = seconds => sleep(seconds, `slept ${seconds} s`);

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const executor = new ThreadPoolExecutor({ maxWorkers: 3 });
  // Threads take a moment to start.
  await wait([1, 2, 3].map(() => executor.submit(tasks.nap, 0.1)));
  const future = executor.submit(tasks.nap, 3);
  await future
    .result({ timeout: 0.2 })
    .catch(e => console.log('result:', e.name));
  const { done, notDone } = await wait([future], { timeout: 0.2 });
  console.log(`wait: ${done.size} done, ${notDone.size} not done`);
  try {
    const naps = executor.map(tasks.nap, [0.1, 9], { timeout: 2 });
    for await (const text of naps) console.log('map:', text);
  } catch (error) {
    console.log('map:', error.name);
  }
  console.log('The call went on:', await future.result());
  await executor.shutdown({ wait: false });
}
