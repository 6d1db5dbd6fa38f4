// test_shutdown.py

import { RuntimeError } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, PROCESSES_ONLY, row, THREADS_ONLY } from '../where.js';

const NUMBERS = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4];
const SQUARES = NUMBERS.map(n => n * n);

const symbol = name => Symbol[name] ?? Symbol.for(`Symbol.${name}`);

/** Leaving the block, in both forms, has waited for everything. */
async function leaves(t) {
  let steps;
  const futures = [];
  const executor = t.executor();
  await t.withExecutor(executor, given => {
    steps = t.steps(given.map(t.tasks.square, NUMBERS));
    for (const n of NUMBERS) futures.push(given.submit(t.tasks.square, n));
  });
  t.holds(
    futures.every(future => future.done()),
    'all are done',
  );
  if (t.isPool) t.same(executor.workers, 0);
  for (const square of SQUARES) t.same((await steps.next()).value, square);
  const other = t.executor();
  const future = other.submit(t.tasks.square, 3);
  if (t.world === 'blocking') other[symbol('dispose')]();
  else await other[symbol('asyncDispose')]();
  t.same([future.done(), await t.result(future, 0)], [true, 9]);
}

/** Three calls that block have three workers; when they are released and the pool is shut down, all are gone. */
async function terminates(t) {
  const executor = t.executor({ maxWorkers: 5 });
  const [started, semaphore] = [t.counter(), t.counter()];
  for (let n = 0; n < 3; n++) executor.submit(t.tasks.takeOne, started, semaphore);
  t.same(executor.workers, 3);
  t.open(semaphore, 3);
  await t.shutdown(executor);
  t.same(executor.workers, 0);
}

/** Nobody holds the executor any more, and all that was submitted runs. */
async function dropped(t) {
  const counter = t.counter();
  const end = await t.dropped({}, executor => {
    for (let n = 0; n < 8; n++) executor.submit(t.tasks.mark, counter);
  });
  await t.reached(counter, 8);
  await end();
}

/** What was mapped is there, and the workers go by themselves. */
async function goesOn(t, executor = t.executor()) {
  const results = executor.map(t.tasks.square, NUMBERS);
  await t.shutdown(executor, { wait: false });
  t.same(await t.all(results), SQUARES);
  if (t.isPool) await t.until(() => executor.workers === 0);
}

export const shutdown = [
  row('92', {}, async t => {
    const executor = t.executor();
    await t.shutdown(executor);
    await t.error(() => executor.submit(t.tasks.square, 2), RuntimeError, 'after shutdown');
  }),

  row('95', {}, async t => {
    const executor = t.executor();
    const counter = t.counter();
    const futures = Array.from({ length: 50 }, (_, n) => executor.submit(t.tasks.mark, counter, n));
    await t.shutdown(executor);
    t.same(await Promise.all(futures.map(future => t.result(future, 0))), [...futures.keys()]);
    await t.reached(counter, 50);
  }),

  row('96', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 2 });
    const [started, gate] = [t.counter(), t.counter()];
    const futures = Array.from({ length: 50 }, () =>
      executor.submit(t.tasks.hold, started, gate, 7),
    );
    await t.reached(started, 2);
    await t.shutdown(executor, { wait: false, cancelFutures: true });
    t.open(gate);
    await t.shutdown(executor);
    const cancelled = futures.filter(future => future.cancelled());
    const others = futures.filter(future => !future.cancelled());
    t.holds(cancelled.length > 20, `${cancelled.length} were cancelled, of 50`);
    t.holds(others.length > 1, `${others.length} were finished`);
    for (const future of others) t.same(await t.result(future, 0), 7);
  }),

  row('97', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor();
    const [started, gate] = [t.counter(), t.counter()];
    const future = executor.submit(t.tasks.hold, started, gate, 'apple');
    await t.reached(started);
    await t.shutdown(executor, { wait: false });
    t.same(future.done(), false);
    t.open(gate);
    t.same(await t.result(future), 'apple');
    if (t.isPool) await t.until(() => executor.workers === 0);
  }),

  row('98', {}, async t => {
    for (let round = 0; round < 3; round++) {
      const executor = t.executor();
      const future = executor.submit(t.tasks.square, 2);
      const cancelled = future.cancel();
      await t.shutdown(executor);
      t.same([future.done(), future.cancelled()], [true, cancelled]);
    }
  }),

  row('99', THREADS_ONLY, terminates),
  row('106', PROCESSES_ONLY, terminates),

  row('100', { processes: 'row 107' }, leaves),
  row('107', PROCESSES_ONLY, leaves),

  row('101', { processes: 'row 108' }, dropped),
  row('108', PROCESSES_ONLY, dropped),

  row('102', { processes: 'row 109' }, t => goesOn(t)),
  row('109', PROCESSES_ONLY, t => goesOn(t)),

  row('103', THREADS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 3, threadNamePrefix: 'SpecialPool' });
    const counter = t.counter();
    const futures = [1, 2, 3].map(() => executor.submit(t.tasks.meet, counter, 3));
    const names = [];
    for (const future of futures) {
      const name = await t.result(future);
      t.same(future.worker, name);
      names.push(name);
    }
    t.same(names.sort(), ['SpecialPool_0', 'SpecialPool_1', 'SpecialPool_2']);
  }),

  row('104', THREADS_ONLY, async t => {
    const name = /^ThreadPoolExecutor-(\d+)_0$/;
    const numbers = [];
    for (let n = 0; n < 2; n++) {
      const found = await t.result(t.executor({ maxWorkers: 1 }).submit(t.tasks.where));
      t.holds(name.test(found), `${found} is such a name`);
      numbers.push(Number(name.exec(found)[1]));
    }
    t.same(numbers[1], numbers[0] + 1);
  }),

  row('105', {}, async t => {
    const executor = t.executor();
    const counter = t.counter();
    const futures = [1, 2, 3, 4].map(n => executor.submit(t.tasks.mark, counter, n));
    await t.shutdown(executor, { wait: false, cancelFutures: true });
    for (const [index, future] of futures.entries())
      t.holds(
        future.cancelled() || (await t.result(future)) === index + 1,
        `call ${index} was cancelled, or ran`,
      );
    if (t.isPool) await t.until(() => executor.workers === 0);
  }),

  ...[
    ['110', 2],
    ['111', 4],
  ].map(([id, maxWorkers]) =>
    row(id, PROCESSES_ONLY, async t => {
      const executor = t.executor({ maxWorkers, maxTasksPerChild: 1 });
      const first = executor.submit(t.tasks.square, 3);
      const others = [1, 2, 3].map(n => executor.submit(t.tasks.refuse, `no ${n}`));
      await t.shutdown(executor, { wait: false });
      t.same(await t.result(first), 9);
      for (const future of others) await t.error(() => t.result(future), RangeError);
      await t.until(() => executor.workers === 0);
      t.same(t.reports, []);
    }),
  ),
];
