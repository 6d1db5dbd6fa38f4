// test_thread_pool.py

import { TimeoutError } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, POOLS_ONLY, row } from '../where.js';

export const threadPool = [
  row('59', {}, async t => {
    const counter = t.counter();
    t.executor().map(t.tasks.mark, Array(7).fill(counter));
    await t.reached(counter, 7);
  }),

  row('60', POOLS_ONLY, async t => {
    const cores = navigator.hardwareConcurrency;
    const expected = t.kind === 'threads' ? Math.min(32, cores + 4) : cores;
    const executor = t.executor({ maxWorkers: undefined });
    const [started, gate] = [t.counter(), t.counter()];
    for (let n = 0; n < expected + 2; n++) executor.submit(t.tasks.hold, started, gate);
    t.same(executor.workers, expected);
    t.open(gate);
  }),

  row('61', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 4 });
    const [started, semaphore] = [t.counter(), t.counter()];
    for (let n = 0; n < 60; n++) executor.submit(t.tasks.takeOne, started, semaphore);
    t.same(executor.workers, 4);
    t.open(semaphore, 60);
    await t.shutdown(executor);
    await t.reached(started, 60);
  }),

  row('62', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 3 });
    for (let n = 0; n < 3; n++) await t.result(executor.submit(t.tasks.square, n));
    t.same(executor.workers, 1);
  }),

  row('65', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate, ran] = [t.counter(), t.counter(), t.counter()];
    const blocker = executor.submit(t.tasks.hold, started, gate, 'free');
    await t.reached(started);
    const steps = t.steps(executor.map(t.tasks.mark, [ran, ran], { timeout: 0.05 }));
    await t.error(() => steps.next(), TimeoutError);
    t.open(gate);
    t.same(await t.result(blocker), 'free');
    await t.shutdown(executor);
    t.same(t.count(ran), 0);
  }),
];
