// What is checked, wherever the executor lives: on a page with await, in a worker with blocking calls.

import {
  asCompleted,
  CancelledError,
  ProcessPoolExecutor,
  tasksOf,
  waitSync,
} from '../../dist/index.js';
import { AnyPool } from './pools.js';
import { same, thrown } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const movers = tasksOf(new URL('./parcels.tasks.js', import.meta.url));

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
  'what is moved arrives, and is gone where it was': isMoved,
  async 'what waits in the queue can be cancelled'(executor) {
    const running = [executor.submit(tasks.spin, 300), executor.submit(tasks.spin, 300)];
    const waiting = executor.submit(tasks.square, 2);
    same([waiting.cancel(), waiting.cancelled(), waiting.done()], [true, true, true]);
    const error = await waiting.result().catch(reason => reason);
    same(error instanceof CancelledError, true);
    same(await Promise.all(running), [300, 300]);
  },
};

/** Moves a buffer to a task, and back. */
async function isMoved(executor) {
  const bytes = new Uint8Array(1000);
  const future = executor.submitWith({ transfer: [bytes.buffer] }, movers.bounce, bytes);
  const { arrived, back } = await future;
  same([bytes.length, arrived, back.length], [0, 1000, 1000]);
}

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
  'a process that never ends is ended while its caller blocks'() {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    executor.submit(tasks.square, 2).resultSync();
    const endless = executor.submit(tasks.spin, 60_000);
    executor.terminateWorkers();
    const error = thrown(() => endless.resultSync());
    same(['BrokenProcessPool', 'CancelledError'].includes(error.name), true);
    executor.shutdownSync();
  },
  'wait and asCompleted block, and time out'(executor) {
    const [slow, quick] = [executor.submit(tasks.meet, 'slow'), executor.submit(tasks.later, 1)];
    const completed = asCompleted([slow, quick])[Symbol.iterator]();
    same(completed.next().value === quick, true);
    const found = waitSync([slow, quick], { timeout: 0.01 });
    same([found.done.has(quick), found.notDone.has(slow)], [true, true]);
    same(thrown(() => slow.resultSync(0.01)).name, 'TimeoutError');
    // It may not be listening yet.
    const all = new BroadcastChannel('all slow');
    while (waitSync([slow], { timeout: 0.02 }).notDone.has(slow)) all.postMessage('go');
    all.close();
    same(completed.next().value === slow, true);
  },
  async 'moved arguments can be waited for by blocking, a moved value must be awaited'(executor) {
    const bytes = new Uint8Array(1000);
    const length = executor.submitWith({ transfer: [bytes.buffer] }, movers.lengthOf, bytes);
    same([bytes.length, length.resultSync()], [0, 1000]);
    const [first, second] = [5, 6].map(n => executor.submit(movers.give, n));
    const refused = [
      () => first.resultSync(),
      () => first.exceptionSync(),
      () => [...executor.map(movers.give, [1])],
    ].map(call => thrown(call).name);
    same(refused, Array(3).fill('BlockingNotAllowedError'));
    // That it is done can be known.
    same(waitSync([first, second]).done.size, 2);
    same([(await first).length, (await second).length], [5, 6]);
    same(first.resultSync().length, 5);
    await isMoved(executor);
  },
  'what has ended by the time that asCompleted looks again is not late'() {
    const executor = new AnyPool({ maxWorkers: 1 });
    const first = executor.submit(tasks.later, 20);
    const completed = asCompleted([first])[Symbol.iterator]();
    executor.submit(tasks.square, 2);
    // The one thread takes the second call once the first has ended.
    while (executor.queued > 0);
    same(completed.next().value === first, true);
    executor.shutdownSync();
  },
};
