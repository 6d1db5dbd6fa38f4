// What CPython's suite does not check: futures, `wait` and `asCompleted`. The behaviour was measured on CPython 3.15.

import {
  asCompleted,
  BlockingNotAllowedError,
  FIRST_EXCEPTION,
  Future,
  InvalidStateError,
  RuntimeError,
  TimeoutError,
  wait as waitOf,
} from '../../../dist/index.js';
import { DONE_AT_SUBMIT, futureRow, row } from '../where.js';

export const moreFutures = [
  futureRow('x01', {}, async t => {
    const future = new Future();
    const seen = [];
    future.addDoneCallback(() => {
      seen.push('first');
      future.addDoneCallback(() => seen.push('inner'));
    });
    future.addDoneCallback(() => seen.push('last'));
    future.setResult(1);
    t.same(seen, ['first', 'inner', 'last']);
  }),

  futureRow('x02', {}, async t => {
    const future = new Future();
    const seen = [];
    const callback = () => seen.push('same');
    future.addDoneCallback(callback);
    future.addDoneCallback(() => seen.push('other'));
    future.addDoneCallback(callback);
    future.setResult(1);
    t.same(seen, ['same', 'other', 'same']);
  }),

  futureRow('x03', {}, async t => {
    const future = new Future();
    const seen = [];
    future.addDoneCallback(given => seen.push(given.done(), given.snapshot().result));
    future.setResult(7);
    t.same(seen, [true, 7]);
  }),

  futureRow('x04', {}, async t => {
    const future = new Future();
    let calls = 0;
    future.addDoneCallback(() => calls++);
    t.same([future.cancel(), future.cancel(), calls], [true, true, 1]);
  }),

  futureRow('x05', {}, async t => {
    const { pending, running, cancelled, notified, failed, succeeded } = t.fixtures();
    t.same([pending.setRunningOrNotifyCancel(), pending.running()], [true, true]);
    t.same([cancelled.setRunningOrNotifyCancel(), cancelled.cancelled()], [false, true]);
    for (const future of [pending, running, cancelled, notified, failed, succeeded])
      await t.error(() => future.setRunningOrNotifyCancel(), RuntimeError);
  }),

  futureRow('x06', {}, async t => {
    const { cancelled } = t.fixtures();
    await t.error(() => cancelled.setResult(1), InvalidStateError, 'cancelled');
    await t.error(() => cancelled.setException(new Error('no')), InvalidStateError, 'cancelled');
    t.same(cancelled.cancelled(), true);
  }),

  futureRow('x07', {}, async t => {
    const { pending, succeeded } = t.fixtures();
    await t.error(() => t.result(pending, -1), TimeoutError);
    t.same([await t.result(succeeded, -1), await t.result(succeeded, 1e9)], [42, 42]);
  }),

  futureRow('x08', {}, async t => {
    const { failed } = t.fixtures();
    const errors = new Set([await t.exception(failed)]);
    for (let n = 0; n < 2; n++) errors.add(await t.error(() => t.result(failed), RangeError));
    t.same(errors.size, 1);
  }),

  futureRow('x09', {}, async t => {
    const { pending, succeeded } = t.fixtures();
    await t.error(() => pending.resultSync(), BlockingNotAllowedError, 'await it');
    await t.error(() => pending.exceptionSync(), BlockingNotAllowedError, 'await it');
    t.same(succeeded.resultSync(), 42);
  }),

  futureRow('x10', {}, async t => {
    const { done, notDone } = await t.wait([]);
    t.same([done.size, notDone.size], [0, 0]);
    t.same(await t.all(asCompleted([])), []);
  }),

  futureRow('x11', {}, async t => {
    const { succeeded } = t.fixtures();
    await t.error(() => t.wait([succeeded], { returnWhen: 'SOME' }), RangeError, 'SOME');
    await t.error(() => waitOf([1]), TypeError);
  }),

  row('x12', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const running = executor.submit(t.tasks.hold, started, gate);
    const cancelled = executor.submit(t.tasks.nothing);
    await t.reached(started);
    t.same(cancelled.cancel(), true);
    const early = await t.wait([running, cancelled], { timeout: 0, returnWhen: FIRST_EXCEPTION });
    t.same([early.done.has(cancelled), early.notDone.has(running)], [true, true]);
    t.open(gate);
    const late = await t.wait([running, cancelled], { returnWhen: FIRST_EXCEPTION });
    t.same([late.done.size, late.notDone.size], [2, 0]);
  }),

  row('x13', {}, async t => {
    const [one, two] = [t.executor({ maxWorkers: 1 }), t.executor({ maxWorkers: 1 })];
    const { succeeded } = t.fixtures();
    const list = [one.submit(t.tasks.square, 1), two.submit(t.tasks.square, 2), succeeded];
    t.same((await t.wait(list)).done.size, 3);
    t.same((await t.all(asCompleted(list))).length, 3);
  }),

  row('x14', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 2 });
    const [started, gate] = [t.counter(), t.counter()];
    const slow = executor.submit(t.tasks.hold, started, gate);
    const quick = executor.submit(t.tasks.square, 2);
    const steps = t.asCompleted([slow, quick]);
    t.same((await steps.next()).value, quick);
    t.open(gate);
    t.same((await steps.next()).value, slow);
    await t.exhausted(steps);
  }),

  row('x15', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const futures = [1, 2].map(n => executor.submit(t.tasks.square, n));
    const steps = t.asCompleted(futures);
    await steps.next();
    await steps.return();
    await t.exhausted(steps);
    t.same(await t.result(futures[1]), 4);
  }),

  row('x16', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    executor.submit(t.tasks.hold, started, gate);
    const waiting = [1, 2].map(n => executor.submit(t.tasks.square, n));
    let called = 0;
    for (const future of waiting) future.addDoneCallback(() => called++);
    await t.reached(started);
    await t.shutdown(executor, { wait: false, cancelFutures: true });
    t.same((await t.wait(waiting)).done.size, 2);
    t.same((await t.all(asCompleted(waiting))).length, 2);
    while (called < 2) await t.turn();
    t.open(gate);
  }),
];
