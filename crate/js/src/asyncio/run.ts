// `run`: a program from beginning to end.

import { RuntimeError } from '../errors.js';
import { shutdownDefaultExecutor } from './executors.js';
import { gather } from './gather.js';
import { type Awaitable, allTasks, createTask, currentTask, type Outcome } from './task.js';

let running = false;

/**
 * Runs a program: its main coroutine as a task; then cancels the tasks that it left over, waits for them, and shuts asyncio's
 * own executor down.
 *
 * ```js
 * const sum = await run(async () => {
 *   const [a, b] = await gather(() => sleep(0, 1), () => sleep(0, 2));
 *   return a + b;
 * });
 * console.log(sum);   // 3
 * ```
 *
 * @returns what the main coroutine returns; rejects with what it throws
 * @throws RuntimeError inside a task, and while another program runs
 */
export async function run<A extends Awaitable<unknown>>(main: A): Promise<Outcome<A>> {
  if (running || currentTask() !== null)
    throw new RuntimeError('run() cannot be called while a program runs');
  running = true;
  const others = allTasks();
  try {
    return await createTask(main, { name: 'main' });
  } finally {
    const left = [...allTasks()].filter(task => !others.has(task));
    for (const task of left) task.cancel();
    await gather(...left, { returnExceptions: true });
    for (const task of left)
      if (!task.cancelled() && task.exception() !== undefined)
        console.error(`${task} failed when the program had ended:`, task.exception());
    await shutdownDefaultExecutor();
    running = false;
  }
}
