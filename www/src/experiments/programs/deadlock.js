// A task that waits for its own pool: the thread waits for itself.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';

export const pow = (base, exponent) => base ** exponent;

export function waitOnFuture(executor) {
  const future = executor.submit(tasks.pow, 5, 2);
  // This never completes: the only thread is here.
  return future.resultSync();
}

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  await withExecutor(pool, async executor => {
    const future = executor.submit(tasks.waitOnFuture, executor);
    const error = await future.exception();
    console.log(error.name);
    for (const sentence of error.waits) console.log(sentence);
  });
}
