// A future, printed, says where its call is.
import * as futures from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';

export const download = code => sleep(0.6, code);

const tasks = futures.tasksOf(import.meta.url);

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 2 });
  await futures.withExecutor(pool, async executor => {
    const todo = [];
    for (const code of ['BR', 'CN', 'ID', 'IN', 'US']) {
      todo.push(executor.submit(tasks.download, code));
      console.log(`Scheduled for ${code}:`, todo.at(-1));
    }
    while (!todo[0].running()) await sleep(0.01);
    console.log('Soon after:', todo[0]);
    for await (const future of futures.asCompleted(todo))
      console.log(future, 'result:', await future.result());
  });
}
