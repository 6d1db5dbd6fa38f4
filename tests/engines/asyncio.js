// asyncio in every engine: whose await it is must be known there, and calls of executors are awaited in tasks.

// biome-ignore-all lint/nursery/useAwaitThenable: it does not see that a `then` may be a getter

import {
  asyncWith,
  CancelledError,
  createTask,
  currentTask,
  gather,
  Queue,
  run,
  runInExecutor,
  Semaphore,
  setDefaultExecutor,
  sleep,
  timeout,
  toThread,
  wrapFuture,
} from '../../dist/asyncio.js';
import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import { rejection, same } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const numbers = length => Array.from({ length }, (_, index) => index);

export const asyncio = {
  async 'a program of workers and a queue ends, though its workers never do'() {
    const step = async number => {
      await sleep(0);
      await sleep(0.001);
      return number * number;
    };
    const names = new Set();
    const squares = await run(async () => {
      const queue = new Queue();
      const results = [];
      const workers = numbers(3).map(index =>
        createTask(
          async () => {
            for (;;) {
              const number = await queue.get();
              results.push(await step(number));
              names.add(currentTask()?.name);
              queue.taskDone();
            }
          },
          { name: `worker ${index}` },
        ),
      );
      for (const number of numbers(12)) queue.putNowait(number);
      await queue.join();
      for (const worker of workers) worker.cancel();
      const ends = await gather(...workers, { returnExceptions: true });
      same(
        ends.map(end => end instanceof CancelledError),
        [true, true, true],
      );
      return results.sort((a, b) => a - b);
    });
    same(
      squares,
      numbers(12).map(n => n * n),
    );
    same([...names].sort(), ['worker 0', 'worker 1', 'worker 2']);
  },
  async 'a thousand coroutines go through a semaphore of ten'() {
    const semaphore = new Semaphore(10);
    let [inside, most] = [0, 0];
    await gather(
      ...numbers(1000).map(
        () => () =>
          asyncWith(semaphore, async () => {
            most = Math.max(most, ++inside);
            await sleep(0);
            inside--;
          }),
      ),
    );
    same([inside, most], [0, 10]);
  },
  async 'runInExecutor and toThread give what threads and processes give'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      same(await runInExecutor(executor, tasks.square, 7), 49);
      const error = await rejection(runInExecutor(executor, tasks.refuse, 'tea'));
      same([error.name, error.message], ['RangeError', 'no tea']);
    });
    same(
      await run(() => gather(toThread(tasks.square, 3), () => toThread(tasks.later, 5))),
      [9, 5],
    );
    const threads = new ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'mine' });
    setDefaultExecutor(threads);
    await run(() => toThread(tasks.square, 3));
    const closed = await rejection(Promise.resolve().then(() => threads.submit(tasks.square, 1)));
    same(closed.name, 'RuntimeError');
  },
  async 'cancelling a task cancels the call that it awaits, if that waits for a worker'() {
    await withExecutor(new ThreadPoolExecutor({ maxWorkers: 1 }), async executor => {
      const busy = executor.submit(tasks.later, 100);
      const waiting = executor.submit(tasks.square, 2);
      const task = createTask(() => wrapFuture(waiting));
      await sleep(0);
      task.cancel();
      same((await rejection(task)) instanceof CancelledError, true);
      await sleep(0);
      same([waiting.cancelled(), busy.cancelled()], [true, false]);
      const late = await rejection(
        asyncWith(timeout(0.02), () => runInExecutor(executor, tasks.later, 5)),
      );
      same(late.name, 'TimeoutError');
    });
  },
  async 'tasks in workers have an asyncio of their own'() {
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor])
      await withExecutor(new Pool({ maxWorkers: 2 }), async executor => {
        same(await gather(...[1, 2, 3].map(n => executor.submit(tasks.nap, n))), [1, 2, 3]);
        same(await executor.submit(tasks.fetchLength), true);
      });
  },
};
