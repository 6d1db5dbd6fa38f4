// The same as “Done?”, but for one word: processes share nothing.
import { ProcessPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

let calls = 0;
export async function returnAfter(seconds, message) {
  calls += 1;
  await sleep(seconds);
  return `${message}, call ${calls} in this process`;
}

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ProcessPoolExecutor({ maxWorkers: 3 });
  await withExecutor(pool, async executor => {
    const future = executor.submit(tasks.returnAfter, 1, 'hello');
    console.log('done:', future.done());
    console.log('result:', await future.result());
    console.log('done:', future.done());
  });
  console.log('calls in main:', calls);
}
