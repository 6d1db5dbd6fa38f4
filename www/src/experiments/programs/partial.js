// One argument changes; partial fixes those that do not.
import * as futures from 'concurrent-futures';

export const scale = (factor, unit, value) => `${factor * value} ${unit}`;

const tasks = futures.tasksOf(import.meta.url);

export default async function main() {
  const pool = new futures.ThreadPoolExecutor();
  await futures.withExecutor(pool, async executor => {
    const inGrams = futures.partial(tasks.scale, 1000, 'g');
    for await (const text of executor.map(inGrams, [1, 2.5, 4]))
      console.log(text);
  });
}
