// test_wait.py. A cancelled future counts as done at once here, whether its executor has met it or not.

import { FIRST_COMPLETED, FIRST_EXCEPTION } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, row } from '../where.js';

/** Compares both sets with what is expected in each. */
function sorted(t, { done, notDone }, expectedDone, expectedNotDone) {
  const names = set => [...set].map(future => `${future}`).join();
  const equal = (set, list) => set.size === list.length && list.every(future => set.has(future));
  t.holds(equal(done, expectedDone), `done is right: ${names(done)}`);
  t.holds(equal(notDone, expectedNotDone), `notDone is right: ${names(notDone)}`);
}

/** A call that runs until the gate opens. */
function slowCall(t, executor) {
  const [started, gate] = [t.counter(), t.counter()];
  return { slow: executor.submit(t.tasks.hold, started, gate), started, gate };
}

/**
 * Calls on three workers: one that never ends, one that ends well, and one that fails after that, since a fourth opens
 * its gate, which the worker of the second runs next.
 */
function failingLate(t) {
  const executor = t.executor({ maxWorkers: 3 });
  const { slow, gate } = slowCall(t, executor);
  const [started, go] = [t.counter(), t.counter()];
  const failing = executor.submit(t.tasks.holdThenThrow, started, go, 'late');
  const quick = executor.submit(t.tasks.square, 3);
  executor.submit(t.tasks.mark, go);
  return { slow, failing, quick, gate };
}

export const wait = [
  row('25', {}, async t => {
    const future = t.executor({ maxWorkers: 1 }).submit(t.tasks.square, 3);
    sorted(t, await t.wait([future, future]), [future], []);
  }),

  row('26', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor();
    const { slow, gate } = slowCall(t, executor);
    const quick = executor.submit(t.tasks.square, 3);
    const returnWhen = FIRST_COMPLETED;
    sorted(t, await t.wait([quick, slow], { returnWhen }), [quick], [slow]);
    const { cancelled } = t.fixtures();
    sorted(t, await t.wait([cancelled, slow], { returnWhen }), [cancelled], [slow]);
    t.open(gate);
  }),

  row('27', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor();
    const { slow, gate } = slowCall(t, executor);
    const quick = executor.submit(t.tasks.square, 3);
    await t.result(quick);
    const { notified } = t.fixtures();
    const given = [notified, quick, slow];
    sorted(t, await t.wait(given, { returnWhen: FIRST_COMPLETED }), [notified, quick], [slow]);
    t.open(gate);
  }),

  row('28', { inline: DONE_AT_SUBMIT }, async t => {
    const { slow, failing, quick, gate } = failingLate(t);
    const found = await t.wait([quick, failing, slow], { returnWhen: FIRST_EXCEPTION });
    sorted(t, found, [quick, failing], [slow]);
    t.open(gate);
  }),

  row('29', { inline: DONE_AT_SUBMIT }, async t => {
    const { slow, failing, gate } = failingLate(t);
    const { succeeded, cancelled, notified } = t.fixtures();
    const given = [succeeded, cancelled, notified, failing, slow];
    const found = await t.wait(given, { returnWhen: FIRST_EXCEPTION });
    sorted(t, found, [succeeded, cancelled, notified, failing], [slow]);
    t.open(gate);
  }),

  row('30', { inline: DONE_AT_SUBMIT }, async t => {
    const { slow, gate } = slowCall(t, t.executor({ maxWorkers: 1 }));
    const { failed } = t.fixtures();
    sorted(t, await t.wait([failed, slow], { returnWhen: FIRST_EXCEPTION }), [failed], [slow]);
    t.open(gate);
  }),

  row('31', {}, async t => {
    const executor = t.executor();
    const { notified, failed, succeeded } = t.fixtures();
    const calls = [executor.submit(t.tasks.divide, 2, 0), executor.submit(t.tasks.power, 2, 21)];
    const given = [notified, failed, succeeded, ...calls];
    sorted(t, await t.wait(given), given, []);
  }),

  row('32', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor();
    const { slow, gate } = slowCall(t, executor);
    const quick = executor.submit(t.tasks.square, 3);
    await t.result(quick);
    const { failed, notified } = t.fixtures();
    const given = [failed, notified, quick, slow];
    for (const timeout of [0, 0.05])
      sorted(t, await t.wait(given, { timeout }), [failed, notified, quick], [slow]);
    t.open(gate);
  }),

  row('33', {}, async t => {
    const executor = t.executor();
    for (let round = 0; round < 20; round++) {
      const list = Array.from({ length: 100 }, (_, n) => executor.submit(t.tasks.square, n));
      const { done, notDone } = await t.wait(list);
      t.same([done.size, notDone.size], [100, 0]);
    }
  }),
];
