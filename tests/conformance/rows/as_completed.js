// test_as_completed.py

import { asCompleted as asCompletedOf, TimeoutError } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, row } from '../where.js';

export const asCompleted = [
  row('20', {}, async t => {
    const executor = t.executor();
    const { cancelled, notified, failed, succeeded } = t.fixtures();
    const fresh = [executor.submit(t.tasks.power, 2, 21), executor.submit(t.tasks.power, 7, 3)];
    const given = [cancelled, notified, failed, succeeded, ...fresh];
    const seen = await t.all(asCompletedOf(given));
    t.same([seen.length, new Set(seen).size], [6, 6]);
    t.holds(
      given.every(future => seen.includes(future)),
      'each came',
    );
  }),

  row('21', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const { notified, failed, succeeded } = t.fixtures();
    const slow = executor.submit(t.tasks.hold, started, gate);
    for (const timeout of [0, 0.1]) {
      const steps = t.asCompleted([slow, notified, failed, succeeded], { timeout });
      const seen = new Set();
      for (let n = 0; n < 3; n++) seen.add((await steps.next()).value);
      t.same([seen.size, seen.has(slow)], [3, false]);
      await t.error(() => steps.next(), TimeoutError);
      await t.exhausted(steps);
    }
    t.open(gate);
  }),

  row('22', {}, async t => {
    const future = t.executor({ maxWorkers: 1 }).submit(t.tasks.square, 2);
    function* thrice() {
      for (let n = 0; n < 3; n++) yield future;
    }
    const seen = await t.all(asCompletedOf(thrice()));
    t.same([seen.length, seen[0] === future], [1, true]);
  }),

  row('23', { inline: DONE_AT_SUBMIT }, async t => {
    t.needsCollector();
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    let list = [1, 2].map(n => executor.submit(t.tasks.square, n));
    const slow = executor.submit(t.tasks.hold, started, gate);
    await t.reached(started);
    const steps = t.asCompleted([...list, slow], { timeout: 0 });
    const weak = list.map(future => new WeakRef(future));
    list = undefined;
    for (let n = 0; n < 2; n++) await steps.next();
    await t.collect();
    t.same(
      weak.map(ref => ref.deref()),
      [undefined, undefined],
    );
    await t.error(() => steps.next(), TimeoutError, '1 (of 3)');
    t.open(gate);
  }),

  row('24', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 2 });
    const [started, gate] = [t.counter(), t.counter()];
    const { failed, succeeded } = t.fixtures();
    const slow = [1, 2].map(() => executor.submit(t.tasks.hold, started, gate));
    const steps = t.asCompleted([failed, ...slow, succeeded], { timeout: 0 });
    for (let n = 0; n < 2; n++) await steps.next();
    await t.error(() => steps.next(), TimeoutError, '2 (of 4) futures unfinished');
    t.open(gate);
  }),
];
