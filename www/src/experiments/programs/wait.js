// wait for the first, for the first failure, or for all.
import * as futures from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export async function nap(seconds, fails) {
  await sleep(seconds);
  if (fails) throw new Error('bad dreams');
}

const tasks = futures.tasksOf(import.meta.url);
const { FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED } = futures;

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 3 });
  await futures.withExecutor(pool, async executor => {
    const nap = (...args) => executor.submit(tasks.nap, ...args);
    await Promise.all([nap(0.1), nap(0.1), nap(0.1)]);
    for (const returnWhen of [
      FIRST_COMPLETED,
      FIRST_EXCEPTION,
      ALL_COMPLETED,
    ]) {
      const naps = [nap(0.4), nap(0.8, true), nap(1.2)];
      const { done, notDone } = await futures.wait(naps, { returnWhen });
      console.log(`${returnWhen}: ${done.size} done, ${notDone.size} not done`);
      for (const future of naps) await future.exception();
    }
  });
}
