// A task that fails: its future keeps the error until somebody
// asks, and the pool goes on with the next task.
import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from 'concurrent-futures';
import { variant } from 'playground';

export function divide(a, b) {
  if (b === 0) throw new RangeError(`cannot divide ${a} by zero`);
  return a / b;
}

async function failOnce(executor) {
  const { divide } = tasksOf(import.meta.url);
  const future = executor.submit(divide, 1, 0);

  // result() throws what the task threw…
  try {
    await future.result();
  } catch (error) {
    console.log(
      `result() throws ${error.name}: ${error.message}`,
    );
  }

  // …and exception() gives it back as a value.
  const error = await future.exception();
  console.log(
    `exception() gives ${error.name}: ${error.message}`,
  );
  console.log(
    'a RangeError here, too:',
    error instanceof RangeError,
  );

  // The pool is alive.
  const next = executor.submit(divide, 6, 3);
  console.log('6 / 3 =', await next.result());
}

export default async function main() {
  await variant('Threads', () =>
    withExecutor(
      new ThreadPoolExecutor({ maxWorkers: 1 }),
      failOnce,
    ),
  );
  await variant('Processes', () =>
    withExecutor(
      new ProcessPoolExecutor({ maxWorkers: 1 }),
      failOnce,
    ),
  );
}
