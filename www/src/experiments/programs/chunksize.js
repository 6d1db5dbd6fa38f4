// One message for each item is dear where items are small.
import { ProcessPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { chart, variant } from 'playground';

export const cube = n => n ** 3;

const ITEMS = Array.from({ length: 10_000 }, (_, n) => n);
const tasks = tasksOf(import.meta.url);

export default async function main() {
  const points = [];
  await withExecutor(new ProcessPoolExecutor(), async executor => {
    await executor.submit(tasks.cube, 1);
    for (const chunksize of [1, 4, 16, 64, 256, 1024]) {
      const start = performance.now();
      await variant(`chunksize ${chunksize}`, async () => {
        let sum = 0;
        const cubes = executor.map(tasks.cube, ITEMS, { chunksize });
        for await (const n of cubes) sum += n;
        console.log('the sum of all cubes is', sum);
      });
      points.push([chunksize, (performance.now() - start) / 1000]);
    }
  });
  chart('Seconds for 10,000 items, by chunksize', points, {
    logarithmic: true,
  });
}
