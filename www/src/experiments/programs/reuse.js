// One pool serves many batches. After its shutdown it takes nothing more.
import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';

export const square = n => n * n;

const tasks = tasksOf(import.meta.url);

export default async function main() {
  const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
  for (const batch of [
    [1, 2, 3],
    [4, 5, 6],
  ]) {
    const squares = [];
    for await (const n of executor.map(tasks.square, batch)) squares.push(n);
    console.log(squares, 'with', executor.workers, 'workers at most');
  }
  await executor.shutdown();
  try {
    executor.submit(tasks.square, 7);
  } catch (error) {
    console.log(String(error));
  }
}
