// The forms in which calls are made and waited for, on a page.

import {
  asCompleted,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  InvalidStateError,
  ProcessPoolExecutor,
  TimeoutError,
  task,
  tasksOf,
  wait,
  withExecutor,
} from '../../dist/index.js';
import { AnyPool, POOLS } from './pools.js';
import { all, rejection, same, thrown } from './same.js';

const byAddress = tasksOf(new URL('./tasks.js', import.meta.url));
const served = tasksOf();

/** A pool whose workers have an entry of their own, which serves its tasks. */
const entry = () => new Worker(new URL('./entry.worker.js', import.meta.url), { type: 'module' });

export const forms = {
  async 'a worker entry serves its tasks by name'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 2, worker: entry }), async executor => {
        same(await executor.submit(served.greet, 'you'), 'hello you');
        const error = await executor.submit(served.nothing).exception();
        same(error.name, 'ReferenceError');
        same(error.message.includes('it serves greet'), true);
      });
  },
  async 'a task is named by its address, or sent by its source'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      const square = task(new URL('./tasks.js', import.meta.url), 'square');
      same(await executor.submit(square, 5), 25);
      same(await executor.submit((a, b) => a + b, 2, 3), 5);
      same(await executor.submit(async word => `${word}!`, 'late'), 'late!');
      const missing = await executor.submit(task('/nowhere.js', 'x')).exception();
      same(missing.message.includes('/nowhere.js could not be imported'), true);
    });
  },
  async 'values arrive as structuredClone would bring them'() {
    await withExecutor(new AnyPool({ maxWorkers: 1 }), async executor => {
      const shared = { n: 1 };
      const value = {
        map: new Map([[1, shared]]),
        set: new Set([shared]),
        date: new Date(5),
        big: 2n ** 70n,
        bytes: new Uint8Array(100_000).fill(7),
        text: '\u{1f600} \ud800',
        nothing: undefined,
        holes: Object.assign([1], { 2: 3 }),
      };
      value.self = value;
      const back = await executor.submit(byAddress.echo, value);
      same(back.self === back && back.map.get(1) === [...back.set][0], true);
      same(
        [back.big === value.big, back.date.getTime(), back.text === value.text],
        [true, 5, true],
      );
      same([back.bytes.length, back.bytes[99_999], 1 in back.holes], [100_000, 7, false]);
      same('nothing' in back, true);
    });
  },
  async 'wait comes back at the first result, at the first error, and in time'() {
    await withExecutor(new AnyPool({ maxWorkers: 2 }), async executor => {
      const [quick, slow] = [
        executor.submit(byAddress.later, 1),
        executor.submit(byAddress.later, 300),
      ];
      const first = await wait([quick, slow, quick], { returnWhen: FIRST_COMPLETED });
      same([first.done.has(quick), first.notDone.has(slow), first.done.size], [true, true, 1]);
      const late = await wait([slow], { timeout: 0.01 });
      same([late.done.size, late.notDone.size], [0, 1]);
      const failing = executor.submit(byAddress.refuse, 'tea');
      const failed = await wait([slow, failing], { returnWhen: FIRST_EXCEPTION });
      same([failed.done.has(failing), failed.notDone.has(slow)], [true, true]);
      same((await wait([])).done.size, 0);
    });
  },
  async 'asCompleted gives futures as they end, and says how many were late'() {
    await withExecutor(new AnyPool({ maxWorkers: 3 }), async executor => {
      // All three threads are up before it counts how long each takes.
      await wait([20, 20, 20].map(time => executor.submit(byAddress.later, time)));
      const futures = [120, 1, 60].map(time => executor.submit(byAddress.later, time));
      const order = [];
      for await (const future of asCompleted(futures)) order.push(await future);
      same(order, [1, 60, 120]);
      const slow = executor.submit(byAddress.later, 300);
      const error = await rejection(asCompleted([futures[0], slow], { timeout: 0.02 }), 2);
      same([error instanceof TimeoutError, error.message], [true, '1 (of 2) futures unfinished']);
    });
  },
  async 'map stops at the first error, after the results before it'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      const seen = [];
      const values = executor.map(byAddress.square, [1, 2, 'x', 4]);
      for await (const value of values) seen.push(value);
      same(seen, [1, 4, null, 16]);
      const failing = executor.map(byAddress.refuse, ['tea', 'milk', 'sugar']);
      same((await rejection(failing, 1)).message, 'no tea');
      same((await failing.next()).done, true);
    });
  },
  async 'map takes several iterables, chunks, a buffer, and endless input'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 2 }), async executor => {
      const add = (a, b) => a + b;
      same(await all(executor.map(add, [1, 2, 3], [10, 20])), [11, 22]);
      same(
        await all(executor.map(byAddress.square, [1, 2, 3, 4, 5], { chunksize: 2 })),
        [1, 4, 9, 16, 25],
      );
      let pulled = 0;
      function* endless() {
        for (;;) yield pulled++;
      }
      const squares = executor.map(byAddress.square, endless(), { buffersize: 4 });
      same(pulled, 4);
      same([(await squares.next()).value, (await squares.next()).value], [0, 1]);
      same(pulled <= 6, true);
      await squares.return();
      for (const options of [{ chunksize: 0 }, { buffersize: 0 }, { chunksize: 1.5 }])
        same(thrown(() => executor.map(add, [1], options)) instanceof Error, true);
    });
  },
  async 'a map that takes too long ends, and cancels the rest'() {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    {
      await executor.submit(byAddress.later, 1);
      const values = executor.map(byAddress.later, [1, 60_000, 1], { timeout: 0.5 });
      const error = await rejection(values, 3);
      same(
        [error.name, error.message],
        ['TimeoutError', '2 calls of map were not done after 0.5 s'],
      );
    }
    executor.terminateWorkers();
    await executor.shutdown();
  },
  async 'callbacks run in order, and one that throws does not stop the next'() {
    await withExecutor(new AnyPool({ maxWorkers: 1 }), async executor => {
      const seen = [];
      const { error } = console;
      console.error = () => seen.push('reported');
      try {
        const future = executor.submit(byAddress.square, 3);
        future.addDoneCallback(() => seen.push('first'));
        future.addDoneCallback(() => {
          throw new Error('on purpose');
        });
        future.addDoneCallback(f => seen.push(f.done()));
        await future;
        future.addDoneCallback(() => seen.push('late'));
        same(seen, ['first', 'reported', true, 'late']);
      } finally {
        console.error = error;
      }
    });
  },
  async 'a future made by hand goes through its states once'() {
    const future = new Future();
    same(
      [future.running(), future.setRunningOrNotifyCancel(), future.running()],
      [false, true, true],
    );
    same([future.cancel(), `${future}`], [false, '<Future state=running>']);
    future.setResult(7);
    same([await future, `${future}`], [7, '<Future state=finished returned number>']);
    same(thrown(() => future.setResult(8)) instanceof InvalidStateError, true);
    const cancelled = new Future();
    same(
      [cancelled.cancel(), cancelled.cancel(), cancelled.setRunningOrNotifyCancel()],
      [true, true, false],
    );
  },
  async 'bad arguments are refused at the call, and named'() {
    for (const [Pool] of POOLS) {
      for (const [options, words] of [
        [{ maxWorkers: 0 }, 'greater than 0, not 0'],
        [{ maxWorkers: 257 }, 'at most 256, not 257'],
        [{ maxWorkers: 1.5 }, 'integer, not 1.5'],
        [{ worker: 'x.js' }, 'function'],
      ])
        same(thrown(() => new Pool(options)).message.includes(words), true);
    }
    await withExecutor(new AnyPool({ maxWorkers: 1 }), async executor => {
      same(thrown(() => executor.submit()) instanceof TypeError, true);
      same(thrown(() => executor.submit('square', 1)) instanceof TypeError, true);
      same(thrown(() => executor.submit(Math.max, 1)).message.includes('built in'), true);
    });
  },
  async 'what is submitted at once, before the module is loaded, runs in order or is cancelled'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      const [one, two, three] = [1, 2, 3].map(n => executor.submit(byAddress.square, n));
      same([two.cancel(), two.cancelled()], [true, true]);
      same([await one, await three], [1, 9]);
    });
  },
};
