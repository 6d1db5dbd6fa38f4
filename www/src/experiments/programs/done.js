// A future is done when its call has ended: done() only looks.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export async function returnAfter(seconds, message) {
  await sleep(seconds);
  return message;
}

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ThreadPoolExecutor({ maxWorkers: 3 });
  await withExecutor(pool, async executor => {
    const future = executor.submit(tasks.returnAfter, 1, 'hello');
    console.log('done:', future.done());
    console.log('result:', await future.result());
    console.log('done:', future.done());
  });
}
