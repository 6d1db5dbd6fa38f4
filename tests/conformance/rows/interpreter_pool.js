// test_interpreter_pool.py: an interpreter of its own for every thread, which is what workers in a browser have.

import {
  Executor,
  isolated,
  NotIsolatedError,
  ProcessPoolExecutor,
  task,
} from '../../../dist/index.js';
import * as ownTasks from '../tasks.js';
import { DONE_AT_SUBMIT, NOTHING_SENT, POOLS_ONLY, row, THREADS_ONLY } from '../where.js';

const SENT_ONLY = { async: NOTHING_SENT, inline: NOTHING_SENT };
const SAME_REALM = { async: 'it runs in its own realm', inline: 'it runs in its own realm' };

const lives = async (t, executor) => t.same(await t.result(executor.submit(t.tasks.square, 3)), 9);

/** An object with a method that needs it. */
const local = {
  value: 7,
  method() {
    return this.value;
  },
};

export const interpreterPool = [
  row('130', POOLS_ONLY, async t => {
    const initargs = ['by an initializer', t.counter()];
    const executor = t.executor({ maxWorkers: 1, initializer: t.tasks.initialise, initargs });
    t.same(await t.result(executor.submit(t.tasks.status)), 'by an initializer');
  }),

  row('131', POOLS_ONLY, async t => {
    const initargs = ['there', t.counter()];
    const executor = t.executor({ maxWorkers: 1, initializer: t.tasks.initialise, initargs });
    t.same(await t.result(executor.submit(t.tasks.status)), 'there');
    t.same(await t.result(executor.submit(t.tasks.status)), 'there');
    t.same(ownTasks.status(), 'untouched');
  }),

  row('132', POOLS_ONLY, async t => {
    const captured = 'out of reach';
    const executor = t.executor({ maxWorkers: 1, initializer: () => captured });
    const future = executor.submit(t.tasks.square, 2);
    await t.error(() => t.result(future), t.Broken, 'captured');
    await t.reported('captured');
  }),

  row('133', POOLS_ONLY, async t => {
    const initializer = local.method.bind(local);
    await t.error(() => t.executor({ initializer }), TypeError, 'bound');
  }),

  row('135', POOLS_ONLY, async t => {
    const executor = t.executor({ initializer: t.tasks.refuse, initargs: ['spam'] });
    await t.error(() => t.result(executor.submit(t.tasks.square, 2)), t.Broken, 'spam');
    await t.reported('RangeError');
    await t.reported('spam');
  }),

  row('137', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const captured = 'out of reach';
    await t.error(() => t.result(executor.submit(() => captured)), ReferenceError, 'captured');
    await lives(t, executor);
  }),

  row('138', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    class Local {}
    await t.error(() => t.result(executor.submit(Local)), TypeError);
    await lives(t, executor);
  }),

  row('139', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await t.error(() => executor.submit(local.method.bind(local)), TypeError, 'bound');
    await lives(t, executor);
  }),

  row('142', POOLS_ONLY, async t => {
    const future = t.executor({ maxWorkers: 1 }).submit(t.tasks.divide, 3, 0);
    const error = await t.error(() => t.result(future), RangeError);
    t.same([error.name, error.message], ['RangeError', 'division of 3 by zero']);
    t.holds(error.stack.includes('tasks.js'), `the stack has the worker's part: ${error.stack}`);
  }),

  row('143', { ...POOLS_ONLY, threads: 'row 61' }, async t => {
    const executor = t.executor({ maxWorkers: 4 });
    const [started, semaphore] = [t.counter(), t.counter()];
    for (let n = 0; n < 60; n++) executor.submit(t.tasks.takeOne, started, semaphore);
    await t.reached(started, 4);
    t.same(executor.workers, 4);
    t.open(semaphore, 60);
  }),

  row('144', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 12 });
    const [started, gate] = [t.counter(), t.counter()];
    const futures = Array.from({ length: 10 }, (_, n) =>
      executor.submit(t.tasks.hold, started, gate, n),
    );
    await t.reached(started, 10);
    t.open(gate);
    for (const [n, future] of futures.entries()) t.same(await t.result(future), n);
    await lives(t, executor);
    t.same(executor.workers, 10);
  }),

  row('145', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 4 });
    const [started, semaphore] = [t.counter(), t.counter()];
    const futures = Array.from({ length: 10 }, (_, n) =>
      executor.submit(t.tasks.takeOne, started, semaphore, n),
    );
    for (const wave of [4, 8, 10]) {
      await t.reached(started, wave);
      t.open(semaphore, 4);
    }
    for (const [n, future] of futures.entries()) t.same(await t.result(future), n);
  }),

  row('146', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 3 });
    const realms = new Set();
    for (let n = 0; n < 3; n++) realms.add(await t.result(executor.submit(t.tasks.realm)));
    t.same(realms.size, 1);
  }),

  row('147', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const missing = await t.exception(executor.submit(task('/nowhere.js', 'spam')));
    t.holds(missing.message.includes('/nowhere.js could not be imported'), missing.message);
    await t.error(
      () => t.result(executor.submit(task(new URL('../tasks.js', import.meta.url), 'spam'))),
      ReferenceError,
      'has no export spam',
    );
    await lives(t, executor);
  }),

  row('150', { ...THREADS_ONLY, 'threads plain': false }, async t => {
    if (t.world !== 'plain') {
      t.same([isolated(), t.executor() instanceof Executor], [true, true]);
      return;
    }
    t.same(isolated(), false);
    const error = await t.error(() => t.executor(), NotIsolatedError, 'ThreadPoolExecutor');
    for (const header of ['Cross-Origin-Opener-Policy', 'Cross-Origin-Embedder-Policy'])
      t.holds(error.message.includes(header), `${header} is named`);
  }),

  row('151', POOLS_ONLY, async t => {
    const name = await t.result(t.executor().submit(t.tasks.where));
    t.holds(name.startsWith(`${t.Executor.name}-`), `${name} names the class`);
  }),

  row('152', POOLS_ONLY, async t => {
    const executor = t.executor({ threadNamePrefix: 'spam' });
    t.holds((await t.result(executor.submit(t.tasks.where))).startsWith('spam_'), 'self.name');
  }),

  row('153', SAME_REALM, async t => {
    const realm = await t.result(t.executor().submit(t.tasks.realm));
    t.holds(realm !== ownTasks.realm(), 'it was computed in another realm');
  }),

  row('154', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor();
    const [started, gate] = [t.counter(), t.counter()];
    const future = executor.submit(t.tasks.holdThenThrow, started, gate, 'late');
    await t.reached(started);
    await t.error(() => t.result(future, 0), Error);
    t.same(future.cancel(), false);
    await t.shutdown(executor, { wait: false });
    t.open(gate);
    await t.until(() => future.done());
    await t.turn();
    t.same(future.cancelled(), false);
    await t.error(() => t.result(future, 0), RangeError, 'late');
  }),

  row('155', {}, async t => {
    /** What takes any executor, as loops take their default one. */
    const run = async (executor, fn, ...args) => {
      t.holds(executor instanceof Executor, 'it is an Executor');
      return t.result(executor.submit(fn, ...args));
    };
    t.same(await run(t.executor(), t.tasks.power, 2, 5), 32);
    if (t.kind === 'processes')
      t.holds(t.executor() instanceof ProcessPoolExecutor, 'it has its own class');
  }),
];
