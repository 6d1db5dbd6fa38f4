// A call from a worker that blocks for its result, against two workers that wake each other by `Atomics` alone.

import { quantile } from '../statistics.mjs';

export const title = 'A blocking call from a worker';
export const sizes = { full: { warm: 500, count: 3000 }, quick: { warm: 500, count: 1500 } };
export const metrics = () => ({
  p50: { title: 'p50', unit: 'µs' },
  p99: { title: 'p99', unit: 'µs' },
});

export async function run(library, size) {
  const times = await library.block(size);
  return { p50: quantile(times, 0.5) * 1000, p99: quantile(times, 0.99) * 1000 };
}
