// The Mandelbrot set in tiles, each drawn when it is finished.
import * as futures from 'concurrent-futures';
import { canvas, colour, variant } from 'playground';

const [SIZE, TILE, STEPS] = [700, 100, 1000];
const tasks = futures.tasksOf(import.meta.url);

export const tile = (left, top) =>
  Uint32Array.from({ length: TILE * TILE }, (_, i) => {
    const cr = ((left + (i % TILE)) / SIZE) * 2.5 - 1.9;
    const ci = ((top + Math.floor(i / TILE)) / SIZE) * 2.5 - 1.25;
    let [x, y, n] = [0, 0, 0];
    for (; n < STEPS && x * x + y * y <= 4; n++)
      [x, y] = [x * x - y * y + cr, 2 * x * y + ci];
    return colour(n, STEPS);
  });

async function draw(executor) {
  const [image, places] = [canvas(SIZE, SIZE), new Map()];
  for (let y = 0; y < SIZE; y += TILE)
    for (let x = 0; x < SIZE; x += TILE)
      places.set(executor.submit(tasks.tile, x, y), [x, y]);
  for await (const future of futures.asCompleted(places.keys()))
    image.block(...places.get(future), TILE, await future.result());
}

export default async function main() {
  await variant('Threads', () => draw(new futures.ThreadPoolExecutor()));
  await variant('Processes', () => draw(new futures.ProcessPoolExecutor()));
}
