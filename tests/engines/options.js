// What the options of a pool do: an initializer, and workers that are replaced.

import {
  BrokenProcessPool,
  isolated,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import { isIdle, listen } from './listen.js';
import { POOLS } from './pools.js';
import { all, noWorkerLives, rejection, same, thrown, until } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const served = tasksOf();
const script = new URL('../../dist/default-worker.js', import.meta.url);
const entry = () => new Worker(new URL('./entry.worker.js', import.meta.url), { type: 'module' });

/** The error with which `submit` refuses, once it does. */
async function refusal(executor) {
  let error;
  await until(() => {
    try {
      executor
        .submit(tasks.square, 1)
        .exception()
        .catch(() => {});
    } catch (refused) {
      error = refused;
    }
    return error !== undefined;
  });
  return error;
}

export const options = {
  async 'an initializer has run in every worker before its first call, whatever form it has'() {
    const closure = (word, more) => {
      globalThis.setUp = [...(globalThis.setUp ?? []), `${word} ${more.n}`];
    };
    for (const [Pool] of POOLS)
      for (const [initializer, worker] of [
        [tasks.setUp, undefined],
        [tasks.setUpLater, undefined],
        [closure, undefined],
        [served.setUp, entry],
      ]) {
        const initargs = ['ready', { n: 7 }];
        const options = { maxWorkers: 3, worker, initializer, initargs };
        await withExecutor(new Pool(options), async executor => {
          initargs[0] = 'encoded once, when the pool is made';
          const found = await all(executor.map(tasks.seenAfter, Array(9).fill(5)));
          same(found, Array(9).fill(['ready 7']));
        });
      }
  },
  async 'an initializer that fails breaks the pool, says why, and leaves nothing behind'() {
    for (const [Pool, Broken] of POOLS)
      for (const [initializer, initargs, words] of [
        [tasks.refuse, ['tea'], 'no tea'],
        [tasks.refuseLater, ['milk'], 'no milk'],
        [tasks.throwIt, [undefined], 'undefined'],
        [tasks.closeWorker, [], 'the task closed its worker'],
        [tasks.closeWorkerQuietly, [], 'the task closed its worker'],
        [tasks.nothing, [], 'has no export nothing'],
      ]) {
        const options = { maxWorkers: 2, threadNamePrefix: 'unready', initializer, initargs };
        const executor = new Pool(options);
        const futures = [1, 2, 3].map(n => executor.submit(tasks.square, n));
        for (const future of futures) {
          const error = await rejection(future);
          same(error instanceof Broken, true);
          same(error.message.startsWith("a worker's initializer failed: "), true);
          same(error.message.includes(words) || error.message, true);
        }
        same((await refusal(executor)) instanceof Broken, true);
        await executor.shutdown();
        await noWorkerLives();
      }
  },
  async 'a worker that dies in its initializer breaks the pool'() {
    for (const [Pool, Broken] of POOLS) {
      let thread;
      const worker = () => {
        thread = new Worker(script, { type: 'module' });
        return thread;
      };
      const options = { maxWorkers: 1, worker, initializer: tasks.spinLoudly };
      const atIt = await listen('setting up');
      const executor = new Pool({ ...options, initargs: [60_000, 'setting up'] });
      const future = executor.submit(tasks.square, 1);
      await atIt();
      thread.terminate();
      const error = await rejection(future);
      same(error instanceof Broken, true);
      same(
        /^a worker's initializer failed: the worker .*_0 died: it was/.test(error.message),
        true,
      );
      await executor.shutdown();
      await noWorkerLives();
    }
  },
  async 'an initializer that never ends is ended by terminateWorkers'() {
    const atIt = await listen('for ever');
    const executor = new ProcessPoolExecutor({
      maxWorkers: 1,
      initializer: tasks.spinLoudly,
      initargs: [60_000, 'for ever'],
    });
    const future = executor.submit(tasks.square, 1);
    await atIt();
    executor.terminateWorkers();
    same((await rejection(future)).name, 'CancelledError');
    await executor.shutdown();
    await noWorkerLives();
  },
  async 'an initializer that fails in one process ends the others, and leaves running threads alone'() {
    for (const [Pool, Broken] of POOLS) {
      const gate = `gate ${Pool.name}`;
      const executor = new Pool({ maxWorkers: 2, initializer: tasks.onceThenRefuse });
      const atIt = await listen(gate);
      const running = executor.submit(tasks.meet, gate);
      await atIt();
      const next = executor.submit(tasks.square, 1);
      same((await rejection(next)) instanceof Broken, true);
      const go = new BroadcastChannel(`all ${gate}`);
      const isProcess = Pool === ProcessPoolExecutor;
      if (!isProcess) go.postMessage('go');
      same((await running.exception()) instanceof Broken, isProcess);
      await executor.shutdown();
      go.close();
      await noWorkerLives();
    }
  },
  async 'a worker leaves after maxTasksPerChild calls, a chunk being one, and another takes its place'() {
    const options = { maxWorkers: 1, maxTasksPerChild: 3, threadNamePrefix: 'worn' };
    await withExecutor(new ProcessPoolExecutor(options), async executor => {
      const futures = Array.from({ length: 7 }, (_, n) => executor.submit(tasks.square, n));
      for (const [n, future] of futures.entries()) same(await future, n * n);
      same(
        futures.map(future => future.worker),
        [0, 0, 0, 1, 1, 1, 2].map(index => `worn_${index}`),
      );
      same(executor.workers, 1);
      const numbers = Array.from({ length: 40 }, (_, n) => n);
      const squares = numbers.map(n => n * n);
      same(await all(executor.map(tasks.square, numbers, { chunksize: 10 })), squares);
      const last = executor.submit(tasks.square, 2);
      same([await last, last.worker], [4, 'worn_3']);
    });
    await noWorkerLives();
  },
  async 'a backlog of many generations of workers is finished, shut down or not'() {
    for (const wait of [true, false])
      for (const maxWorkers of [1, 2]) {
        const executor = new ProcessPoolExecutor({ maxWorkers, maxTasksPerChild: 1 });
        const futures = Array.from({ length: 12 }, (_, n) => executor.submit(tasks.square, n));
        await executor.shutdown({ wait });
        for (const [n, future] of futures.entries()) {
          if (wait) same(future.done(), true);
          same(await future, n * n);
        }
      }
    await noWorkerLives();
  },
  async 'with respawn, the death of a worker fails only what it held, and another takes its place'() {
    const threads = [];
    const worker = () => {
      threads.push(new Worker(script, { type: 'module' }));
      return threads.at(-1);
    };
    const options = { maxWorkers: 2, worker, respawn: true, threadNamePrefix: 'phoenix' };
    await withExecutor(new ProcessPoolExecutor(options), async executor => {
      for (let round = 0; round < 3; round++) {
        const name = `doomed ${round}`;
        const atIt = await listen(name);
        const doomed = executor.submit(tasks.spinLoudly, 60_000, name);
        const others = [1, 2, 3, 4].map(n => executor.submit(tasks.later, n));
        await atIt();
        const holder = doomed.worker;
        threads[Number(holder.split('_')[1])].terminate();
        const error = await rejection(doomed);
        same(
          [error instanceof BrokenProcessPool, error.worker, error.task, error.reason],
          [
            true,
            holder,
            'spinLoudly',
            `the worker ${holder} died: it was terminated, or closed, by somebody else`,
          ],
        );
        same(error.message, `${error.reason}; the task was spinLoudly`);
        same(await Promise.all(others), [1, 2, 3, 4]);
        same(await executor.submit(tasks.square, 3), 9);
        same(executor.workers <= 2, true);
      }
    });
    await withExecutor(new ProcessPoolExecutor({ ...options, maxWorkers: 1 }), async executor => {
      // One that is idle is replaced too. It answers, so it sleeps in its event loop.
      await executor.submit(tasks.answerOn, 'idle');
      await isIdle('idle');
      threads.at(-1).terminate();
      await until(() => executor.workers === 0);
      same(await all(executor.map(tasks.square, [1, 2, 3])), [1, 4, 9]);
    });
    await noWorkerLives();
  },
  async 'with respawn, a worker that never gets to its first call breaks the pool all the same'() {
    const worker = () => new Worker('/nowhere.worker.js', { type: 'module' });
    for (const options of [
      { worker, respawn: true },
      { respawn: true, initializer: tasks.refuse, initargs: ['tea'] },
    ]) {
      const executor = new ProcessPoolExecutor({ maxWorkers: 1, ...options });
      const error = await rejection(executor.submit(tasks.square, 1));
      same([error instanceof BrokenProcessPool, error.task], [true, 'square']);
      same(error.worker.endsWith('_0'), true);
      const refused = await refusal(executor);
      same([refused.reason, refused.worker, refused.task], [error.reason, error.worker, undefined]);
      await executor.shutdown();
    }
    await noWorkerLives();
  },
  async 'bad initializers and limits are refused when the executor is made'() {
    for (const [Pool] of POOLS) {
      for (const [options, name] of [
        [{ initializer: 7 }, 'TypeError'],
        [{ initializer: Math.max }, 'TypeError'],
        [{ initializer: tasks.square, initargs: 7 }, 'TypeError'],
        [{ initializer: tasks.square, initargs: [() => 1] }, 'DataCloneError'],
        [{ maxTasksPerChild: 1.5 }, 'TypeError'],
        [{ maxTasksPerChild: '2' }, 'TypeError'],
        [{ respawn: 1 }, 'TypeError'],
        [{ maxTasksPerChild: 0 }, Pool === ProcessPoolExecutor ? 'RangeError' : 'TypeError'],
      ])
        same(thrown(() => new Pool(options)).name, name);
      const { message } = thrown(() => new Pool({ initializer: 7 }));
      same(message.startsWith('the option `initializer`'), true);
    }
    if (isolated())
      for (const options of [{ maxTasksPerChild: 2 }, { respawn: true }])
        same(thrown(() => new ThreadPoolExecutor(options)).name, 'TypeError');
  },
};
