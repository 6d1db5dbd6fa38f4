// as_completed gives futures as they end; a map knows whose each is.
import * as futures from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export const nap = seconds => sleep(seconds, 'slept well');

const tasks = futures.tasksOf(import.meta.url);

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 3 });
  await futures.withExecutor(pool, async executor => {
    const inputs = new Map();
    for (const seconds of [1.5, 0.5, 1])
      inputs.set(executor.submit(tasks.nap, seconds), seconds);
    for await (const future of futures.asCompleted(inputs.keys()))
      console.log(`${inputs.get(future)} s: ${await future.result()}`);
  });
}
