// test_process_pool.py: workers that die, are ended, or retire.

import { BrokenProcessPool, CancelledError, RuntimeError } from '../../../dist/index.js';
import { POOLS_ONLY, PROCESSES_ONLY, row } from '../where.js';

const range = length => Array.from({ length }, (_, n) => n);

/** Both ways to end all workers: in a browser they do the same. */
const FORMS = ['terminateWorkers', 'killWorkers'];

/** What runs fails, what waits is cancelled, and there is no pool any more. */
async function endsAll(t, form) {
  const executor = t.executor({ maxWorkers: 1 });
  const [started, gate, after] = [t.counter(), t.counter(), t.counter()];
  const running = executor.submit(t.tasks.turnThenMark, started, gate, after);
  await t.reached(started);
  const waiting = executor.submit(t.tasks.mark, after);
  executor[form]();
  await t.error(() => t.result(running), BrokenProcessPool);
  await t.error(() => t.result(waiting), CancelledError);
  await t.shutdown(executor);
  t.open(gate);
  t.same([executor.workers, t.count(after)], [0, 0]);
}

export const processPool = [
  row('67', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const future = executor.submit(t.tasks.crash);
    await t.error(() => t.result(future), BrokenProcessPool);
    await t.error(() => executor.submit(t.tasks.square, 2), BrokenProcessPool);
  }),

  row('68', PROCESSES_ONLY, async t => {
    const executor = t.executor();
    const [started, gate] = [t.counter(), t.counter()];
    const holding = executor.submit(t.tasks.holdTurning, started, gate);
    const crashing = executor.submit(t.tasks.crash);
    const waiting = executor.submit(t.tasks.square, 2);
    const errors = new Set();
    for (const future of [holding, crashing, waiting])
      errors.add(await t.error(() => t.result(future), BrokenProcessPool));
    t.same(errors.size, 3);
  }),

  row('69', {}, async t => {
    const executor = t.executor();
    const expected = range(10).map(n => n ** n);
    for (const chunksize of [1, 3, 10, 12]) {
      const values = executor.map(t.tasks.power, range(10), range(10), { chunksize });
      t.same(await t.all(values), expected);
    }
    if (t.kind === 'processes')
      for (const chunksize of [-1, 0])
        await t.error(
          () => executor.map(t.tasks.square, [1], { chunksize }),
          RangeError,
          'chunksize',
        );
  }),

  row('70', POOLS_ONLY, async t => {
    const future = t.executor({ maxWorkers: 1 }).submit(t.tasks.refuse, 'remote', 123);
    const error = await t.error(() => t.result(future), RangeError, 'remote');
    t.same([error.name, error.message, error.code], ['RangeError', 'remote', 123]);
    t.holds(error.cause instanceof TypeError, 'the cause has its class');
    t.same(error.cause.message, 'the reason');
    t.holds(error.stack.includes('tasks.js'), `the stack has the worker's part: ${error.stack}`);
  }),

  row('71', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, threadNamePrefix: 'doomed' });
    const error = await t.error(
      () => t.result(executor.submit(t.tasks.crash)),
      BrokenProcessPool,
      'doomed_0',
    );
    t.holds(/terminated|closed/.test(error.message), `the reason is named: ${error.message}`);
    t.holds(error.message.includes('the task was crash'), `the task is named: ${error.message}`);
  }),

  row('72', POOLS_ONLY, async t => {
    t.needsCollector();
    const executor = t.executor({ maxWorkers: 1 });
    await t.result(executor.submit(t.tasks.remember, { list: [1] }));
    t.same(await t.result(executor.submit(t.tasks.forgotten)), true);
  }),

  row('73', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 5 });
    const [started, semaphore] = [t.counter(), t.counter()];
    for (let n = 0; n < 75; n++) executor.submit(t.tasks.takeOne, started, semaphore);
    t.same(executor.workers, 5);
    t.open(semaphore, 75);
    await t.shutdown(executor);
    await t.reached(started, 75);
  }),

  row('74', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 3 });
    for (let n = 0; n < 3; n++) await t.result(executor.submit(t.tasks.square, n));
    t.same(executor.workers, 1);
  }),

  row('75', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 3 });
    await t.result(executor.submit(t.tasks.square, 2));
    executor.submit(t.tasks.square, 3);
    await t.result(executor.submit(t.tasks.square, 4));
    executor.submit(t.tasks.square, 5);
    executor.submit(t.tasks.square, 6);
    t.holds(executor.workers <= 3, `${executor.workers} workers are at most 3`);
  }),

  row('76', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, maxTasksPerChild: 3 });
    const realms = [];
    for (let n = 0; n < 4; n++) realms.push(await t.result(executor.submit(t.tasks.realm)));
    t.same([new Set(realms.slice(0, 3)).size, realms[3] === realms[0]], [1, false]);
  }),

  row('78', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 2, maxTasksPerChild: 2 });
    const futures = range(9).map(n => executor.submit(t.tasks.square, n));
    for (const [n, future] of futures.entries()) t.same(await t.result(future), n * n);
  }),

  row('79', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, maxTasksPerChild: 1 });
    const futures = range(4).map(n => executor.submit(t.tasks.square, n));
    await t.shutdown(executor, { wait: false });
    for (const [n, future] of futures.entries()) t.same(await t.result(future), n * n);
    await t.until(() => executor.workers === 0);
  }),

  row('80', PROCESSES_ONLY, async t => {
    const counter = t.counter();
    const end = await t.dropped({ maxWorkers: 1, maxTasksPerChild: 1 }, executor => {
      for (let n = 0; n < 4; n++) executor.submit(t.tasks.mark, counter);
    });
    await t.reached(counter, 4);
    await end();
  }),

  row('81', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, maxTasksPerChild: 1 });
    const futures = range(4).map(n => executor.submit(t.tasks.square, n));
    t.same(await t.result(futures[0]), 0);
    executor.terminateWorkers();
    for (const future of futures.slice(1)) {
      const error = await t.exception(future).catch(error => error);
      if (error !== undefined)
        t.holds(
          error instanceof BrokenProcessPool || error instanceof CancelledError,
          `the error has a reason: ${error}`,
        );
    }
    t.holds(futures[3].cancelled(), 'the last one was cancelled');
    await t.until(() => executor.workers === 0);
  }),

  row('82', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, maxTasksPerChild: 1, query: 'most=1' });
    const futures = range(3).map(n => executor.submit(t.tasks.square, n));
    t.same(await t.result(futures[0]), 0);
    for (const future of futures.slice(1))
      await t.error(() => t.result(future), BrokenProcessPool, 'no more workers');
  }),

  row('83', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 3, maxTasksPerChild: 1 });
    const futures = range(6).map(n => executor.submit(t.tasks.square, n));
    await t.shutdown(executor);
    for (const [n, future] of futures.entries()) t.same(await t.result(future, 0), n * n);
  }),

  row('85', PROCESSES_ONLY, t => endsAll(t, 'terminateWorkers')),
  row('86', PROCESSES_ONLY, t => endsAll(t, 'killWorkers')),

  row('88', PROCESSES_ONLY, async t => {
    for (const form of FORMS) {
      const executor = t.executor({ maxWorkers: 1 });
      const [started, gate, after] = [t.counter(), t.counter(), t.counter()];
      const running = executor.submit(t.tasks.holdThenMark, started, gate, after);
      await t.reached(started);
      executor[form]();
      await t.error(() => t.result(running), BrokenProcessPool);
      await t.shutdown(executor);
      t.open(gate);
      t.same([executor.workers, t.count(after)], [0, 0]);
    }
  }),

  row('89', PROCESSES_ONLY, async t => {
    for (const form of FORMS) {
      const executor = t.executor({ maxWorkers: 1 });
      const future = executor.submit(t.tasks.crash);
      await t.error(() => t.result(future), BrokenProcessPool);
      executor[form]();
      executor[form]();
    }
  }),

  row('90', PROCESSES_ONLY, async t => {
    for (const form of FORMS) {
      const executor = t.executor();
      executor[form]();
      t.same(executor.workers, 0);
    }
  }),

  row('91', PROCESSES_ONLY, async t => {
    for (const form of FORMS) {
      const executor = t.executor({ maxWorkers: 1 });
      await t.result(executor.submit(t.tasks.square, 2));
      t.same(executor.workers, 1);
      executor[form]();
      await t.error(() => executor.submit(t.tasks.square, 2), RuntimeError);
      await t.until(() => executor.workers === 0);
    }
  }),
];
