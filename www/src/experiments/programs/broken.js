// A process pool whose workers are gone tells everybody, at once.
import { ProcessPoolExecutor, tasksOf } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export const nap = seconds => sleep(seconds);

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
  const running = executor.submit(tasks.nap, 60);
  const waiting = executor.submit(tasks.nap, 60);
  while (!running.running()) await sleep(0.01);
  executor.killWorkers();
  console.log('running:', (await running.exception()).name);
  await waiting.exception().catch(error => console.log('waiting:', error.name));
  try {
    executor.submit(tasks.nap, 1);
  } catch (error) {
    console.log('submit: ', error.name);
  }
}
