// The same pool in the words of multiprocessing.

import { tasksOf } from 'concurrent-futures';
import { sleep } from 'concurrent-futures/asyncio';
import { Pool, withPool } from 'concurrent-futures/multiprocessing';

export const square = async (x, seconds = 0) => sleep(seconds, x * x);

const tasks = tasksOf(import.meta.url);

export default async function main() {
  await withPool(new Pool({ processes: 2 }), async pool => {
    console.log('apply:', await pool.apply(tasks.square, [7]));
    const result = pool.applyAsync(tasks.square, [8, 1.5]);
    console.log('ready:', result.ready());
    await result
      .get({ timeout: 0.2 })
      .catch(error => console.log('get(0.2):', error.name));
    console.log('get:', await result.get());
    console.log('ready:', result.ready());
    console.log('map:', await pool.map(tasks.square, [1, 2, 3]));
  });
}
