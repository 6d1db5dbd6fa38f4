// From nothing to the first answer, of one worker: in a new page, and once more in the same one.

import { median } from '../statistics.mjs';
import { expect, timed } from './programs.js';

export const title = 'Start to first result';
export const sizes = { full: { repeats: 7 }, quick: { repeats: 5 } };
export const metrics = () => ({
  first: { title: 'in a new page', unit: 'ms' },
  again: { title: 'again', unit: 'ms' },
});

async function once(library) {
  let pool;
  const time = await timed(async () => {
    pool = await library.open(1);
    if (pool.burst) await pool.burst(1);
    else expect(await pool.call('add', 2, 3), 5);
  });
  await pool.close();
  return time;
}

export async function run(library, { repeats }) {
  const first = await once(library);
  const times = [];
  for (let n = 0; n < repeats; n++) times.push(await once(library));
  return { first, again: median(times) };
}
