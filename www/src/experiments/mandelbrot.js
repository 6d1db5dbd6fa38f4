// The Mandelbrot set, row by row. Rows near the middle take longest,
// so a pool that hands out small pieces keeps every worker busy.
import { ProcessPoolExecutor, ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { canvas, variant } from 'playground';

const SIZE = 480;
const ITERATIONS = 1000;
const ROWS = Array.from({ length: SIZE }, (_, y) => y);

export function row(y) {
  const pixels = new Uint8ClampedArray(SIZE * 4);
  const ci = (y / SIZE) * 2.5 - 1.25;
  for (let px = 0; px < SIZE; px++) {
    const cr = (px / SIZE) * 2.5 - 1.9;
    let x = 0;
    let i = 0;
    for (let n = 0; n < ITERATIONS; n++) {
      if (x * x + i * i > 4) {
        const shade = Math.sqrt(n / ITERATIONS);
        pixels.set([255 * shade ** 0.5, 215 * shade, 90 + 120 * shade], px * 4);
        break;
      }
      [x, i] = [x * x - i * i + cr, 2 * x * i + ci];
    }
    pixels[px * 4 + 3] = 255;
  }
  return pixels;
}

async function draw(executor) {
  const picture = canvas(SIZE, SIZE);
  const tasks = tasksOf(import.meta.url);
  let y = 0;
  for await (const pixels of executor.map(tasks.row, ROWS, { chunksize: 8 })) {
    picture.row(y++, pixels);
  }
}

export default async function main() {
  await variant('In sequence', () => {
    const picture = canvas(SIZE, SIZE);
    for (const y of ROWS) picture.row(y, row(y));
  });
  await variant('Threads', () => withExecutor(new ThreadPoolExecutor(), draw));
  await variant('Processes', () => withExecutor(new ProcessPoolExecutor(), draw));
}
