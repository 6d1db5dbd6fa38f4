// What is checked, wherever the executor lives: on a page with await, in a worker with blocking calls.

import {
  CancelledError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
} from '../../dist/index.js';
import { same } from './same.js';

export const KINDS = { threads: ThreadPoolExecutor, processes: ProcessPoolExecutor };

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));

const NUMBERS = Array.from({ length: 20 }, (_, index) => index);
const SQUARES = NUMBERS.map(n => n * n);

function isRefusal(error) {
  same([error?.name, error?.message, error instanceof RangeError], ['RangeError', 'no tea', true]);
}

/** With await, as on a page. */
export const awaiting = {
  async 'results come back in order'(executor) {
    const results = [];
    for await (const result of executor.map(tasks.square, NUMBERS)) results.push(result);
    same(results, SQUARES);
  },
  async 'a future is awaited'(executor) {
    same(await executor.submit(tasks.square, 12), 144);
  },
  async 'what a task throws becomes its error, and the pool lives'(executor) {
    isRefusal(await executor.submit(tasks.refuse, 'tea').exception());
    same(await executor.submit(tasks.square, 3), 9);
  },
  async 'what waits in the queue can be cancelled'(executor) {
    const running = [executor.submit(tasks.spin, 300), executor.submit(tasks.spin, 300)];
    const waiting = executor.submit(tasks.square, 2);
    same([waiting.cancel(), waiting.cancelled(), waiting.done()], [true, true, true]);
    const error = await waiting.result().catch(reason => reason);
    same(error instanceof CancelledError, true);
    same(await Promise.all(running), [300, 300]);
  },
};

/** With blocking calls and no turn of the event loop between, as in a worker. */
export const blocking = {
  'results come back in order'(executor) {
    same([...executor.map(tasks.square, NUMBERS)], SQUARES);
  },
  'a future is waited for'(executor) {
    same(executor.submit(tasks.square, 12).resultSync(), 144);
  },
  'what a task throws becomes its error, and the pool lives'(executor) {
    isRefusal(executor.submit(tasks.refuse, 'tea').exceptionSync());
    same(executor.submit(tasks.square, 3).resultSync(), 9);
  },
};
