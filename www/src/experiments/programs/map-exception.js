// An exception ends a map; with submit each future has its own.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';

export function invert(n) {
  if (n === 0) throw new RangeError('division by zero');
  return 1 / n;
}

const NUMBERS = [1, 2, 0, 4];
const tasks = tasksOf(import.meta.url);

export default async function main() {
  await withExecutor(new ThreadPoolExecutor(), async executor => {
    try {
      for await (const value of executor.map(tasks.invert, NUMBERS))
        console.log('map:', value);
    } catch (error) {
      console.log('map:', String(error));
    }
    const futures = NUMBERS.map(n => executor.submit(tasks.invert, n));
    for (const future of futures) {
      const error = await future.exception();
      console.log('submit:', error ? String(error) : await future.result());
    }
  });
}
