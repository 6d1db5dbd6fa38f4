// One call after another, awaited on the page.

import { quantile } from '../statistics.mjs';
import { timed, withPool } from './programs.js';

export const title = 'One call, awaited on the page';
export const sizes = { full: { count: 2000 }, quick: { count: 1000 } };
export const metrics = () => ({
  p50: { title: 'p50', unit: 'µs' },
  p99: { title: 'p99', unit: 'µs' },
});

export function run(library, { count }) {
  return withPool(library, async pool => {
    let times = [];
    if (pool.calls) times = [...(await pool.calls(count))];
    else for (let n = 0; n < count; n++) times.push(await timed(() => pool.call('add', n, 1)));
    return { p50: quantile(times, 0.5) * 1000, p99: quantile(times, 0.99) * 1000 };
  });
}
