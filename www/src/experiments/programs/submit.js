// submit hands a call to a worker; its future has the result.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';

// Workers import this module, too, and call what it exports.
export const pow = (base, exponent) => base ** exponent;

const tasks = tasksOf(import.meta.url);

// Runs once, here; the workers leave it alone.
export default async function main() {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  await withExecutor(pool, async executor => {
    const future = executor.submit(tasks.pow, 323, 3);
    console.log(await future.result());
  });
}
