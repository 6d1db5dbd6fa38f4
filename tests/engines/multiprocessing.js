// Pools of `multiprocessing` whose workers are ended by somebody else: each is replaced, whatever it was at.

import { BrokenProcessPool, ready, tasksOf } from '../../dist/index.js';
import { Pool, ThreadPool, withPool } from '../../dist/multiprocessing.js';
import { isIdle, listen } from './listen.js';
import { noWorkerLives, rejection, same, until } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const script = new URL('../../dist/default-worker.js', import.meta.url);

/** A factory, and the workers that it made. */
function noting() {
  const made = [];
  const worker = () => {
    const thread = new Worker(script, { type: 'module' });
    made.push(thread);
    return thread;
  };
  return { made, worker };
}

const range = length => Array.from({ length }, (_, n) => n);

export const multiprocessing = {
  async 'a Pool whose idle worker is ended, before or after its first call, has another at once'() {
    await ready();
    const { made, worker } = noting();
    const name = 'an idle worker of a Pool';
    const options = { processes: 1, worker, initializer: tasks.answerOn, initargs: [name] };
    await withPool(new Pool(options), async pool => {
      same([pool.workers, made.length], [1, 1]);
      for (let round = 0; round < 4; round++) {
        await isIdle(name);
        if (round > 1) same(await pool.map(tasks.square, range(3)), [0, 1, 4]);
        made.at(-1).terminate();
        await until(() => made.length === round + 2);
        same(pool.workers, 1);
      }
      same(await pool.map(tasks.square, range(5)), [0, 1, 4, 9, 16]);
    });
    await noWorkerLives();
  },
  async 'a Pool whose workers go on dying before their first call is broken in the end'() {
    await ready();
    const { made, worker } = noting();
    const name = 'a worker that dies young';
    const options = { processes: 1, worker, initializer: tasks.answerOn, initargs: [name] };
    const pool = new Pool(options);
    for (let deaths = 1; pool.workers > 0; deaths++) {
      await isIdle(name);
      made.at(-1).terminate();
      await until(() => made.length > deaths || pool.workers === 0);
    }
    same([made.length > 10, made.length < 30], [true, true]);
    const error = await rejection((async () => pool.apply(tasks.square, [2]))());
    same(error instanceof BrokenProcessPool, true);
    pool.close();
    await pool.join();
    await noWorkerLives();
  },
  async 'the death of a worker in the middle of a map fails the map, with worker and task named, and nothing else'() {
    const { made, worker } = noting();
    await withPool(new Pool({ processes: 1, worker }), async pool => {
      const names = ['the first doomed chunk', 'the second doomed chunk'];
      const atIt = await Promise.all(names.map(listen));
      const doomed = names.map(name => pool.starmapAsync(tasks.spinLoudly, [[60_000, name]]));
      const next = pool.mapAsync(tasks.square, range(3));
      for (const [index, result] of doomed.entries()) {
        await atIt[index]();
        made[index].terminate();
        const error = await rejection(result.get());
        same([error instanceof BrokenProcessPool, error.task], [true, 'spinLoudly']);
        same(error.worker.endsWith(`_${index}`), true);
      }
      same(await next.get({ timeout: 60 }), [0, 1, 4]);
    });
    await noWorkerLives();
  },
  async 'a pool is not sent to a worker'() {
    for (const Kind of [Pool, ThreadPool])
      await withPool(new Kind({ processes: 1 }), async pool => {
        const error = await rejection(pool.apply(tasks.square, [pool]));
        same([error.name, error.message.includes('Pool')], ['DataCloneError', true]);
      });
  },
  async 'a ThreadPool that is terminated ends threads that are at work'() {
    const pool = new ThreadPool({ processes: 2 });
    const atIt = await listen('a thread that spins');
    const spinning = pool.applyAsync(tasks.spinLoudly, [60_000, 'a thread that spins']);
    await atIt();
    pool.terminate();
    same((await rejection(spinning.get({ timeout: 5 }))).name, 'BrokenThreadPool');
    await pool.join();
    same(pool.workers, 0);
    await noWorkerLives();
  },
};
