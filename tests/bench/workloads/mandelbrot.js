// Uneven pieces of work whose answers are bytes, on one worker and on two.

import { expect, mandelbrot, timed, WORKERS, withPool } from './programs.js';

const ROWS = 10;
/** Of all bytes of the picture. */
const SUM = 30_117_958;

export const title = 'Mandelbrot set, ten rows a call';
export const sizes = {
  full: { size: 700, iterations: 1000 },
  quick: { size: 700, iterations: 1000 },
};
export const metrics = ({ size, iterations }) => ({
  one: { title: `${size} × ${size} × ${iterations}, one worker`, unit: 'ms' },
  two: { title: 'two workers', unit: 'ms' },
  scaling: { title: 'scaling', unit: '×', higher: true },
});

export async function run(library, { size, iterations }) {
  const draw = pool =>
    timed(async () => expect(await mandelbrot(pool, size, iterations, ROWS), SUM));
  const two = await withPool(library, draw, WORKERS);
  // wasm-bindgen-rayon has one pool a page, for ever.
  if (library.onePool) return { two };
  const one = await withPool(library, draw, 1);
  return { one, two, scaling: one / two };
}
