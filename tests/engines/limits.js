// The limits of docs/limits.md: at each a clear error, before anything is lost. Pool memory that is exhausted is in
// tests/faults.

import { ProcessPoolExecutor, tasksOf, withExecutor } from '../../dist/index.js';
import { POOLS } from './pools.js';
import { noWorkerLives, rejection, same, thrown, until } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const { bytesOf } = tasksOf(new URL('../faults/tasks.js', import.meta.url));

const LONGEST = 2 ** 28;

export const limits = {
  async 'on a page with 256 workers a call that would need one more is refused, and nothing else'() {
    const one = new ProcessPoolExecutor({ maxWorkers: 2 });
    same(await one.submit(tasks.square, 2), 4);
    const many = new ProcessPoolExecutor({ maxWorkers: 256 });
    const waiting = Array.from({ length: 256 }, () => many.submit(tasks.later, 60_000));
    for (const [Pool] of POOLS) {
      const late = new Pool({ maxWorkers: 1 });
      const error = thrown(() => late.submit(tasks.square, 3));
      same(
        [error.name, error.message],
        [
          'RangeError',
          'a page can have at most 256 workers, and has them already: shut an executor down first',
        ],
      );
      await late.shutdown();
    }
    // One is that of the first executor, which goes on with it.
    same([many.workers, waiting.some(future => future.done())], [255, false]);
    same(await Promise.all([3, 4].map(n => one.submit(tasks.square, n))), [9, 16]);
    same(one.workers, 1);
    many.terminateWorkers();
    await many.shutdown();
    await until(() => waiting.every(future => future.done()));
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async next =>
      same(await next.submit(tasks.square, 5), 25),
    );
    await one.shutdown();
    await noWorkerLives();
  },
  async 'a message that is too long fails its own future, on the way there and back'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        same(await executor.submit(tasks.square, 2), 4);
        const there = await rejection(executor.submit(tasks.echo, new Uint8Array(LONGEST)));
        const back = await rejection(executor.submit(bytesOf, LONGEST));
        for (const [error, what] of [
          [there, 'args'],
          [back, 'the result'],
        ]) {
          same(error.name, 'RangeError');
          const words = new RegExp(
            `^${what} would be a message of 2684\\d+ bytes, and ${LONGEST} are the most: `,
          );
          same(words.test(error.message) || error.message, true);
        }
        const long = new Uint8Array(LONGEST);
        same(await executor.submitWith({ transfer: [long.buffer] }, tasks.lengthOf, long), LONGEST);
        same(await executor.submit(tasks.square, 3), 9);
      });
  },
};
