// test_future.py: futures that no executor made.

import { CancelledError, Future, InvalidStateError, TimeoutError } from '../../../dist/index.js';
import { futureRow } from '../where.js';

const OWN_LOOP = { blocking: 'only its own event loop could end it' };

/** Notes what its callback is told about a future. */
function noting(future) {
  const seen = [];
  future.addDoneCallback(given => seen.push([given === future, `${given}`]));
  return seen;
}

/** Pairs a state's word with a predicate that must hold in these states only. */
function onlyIn(t, predicate, ...states) {
  for (const [state, future] of Object.entries(t.fixtures()))
    t.same([state, predicate(future)], [state, states.includes(state)]);
}

/** What both `result` and `exception` do with a future that is not done, or was cancelled. */
async function refuses(t, ask) {
  const { pending, running, cancelled, notified } = t.fixtures();
  for (const future of [pending, running]) await t.error(() => ask(future, 0), TimeoutError);
  for (const future of [cancelled, notified]) await t.error(() => ask(future, 0), CancelledError);
}

const throwing = words => () => {
  throw new Error(words);
};

export const future = [
  futureRow('34', {}, async t => {
    const future = new Future();
    const seen = [];
    future.addDoneCallback(given => seen.push(given));
    future.setResult(5);
    t.same(seen, [future]);
    t.same(await t.result(seen[0], 0), 5);
  }),

  futureRow('35', {}, async t => {
    const future = new Future();
    const seen = [];
    future.addDoneCallback(given => seen.push(given));
    const error = new Error('test');
    future.setException(error);
    t.same(seen, [future]);
    t.same(await t.exception(seen[0], 0), error);
  }),

  futureRow('36', {}, async t => {
    const future = new Future();
    const seen = [];
    future.addDoneCallback(given => seen.push(given.cancelled()));
    t.same([future.cancel(), ...seen], [true, true]);
  }),

  futureRow('37', {}, async t => {
    const future = new Future();
    const seen = [];
    future.addDoneCallback(() => seen.push('first'));
    future.addDoneCallback(throwing('doh!'));
    future.addDoneCallback(() => seen.push('last'));
    future.setResult(5);
    t.same(seen, ['first', 'last']);
    t.holds(t.reports.length === 1 && t.reports[0].includes('doh!'), 'it was reported once');
  }),

  futureRow('38', {}, async t => {
    const future = new Future();
    future.setResult(5);
    t.same(noting(future), [[true, '<Future state=finished returned number>']]);
  }),

  futureRow('39', {}, async t => {
    const future = new Future();
    future.setException(new RangeError('test'));
    t.same(noting(future), [[true, '<Future state=finished raised RangeError>']]);
  }),

  futureRow('40', {}, async t => {
    const future = new Future();
    future.cancel();
    t.same(noting(future), [[true, '<Future state=cancelled>']]);
  }),

  futureRow('41', {}, async t => {
    const future = new Future();
    future.setResult(5);
    future.addDoneCallback(throwing('doh!'));
    t.holds(t.reports.length === 1 && t.reports[0].includes('doh!'), 'it was reported once');
    t.same(noting(future).length, 1);
  }),

  futureRow('42', {}, async t => {
    const texts = Object.entries(t.fixtures()).map(([state, future]) => [state, `${future}`]);
    t.same(Object.fromEntries(texts), {
      pending: '<Future state=pending>',
      running: '<Future state=running>',
      cancelled: '<Future state=cancelled>',
      notified: '<Future state=cancelled>',
      failed: '<Future state=finished raised RangeError>',
      succeeded: '<Future state=finished returned number>',
    });
  }),

  futureRow('43', {}, async t => {
    const { pending, running, cancelled, notified, failed, succeeded } = t.fixtures();
    for (const future of [pending, cancelled, notified])
      t.same([future.cancel(), future.cancelled(), future.cancel()], [true, true, true]);
    for (const [future, word] of [
      [running, 'running'],
      [failed, 'finished'],
      [succeeded, 'finished'],
    ]) {
      t.same([future.cancel(), future.cancelled()], [false, false]);
      t.holds(`${future}`.includes(word), `${future} is ${word} still`);
    }
  }),

  futureRow('44', {}, async t => {
    onlyIn(t, future => future.cancelled(), 'cancelled', 'notified');
  }),

  futureRow('45', {}, async t => {
    onlyIn(t, future => future.done(), 'cancelled', 'notified', 'failed', 'succeeded');
  }),

  futureRow('46', {}, async t => {
    onlyIn(t, future => future.running(), 'running');
  }),

  futureRow('47', {}, async t => {
    await refuses(t, (future, timeout) => t.result(future, timeout));
    const { failed, succeeded } = t.fixtures();
    await t.error(() => t.result(failed, 0), RangeError, 'on purpose');
    t.same(await t.result(succeeded, 0), 42);
  }),

  futureRow('48', OWN_LOOP, async t => {
    const future = new Future();
    const waiting = t.result(future, 5);
    await t.turn();
    future.setResult(42);
    t.same(await waiting, 42);
  }),

  futureRow('49', OWN_LOOP, async t => {
    const future = new Future();
    const waiting = t.error(() => t.result(future, 5), CancelledError);
    await t.turn();
    t.same(future.cancel(), true);
    await waiting;
  }),

  futureRow('50', {}, async t => {
    await refuses(t, (future, timeout) => t.exception(future, timeout));
    const { failed, succeeded } = t.fixtures();
    t.holds((await t.exception(failed, 0)) instanceof RangeError, 'the error is given');
    t.same(await t.exception(succeeded, 0), undefined);
  }),

  futureRow('51', OWN_LOOP, async t => {
    const future = new Future();
    const waiting = t.exception(future, 5);
    await t.turn();
    const error = new RangeError('test');
    future.setRunningOrNotifyCancel();
    future.setException(error);
    t.same(await waiting, error);
  }),

  futureRow('52', {}, async t => {
    const future = new Future();
    future.setResult(1);
    const text = '<Future state=finished returned number>';
    await t.error(() => future.setResult(2), InvalidStateError, text);
    t.same([future.done(), await t.result(future)], [true, 1]);
  }),

  futureRow('53', {}, async t => {
    const future = new Future();
    const error = new RangeError('first');
    future.setException(error);
    const text = '<Future state=finished raised RangeError>';
    await t.error(() => future.setException(new Error('second')), InvalidStateError, text);
    t.same(await t.exception(future), error);
  }),

  futureRow('54', {}, async t => {
    const { failed, succeeded, ...others } = t.fixtures();
    for (const [state, future] of Object.entries(others)) {
      const { done, cancelled, result, exception } = future.snapshot();
      const wasCancelled = state === 'cancelled' || state === 'notified';
      t.same(
        [done, cancelled, result, exception],
        [wasCancelled, wasCancelled, undefined, undefined],
      );
    }
    t.same(succeeded.snapshot(), {
      done: true,
      cancelled: false,
      result: 42,
      exception: undefined,
    });
    const { done, cancelled, result, exception } = failed.snapshot();
    t.same([done, cancelled, result], [true, false, undefined]);
    t.same(exception, await t.exception(failed));
  }),
];
