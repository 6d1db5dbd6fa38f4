// What CPython's suite does not check: executors and their workers. The behaviour was measured on CPython 3.15.

import { CancelledError, Executor, partial, task } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, NOTHING_SENT, POOLS_ONLY, PROCESSES_ONLY, row } from '../where.js';

const lives = async (t, executor) => t.same(await t.result(executor.submit(t.tasks.square, 3)), 9);

export const moreExecutors = [
  row('x40', {}, async t => {
    const executor = t.executor();
    await t.result(executor.submit(t.tasks.square, 2));
    await t.shutdown(executor, { wait: false });
    await t.shutdown(executor);
    await t.shutdown(executor, { cancelFutures: true });
  }),

  row('x41', {}, async t => {
    const executor = t.executor();
    const futures = [];
    await t.error(
      () =>
        t.withExecutor(executor, given => {
          for (let n = 0; n < 5; n++) futures.push(given.submit(t.tasks.square, n));
          throw new RangeError('the body');
        }),
      RangeError,
      'the body',
    );
    for (const [n, future] of futures.entries()) t.same(await t.result(future, 0), n * n);
  }),

  row('x42', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const first = await t.result(executor.submit(t.tasks.ticket));
    const futures = Array.from({ length: 30 }, () => executor.submit(t.tasks.ticket));
    for (const [n, future] of futures.entries()) t.same(await t.result(future), first + 1 + n);
  }),

  row('x43', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate, ran] = [t.counter(), t.counter(), t.counter()];
    const running = executor.submit(t.tasks.hold, started, gate, 'ran');
    const waiting = [1, 2, 3, 4].map(() => executor.submit(t.tasks.mark, ran));
    await t.reached(started);
    t.same([running.running(), running.cancel(), running.cancelled()], [true, false, false]);
    for (const future of waiting) t.same([future.cancel(), future.done()], [true, true]);
    for (const future of waiting) await t.error(() => t.result(future, 0), CancelledError);
    t.open(gate);
    t.same(await t.result(running), 'ran');
    await t.shutdown(executor);
    t.same(t.count(ran), 0);
  }),

  row('x44', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const future = executor.submit(t.tasks.square, 3);
    const seen = [];
    future.addDoneCallback(() => seen.push(1));
    future.addDoneCallback(() => {
      throw new Error('on purpose');
    });
    future.addDoneCallback(given => seen.push(given.done(), given.snapshot().result));
    t.same(await t.result(future), 9);
    while (seen.length < 3) await t.turn();
    t.same(seen, [1, true, 9]);
    await t.reported('on purpose');
    await lives(t, executor);
  }),

  row('x45', {}, async t => {
    const value = { list: [1, new Date(5), new Map([[1, 2n]])] };
    const back = await t.result(t.executor({ maxWorkers: 1 }).submit(t.tasks.echo, value));
    t.same(back === value, !t.isPool);
    t.same([back.list[1].getTime(), back.list[2].get(1)], [5, 2n]);
  }),

  row('x46', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 2 });
    const nested = task(new URL('../modules/nested.js', import.meta.url), 'task');
    t.same(await t.result(executor.submit(nested, t.kind, 5)), [0, 1, 4, 9, 16]);
  }),

  row('x47', POOLS_ONLY, async t => {
    for (const initializer of [7, 'name', {}, null])
      await t.error(() => t.executor({ initializer }), TypeError, 'a task is needed');
    const initargs = [() => 1];
    await t.error(() => t.executor({ initializer: t.tasks.nothing, initargs }), Error, 'initargs');
  }),

  row('x48', POOLS_ONLY, async t => {
    const counter = t.counter();
    const initargs = ['set', counter];
    const executor = t.executor({ maxWorkers: 1, initializer: t.tasks.initialise, initargs });
    for (let n = 0; n < 3; n++) t.same(await t.result(executor.submit(t.tasks.status)), 'set');
    await t.shutdown(executor);
    t.same(t.count(counter), 1);
  }),

  row('x49', PROCESSES_ONLY, async t => {
    for (const maxTasksPerChild of [0, -1])
      await t.error(() => t.executor({ maxTasksPerChild }), RangeError, 'maxTasksPerChild');
    for (const maxTasksPerChild of [1.5, '2'])
      await t.error(() => t.executor({ maxTasksPerChild }), TypeError, 'maxTasksPerChild');
  }),

  row('x50', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, maxTasksPerChild: 2 });
    const realms = await t.all(executor.map(t.tasks.realm, Array(9).fill(0), { chunksize: 3 }));
    const [one, two, three] = [realms.slice(0, 3), realms.slice(3, 6), realms.slice(6)];
    // Three chunks: two in the first worker, one in the next.
    t.same(new Set([...one, ...two]).size, 1);
    t.same([new Set(three).size, three[0] === one[0]], [1, false]);
  }),

  row('x51', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const future = executor.submit(t.tasks.square, 3);
    await t.result(future);
    const { submitted, started, finished } = future;
    t.holds(submitted <= started && started <= finished, `${submitted}, ${started}, ${finished}`);
  }),

  row('x52', {}, async t => {
    const executor = t.executor();
    const eight = partial(partial(t.tasks.capture, 1), 2);
    t.same(await t.result(executor.submit(eight, 3)), [1, 2, 3]);
    const values = executor.map(partial(t.tasks.power, 2), [1, 2, 3, 4], { chunksize: 3 });
    t.same(await t.all(values), [2, 4, 8, 16]);
  }),

  row('x53', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const { signal: now } = { signal: AbortSignal.abort() };
    t.same(executor.submitWith({ signal: now }, t.tasks.square, 1).cancelled(), true);
    const controller = new AbortController();
    const { signal } = controller;
    const running = executor.submitWith({ signal }, t.tasks.hold, started, gate, 'ran');
    const waiting = executor.submitWith({ signal }, t.tasks.square, 2);
    await t.reached(started);
    controller.abort();
    t.same([running.cancelled(), waiting.cancelled()], [false, true]);
    t.open(gate);
    t.same(await t.result(running), 'ran');
  }),

  row('x54', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const controller = new AbortController();
    const options = { signal: controller.signal, terminateOnAbort: true };
    const running = executor.submitWith(options, t.tasks.holdTurning, started, gate);
    await t.reached(started);
    const next = executor.submit(t.tasks.square, 3);
    const reason = new Error('enough');
    controller.abort(reason);
    t.same(await t.exception(running), reason);
    t.same(await t.result(next), 9);
  }),

  row('x55', { async: NOTHING_SENT, inline: NOTHING_SENT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    t.same(await t.result(executor.submit((a, b) => a + b, 2, 3)), 5);
    const byAddress = task(new URL('../tasks.js', import.meta.url), 'square');
    t.same(await t.result(executor.submit(byAddress, 4)), 16);
    await lives(t, executor);
  }),

  row('x56', {}, async t => {
    t.holds(t.executor() instanceof Executor, 'each is an Executor');
    await t.error(() => t.executor().map(), TypeError);
    for (const what of [7, 'square', null, undefined, {}])
      await t.error(() => t.executor().submit(what), TypeError);
  }),

  row('x57', PROCESSES_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, respawn: true });
    for (let round = 0; round < 2; round++) {
      const lost = executor.submit(t.tasks.crash);
      const waiting = executor.submit(t.tasks.where);
      await t.error(() => t.result(lost), t.Broken);
      // Another worker, so it has another name.
      t.holds((await t.result(waiting)) !== lost.worker, 'the place is taken by somebody else');
    }
    await lives(t, executor);
  }),

  row('x58', POOLS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1, threadNamePrefix: 'doomed' });
    const lost = executor.submit(t.tasks.crash);
    const waiting = executor.submit(t.tasks.square, 2);
    const { reason } = await t.error(() => t.result(lost), t.Broken, 'the task was crash');
    t.holds(reason.startsWith('the worker doomed_0 died'), reason);
    const errors = [await t.exception(lost), await t.exception(waiting)];
    t.same(
      errors.map(error => [error.reason, error.worker, error.task]),
      ['crash', 'square'].map(task => [reason, 'doomed_0', task]),
    );
    const refused = await t.error(() => executor.submit(t.tasks.square, 3), t.Broken);
    t.same([refused.reason, refused.worker, refused.task], [reason, 'doomed_0', undefined]);
  }),

  row('x59', { blocking: 'such a value is awaited' }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const moved = await t.result(executor.submit(t.tasks.moveOut, 5));
    t.same([moved.length, moved[0]], [5, 7]);
    // Where it was it is gone; where nothing is sent, nothing is moved.
    t.same(await t.result(executor.submit(t.tasks.leftBehind)), t.isPool ? 0 : 5);
    const both = await t.all(executor.map(t.tasks.moveOut, [2, 3], { chunksize: 2 }));
    t.same(
      both.map(({ length }) => length),
      [2, 3],
    );
  }),
];
