// What happens to workers, and what becomes of the futures that they held: always an error with the cause, never a hang.

import {
  adopt,
  BrokenProcessPool,
  CancelledError,
  isolated,
  ProcessPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import { listen } from './listen.js';
import { AnyBroken, AnyPool, POOLS } from './pools.js';
import { noWorkerLives, rejection, same, until } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const script = new URL('../../dist/default-worker.js', import.meta.url);

/** Every shared memory that this page makes from now on. */
function noteMemories() {
  const memories = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(limits) {
      super(limits);
      memories.push(this);
    }
  };
  return memories;
}

/** A pool with a call, whose only worker has greeted, and takes two and a half seconds to get up. */
async function startSlowly(Pool) {
  const name = `slow ${Pool.name}`;
  const slow = new URL(`./slow.worker.js?channel=${name}`, import.meta.url);
  const threads = [];
  const worker = () => {
    threads.push(new Worker(slow, { type: 'module' }));
    return threads.at(-1);
  };
  const executor = new Pool({ maxWorkers: 1, worker });
  const starting = await listen(name);
  const future = executor.submit(tasks.square, 2);
  await starting();
  return { executor, threads, future };
}

export const faults = {
  async 'a task that closes its worker fails alone, and the next one gets a new worker'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        const error = await rejection(executor.submit(tasks.closeWorker));
        same(error.name, 'WorkerExit');
        const next = executor.submit(tasks.square, 3);
        same([await next, next.worker.endsWith('_1')], [9, true]);
      });
  },
  async 'a worker that somebody else ends while it works breaks its pool, with worker and task named'() {
    for (const [Pool, Broken] of POOLS) {
      let thread;
      const worker = () => {
        thread = new Worker(script, { type: 'module' });
        return thread;
      };
      const executor = new Pool({ maxWorkers: 1, worker, threadNamePrefix: 'doomed' });
      const atIt = await listen('doomed');
      const running = executor.submit(tasks.spinLoudly, 60_000, 'doomed');
      const queued = executor.submit(tasks.square, 1);
      await atIt();
      thread.terminate();
      for (const [future, name] of [
        [running, 'spinLoudly'],
        [queued, 'square'],
      ]) {
        const error = await rejection(future);
        const reason = 'the worker doomed_0 died: it was terminated, or closed, by somebody else';
        same([error instanceof Broken, error.message], [true, `${reason}; the task was ${name}`]);
        same([error.reason, error.worker, error.task], [reason, 'doomed_0', name]);
      }
      same(
        (await rejection((async () => executor.submit(tasks.square, 1))())) instanceof Broken,
        true,
      );
      await executor.shutdown();
      same(executor.workers, 0);
      await noWorkerLives();
    }
  },
  async 'an idle worker that is ended breaks a process pool'() {
    let thread;
    const worker = () => {
      thread = new Worker(script, { type: 'module' });
      return thread;
    };
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, worker });
    same(await executor.submit(tasks.square, 2), 4);
    thread.terminate();
    let refused;
    await until(() => {
      try {
        executor
          .submit(tasks.square, 2)
          .exception()
          .catch(() => {});
      } catch (error) {
        refused = error;
      }
      return refused !== undefined;
    });
    same(refused instanceof BrokenProcessPool, true);
    await executor.shutdown();
  },
  async 'workers that are ended while they take seconds to start harm nobody else'() {
    for (const [Pool] of POOLS) {
      const bystander = new Pool({ maxWorkers: 1 });
      same(await bystander.submit(tasks.square, 2), 4);
      const { executor, threads, future } = await startSlowly(Pool);
      if (executor.terminateWorkers) executor.terminateWorkers();
      else threads[0].terminate();
      const error = await rejection(future);
      same(error instanceof AnyBroken || error instanceof CancelledError, true);
      await executor.shutdown();
      same(await bystander.submit(tasks.square, 3), 9);
      await bystander.shutdown();
    }
    await noWorkerLives();
  },
  async 'a worker that is ended while it starts takes no call, however busy the page is then'() {
    for (const [Pool, Broken] of POOLS) {
      const { executor, threads, future } = await startSlowly(Pool);
      threads[0].terminate();
      await Promise.resolve();
      // The worker comes up, and could do its work, before the page looks again.
      const end = performance.now() + 4000;
      while (performance.now() < end);
      same((await rejection(future)) instanceof Broken, true);
      await executor.shutdown();
      same(threads.length, 1);
    }
    await noWorkerLives();
  },
  async 'a worker lost in the middle of ten thousand calls hangs neither them nor the page'() {
    for (const [Pool, Broken] of POOLS)
      for (let round = 0; round < 5; round++) {
        const threads = [];
        const worker = () => {
          threads.push(new Worker(script, { type: 'module' }));
          return threads.at(-1);
        };
        const executor = new Pool({ maxWorkers: 2, worker });
        await executor.submit(tasks.square, 2);
        const futures = Array.from({ length: 10_000 }, (_, n) => executor.submit(tasks.square, n));
        await futures[round * 20];
        threads[0].terminate();
        let broken = 0;
        for (const [n, future] of futures.entries()) {
          const error = await future.exception();
          if (error instanceof Broken) broken++;
          else same([error === undefined, await future], [true, n * n]);
        }
        if (broken > 0) same(futures.at(-1).done(), true);
        // Its memory may be lost with it, and then all that is on it: the next one comes after that.
        await executor.shutdown({ cancelFutures: true });
        await withExecutor(new Pool({ maxWorkers: 1 }), async next =>
          same(await next.submit(tasks.square, 3), 9),
        );
      }
  },
  async 'a worker script that is missing breaks the pool, and says so'() {
    for (const [Pool, Broken] of POOLS) {
      const worker = () => new Worker('/nowhere.worker.js', { type: 'module' });
      const executor = new Pool({ maxWorkers: 2, worker });
      const futures = [executor.submit(tasks.square, 1), executor.submit(tasks.square, 2)];
      for (const future of futures) {
        const error = await rejection(future);
        same(
          [error instanceof Broken, error.message.includes('nowhere.worker.js answers 404')],
          [true, true],
        );
      }
      await executor.shutdown();
    }
  },
  async 'a factory that throws, or makes no worker, breaks the pool, and says so'() {
    for (const [worker, words] of [
      [
        () => {
          throw new Error('no more');
        },
        'no more',
      ],
      [() => 7, 'must return a Worker'],
    ]) {
      const executor = new AnyPool({ maxWorkers: 1, worker });
      const error = await rejection(executor.submit(tasks.square, 1));
      same([error instanceof AnyBroken, error.message.includes(words)], [true, true]);
      await executor.shutdown();
    }
  },
  async 'terminateWorkers ends what never ends'() {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    const [running, queued] = [
      executor.submit(tasks.spin, 60_000),
      executor.submit(tasks.square, 1),
    ];
    await until(() => running.running());
    executor.terminateWorkers();
    same((await rejection(running)) instanceof BrokenProcessPool, true);
    same((await rejection(queued)) instanceof CancelledError, true);
    await executor.shutdown();
    await noWorkerLives();
  },
  async 'what cannot be sent fails its own future with its place, and the pool goes on'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        const argument = await rejection(
          executor.submit(tasks.square, { list: [1, { call() {} }] }),
        );
        same(argument.message.startsWith('cannot send args[0].list[1].call: a function'), true);
        const result = await rejection(executor.submit(() => ({ symbol: Symbol('s') })));
        same(result.message.startsWith('cannot send the result.symbol: a symbol'), true);
        same(await executor.submit(tasks.square, 2), 4);
      });
  },
  async 'whatever a task throws fails its future, falsy values too'() {
    await withExecutor(new AnyPool({ maxWorkers: 1 }), async executor => {
      for (const value of [0, '', null, false]) {
        const future = executor.submit(tasks.throwIt, value);
        same([await rejection(future), await future.exception()], [value, value]);
      }
      const future = executor.submit(tasks.throwIt, undefined);
      same([(await rejection(future)) === undefined, `${future}`.includes('raised')], [true, true]);
    });
  },
  async 'a stack that overflows is an error of its task'() {
    await withExecutor(new AnyPool({ maxWorkers: 1 }), async executor => {
      const error = await rejection(executor.submit(tasks.recurse));
      same(['RangeError', 'InternalError'].includes(error.name), true);
      same(await executor.submit(tasks.square, 2), 4);
    });
  },
  async 'a hundred thousand throwing tasks, ten thousand by messages, leave a pool working, and its memory flat'() {
    const memories = noteMemories();
    // By messages each takes ten times as long.
    const size = isolated() ? 1000 : 100;
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 2 }), async executor => {
        let failed = 0;
        let before;
        for (let round = 0; round < 100; round++) {
          const futures = Array.from({ length: size }, () => executor.submit(tasks.refuse, 'tea'));
          for (const future of futures)
            if ((await future.exception()).message === 'no tea') failed++;
          // The first rounds show how much a round takes.
          if (round === 9) before = memories[0].buffer.byteLength;
        }
        same([failed, await executor.submit(tasks.square, 2)], [100 * size, 4]);
        const grown = memories[0].buffer.byteLength - before;
        if (grown > 4 * 65_536) throw new Error(`${before} bytes grew by ${grown}`);
      });
    same(memories.length, 1);
  },
  async 'two hundred workers come up'() {
    await withExecutor(new AnyPool({ maxWorkers: 200 }), async executor => {
      // Each waits until all are there, so each needs a thread of its own.
      const [up, all] = [new BroadcastChannel('threads'), new BroadcastChannel('all threads')];
      let count = 0;
      up.onmessage = () => {
        if (++count === 200) all.postMessage('go');
      };
      const futures = Array.from({ length: 200 }, () => executor.submit(tasks.meet, 'threads'));
      for (const future of futures) await future;
      up.close();
      all.close();
      same(new Set(futures.map(future => future.worker)).size, 200);
    });
    await noWorkerLives();
  },
  async 'workers that come and go leave memory flat'() {
    const memories = noteMemories();
    const options = { maxWorkers: 2, maxTasksPerChild: 1 };
    await withExecutor(new ProcessPoolExecutor(options), async executor => {
      let before;
      for (let round = 0; round < 10; round++) {
        const futures = Array.from({ length: 15 }, (_, n) => executor.submit(tasks.square, n));
        for (const [n, future] of futures.entries()) same(await future, n * n);
        // The first rounds show how much a round takes.
        if (round === 1) before = memories[0].buffer.byteLength;
      }
      const grown = memories[0].buffer.byteLength - before;
      if (grown > 2 * 65_536) throw new Error(`${before} bytes grew by ${grown}`);
    });
    await noWorkerLives();
  },
  async 'a hundred executors later no worker is left'() {
    for (let round = 0; round < 50; round++)
      for (const [Pool] of POOLS)
        await withExecutor(new Pool({ maxWorkers: 1 }), executor =>
          executor.submit(tasks.square, 2),
        );
    await noWorkerLives();
  },
};

/** Where there are workers that a page adopts. */
export const drivers = {
  async 'an adopted worker that is ended leaves nothing of the executors that it made'() {
    const memories = noteMemories();
    const prefix = 'a long prefix shows what is left of a pool '.repeat(5000);
    let before;
    for (let round = 0; round < 8; round++) {
      const driver = new Worker(new URL('./driver.js', import.meta.url), { type: 'module' });
      const adopted = adopt(driver);
      const made = new Promise((resolve, fail) => {
        driver.addEventListener('message', ({ data }) => data === 'made' && resolve());
        driver.addEventListener('error', fail);
      });
      driver.postMessage({ count: 10, prefix });
      await made;
      await adopted.terminate();
      await noWorkerLives();
      // The first rounds show how much a round takes.
      if (round === 1) before = memories[0].buffer.byteLength;
    }
    const grown = memories[0].buffer.byteLength - before;
    if (grown > prefix.length * 10) throw new Error(`${before} bytes grew by ${grown}`);
  },
};
