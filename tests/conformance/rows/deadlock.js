// test_deadlock.py: what goes wrong on the way never hangs anybody.

import { BrokenProcessPool, registerErrorClass, task, WorkerExit } from '../../../dist/index.js';
import { NOTHING_SENT, POOLS_ONLY, PROCESSES_ONLY, row } from '../where.js';

const SENT_ONLY = { async: NOTHING_SENT, inline: NOTHING_SENT };

const moduleOf = name => task(new URL(`../modules/${name}.js`, import.meta.url), 'task');

/** After all that: the pool lives. */
const lives = async (t, executor) => t.same(await t.result(executor.submit(t.tasks.square, 3)), 9);

/** The call fails with BrokenProcessPool, and so does the pool. */
async function breaks(t, executor, future) {
  await t.error(() => t.result(future), BrokenProcessPool);
  await t.error(() => executor.submit(t.tasks.square, 2), BrokenProcessPool);
}

/** An error whose class cannot be built again where it arrives. */
class Unbuildable extends Error {}
let armed = false;
registerErrorClass(
  new Proxy(Unbuildable, {
    get: (target, key) => {
      if (armed && key === 'prototype') throw new Error('this class cannot be built');
      return Reflect.get(target, key);
    },
  }),
  'Unbuildable',
);

export const deadlock = [
  row('112', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const error = await t.exception(executor.submit(t.tasks.square, { list: [1, () => 2] }));
    t.holds(error.message.startsWith('cannot send args[0].list[1]: a function'), error.message);
    await lives(t, executor);
  }),

  row('113', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const error = await t.exception(executor.submit(moduleOf('closes')));
    t.holds(error.cause instanceof WorkerExit, `the cause is WorkerExit: ${error.cause}`);
    await lives(t, executor);
  }),

  row('114', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const error = await t.exception(executor.submit(moduleOf('throws')));
    t.holds(error.message.includes('this module always fails'), error.message);
    await lives(t, executor);
  }),

  row('115', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await breaks(t, executor, executor.submit(moduleOf('crashes')));
  }),

  row('116', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await breaks(t, executor, executor.submit(t.tasks.crashBusy));
  }),

  row('117', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await t.error(() => t.result(executor.submit(t.tasks.exit)), WorkerExit);
    await lives(t, executor);
  }),

  row('118', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await t.error(() => t.result(executor.submit(t.tasks.refuse, 'no tea')), RangeError, 'no tea');
    await lives(t, executor);
  }),

  row('119', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await breaks(t, executor, executor.submit(t.tasks.crashWhenSent));
  }),

  row('120', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await t.error(() => t.result(executor.submit(t.tasks.exitWhenSent)), WorkerExit);
    await lives(t, executor);
  }),

  row('121', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const error = await t.exception(executor.submit(t.tasks.unsendable));
    t.holds(error.message.startsWith('cannot send the result.list[1]: a function'), error.message);
    const thrown = await t.exception(executor.submit(t.tasks.throwWhenSent));
    t.holds(thrown.message.includes('not to be read'), thrown.message);
    await lives(t, executor);
  }),

  row('122', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const future = executor.submit(moduleOf('unbuildable'));
    armed = true;
    try {
      const error = await t.error(() => t.result(future), Error, 'this class cannot be built');
      t.same(error.name, 'DecodeError');
    } finally {
      armed = false;
    }
    await lives(t, executor);
  }),

  row('124', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 2 });
    await t.result(executor.submit(t.tasks.square, 2));
    const [started, gate] = [t.counter(), t.counter()];
    const future = executor.submit(t.tasks.crashLater, started, gate);
    await t.reached(started);
    await t.shutdown(executor, { wait: false });
    t.open(gate);
    await t.shutdown(executor);
    await t.error(() => t.result(future, 0), BrokenProcessPool);
  }),

  row('125', SENT_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    await t.result(executor.submit(t.tasks.square, 2));
    const future = executor.submit(t.tasks.square, () => 1);
    await t.shutdown(executor, { wait: false });
    await t.error(() => t.result(future), Error, 'cannot send args[0]');
    await t.until(() => executor.workers === 0);
  }),

  row('126', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const big = new Uint8Array(5_000_000);
    const [started, gate] = [t.counter(), t.counter()];
    const crashing = executor.submit(t.tasks.crashLater, started, gate, big);
    const waiting = [1, 2, 3, 4].map(() => executor.submit(t.tasks.echo, big));
    await t.reached(started);
    t.open(gate);
    for (const future of [crashing, ...waiting])
      await t.error(() => t.result(future), BrokenProcessPool);
  }),

  row('127', {}, async t => {
    const executor = t.executor();
    const futures = Array.from({ length: 1000 }, (_, n) => executor.submit(t.tasks.echo, n));
    for (const [n, future] of futures.entries()) t.same(await t.result(future), n);
  }),
];
