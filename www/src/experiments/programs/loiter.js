// Five naps on three threads. Each prints when it starts and ends; map waits
// for the results in their order.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

const clock = () => new Date().toISOString().slice(17, 23);

export async function loiter(n) {
  const name = `${'    '.repeat(n)}loiter(${n})`;
  console.log(`[${clock()}] ${name}: doing nothing for ${n / 2} s…`);
  await sleep(n / 2);
  console.log(`[${clock()}] ${name}: done.`);
  return n * 10;
}

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ThreadPoolExecutor({ maxWorkers: 3 });
  await withExecutor(pool, async executor => {
    const results = executor.map(tasks.loiter, [0, 1, 2, 3, 4]);
    console.log(`[${clock()}] Waiting for individual results:`);
    let i = 0;
    for await (const result of results)
      console.log(`[${clock()}] result ${i++}: ${result}`);
  });
}
