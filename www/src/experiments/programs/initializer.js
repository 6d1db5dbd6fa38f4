// The initializer runs once in each worker, before its first task.
import { ProcessPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';

let greeting;
export function setUp(word) {
  greeting = word;
}
export const greet = name => `${greeting}, ${name}!`;

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const pool = new ProcessPoolExecutor({
    maxWorkers: 2,
    initializer: tasks.setUp,
    initargs: ['Good morning'],
  });
  await withExecutor(pool, async executor => {
    for await (const text of executor.map(tasks.greet, [
      'Ada',
      'Guido',
      'Brian',
    ]))
      console.log(text);
  });
  console.log('greeting in main:', greeting);
}
