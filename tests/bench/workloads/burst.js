// Tiny calls, all at once.

import { median } from '../statistics.mjs';
import { burst, timed, withPool } from './programs.js';

export const title = 'Tiny calls, all at once';
export const sizes = {
  full: { counts: { 1000: 10, 10000: 3 } },
  quick: { counts: { 1000: 10, 10000: 2 } },
};
export const metrics = () => ({
  n1000: { title: '1,000', unit: 'ms' },
  n10000: { title: '10,000', unit: 'ms' },
});

export function run(library, { counts }, tell) {
  return withPool(library, async pool => {
    for (const [count, repeats] of Object.entries(counts)) {
      const times = [];
      for (let n = 0; n < repeats; n++) times.push(await timed(() => burst(pool, Number(count))));
      tell({ [`n${count}`]: median(times) });
    }
  });
}
