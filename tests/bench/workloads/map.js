// `map` over many small items: what chunks are for.

import { expect, timed, withPool } from './programs.js';

const CHUNKSIZES = [1, 16, 256, 4096, 65_536];

export const title = '`map` over small items, by chunksize';
export const sizes = { full: { items: 1_000_000 }, quick: { items: 100_000 } };
export const metrics = ({ items }) =>
  Object.fromEntries(
    CHUNKSIZES.map((chunksize, index) => [
      `chunk${chunksize}`,
      {
        title: index === 0 ? `${items.toLocaleString('en')} items, 1` : `${chunksize}`,
        unit: 'ms',
      },
    ]),
  );

async function sumOf(pool, items, chunksize) {
  if (pool.mapSum) return pool.mapSum(items, chunksize);
  const numbers = Array.from({ length: items }, (_, n) => n);
  let sum = 0;
  for await (const value of pool.map('double', numbers, chunksize)) sum += value;
  return sum;
}

export function run(library, { items }, tell) {
  return withPool(library, async pool => {
    for (const chunksize of CHUNKSIZES.toReversed()) {
      const time = await timed(async () =>
        expect(await sumOf(pool, items, chunksize), items * (items - 1)),
      );
      tell({ [`chunk${chunksize}`]: time });
    }
  });
}
