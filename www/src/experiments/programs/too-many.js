// Everybody sleeps for a second. What do so many cost?
import * as futures from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';
import { variant } from 'playground';

export const nap = () => sleep(1);

const tasks = futures.tasksOf(import.meta.url);

async function crowd(count, name) {
  await variant(`${count} × ${name}`, async () => {
    const executor = new futures[name]({ maxWorkers: count });
    const start = performance.now();
    const all = Array.from({ length: count }, () => executor.submit(tasks.nap));
    await futures.wait(all);
    const each = (performance.now() - start - 1000) / count;
    await executor.shutdown();
    console.log(`${count} × ${name}: ${each.toFixed(3)} ms each`);
  });
}

export default async function main() {
  await crowd(10, 'ProcessPoolExecutor');
  await crowd(100, 'ThreadPoolExecutor');
  await crowd(10_000, 'AsyncExecutor');
}
