// The Mandelbrot set, row by row. Rows near the middle take the
// longest: a pool that hands out small pieces stays busy.
import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from 'concurrent-futures';
import { canvas, variant } from 'playground';

const SIZE = 700;
const ITERATIONS = 4000;
const ROWS = Array.from({ length: SIZE }, (_, y) => y);

// How long a point stays near: from 0 to 1, which is for ever.
function stay(cr, ci) {
  let x = 0;
  let y = 0;
  for (let n = 0; n < ITERATIONS; n++) {
    const xx = x * x;
    const yy = y * y;
    if (xx + yy > 4)
      return Math.log1p(n) / Math.log1p(ITERATIONS);
    y = 2 * x * y + ci;
    x = xx - yy + cr;
  }
  return 1;
}

export function row(y) {
  const pixels = new Uint8ClampedArray(SIZE * 4);
  const ci = (y / SIZE) * 2.5 - 1.25;
  for (let x = 0; x < SIZE; x++) {
    const t = stay((x / SIZE) * 2.5 - 1.9, ci);
    pixels[4 * x] = 2300 * (1 - t) * t ** 3;
    pixels[4 * x + 1] = 3800 * (1 - t) ** 2 * t ** 2;
    pixels[4 * x + 2] = 2200 * (1 - t) ** 3 * t;
    pixels[4 * x + 3] = 255;
  }
  return pixels;
}

async function draw(executor) {
  const { row } = tasksOf(import.meta.url);
  const picture = canvas(SIZE, SIZE);
  // Eight rows at a time: fewer messages, still small pieces.
  const rows = executor.map(row, ROWS, { chunksize: 8 });
  let y = 0;
  for await (const pixels of rows) picture.row(y++, pixels);
}

export default async function main() {
  const maxWorkers = navigator.hardwareConcurrency;

  await variant('In sequence', () => {
    const picture = canvas(SIZE, SIZE);
    for (const y of ROWS) picture.row(y, row(y));
  });
  await variant('Threads', () =>
    withExecutor(new ThreadPoolExecutor({ maxWorkers }), draw),
  );
  await variant('Processes', () =>
    withExecutor(new ProcessPoolExecutor({ maxWorkers }), draw),
  );
  // The same in Rust, with rayon sharing the rows out.
  await variant('Rust, rayon', async () => {
    const rust = await import('mandelbrot');
    await rust.default();
    await rust.start(maxWorkers);
    const picture = canvas(SIZE, SIZE);
    const pixels = await rust.render(SIZE, ITERATIONS);
    picture.block(0, 0, SIZE, pixels);
  });
}
