// What CPython's suite does not check: `map`. The behaviour was measured on CPython 3.15.

import { RuntimeError } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, row } from '../where.js';

const range = length => Array.from({ length }, (_, n) => n);

/** Numbers without end, counted. */
function* count(pulled) {
  for (;;) yield pulled.count++;
}

const NO_CHUNKS = 'it ignores chunksize, as in Python';
const CHUNKS_ONLY = { threads: NO_CHUNKS, async: NO_CHUNKS, inline: NO_CHUNKS };

export const moreMap = [
  row('x20', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const steps = t.steps(executor.map(t.tasks.square, range(4), { timeout: 0 }));
    // One worker takes them in order: after this call all are done.
    await t.result(executor.submit(t.tasks.nothing));
    for (const n of range(4)) t.same((await steps.next()).value, n * n);
    await t.exhausted(steps);
  }),

  row('x21', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const counter = t.counter();
    executor.map(t.tasks.mark, Array(5).fill(counter));
    await t.reached(counter, 5);
  }),

  row('x22', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const values = ['first', undefined, undefined];
    const steps = t.steps(
      executor.map(t.tasks.holdIfNothing, values, Array(3).fill(started), Array(3).fill(gate)),
    );
    t.same((await steps.next()).value, 'first');
    await t.reached(started);
    await steps.return();
    t.open(gate);
    await t.shutdown(executor);
    // The second ran already, the third was cancelled.
    t.same(t.count(started), 1);
  }),

  row('x23', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const steps = t.steps(
      executor.map(t.tasks.failOrHold, ['no', '', ''], Array(3).fill(started), Array(3).fill(gate)),
    );
    await t.reached(started);
    await t.error(() => steps.next(), RangeError, 'no');
    await t.exhausted(steps);
    t.open(gate);
    await t.shutdown(executor);
    t.same(t.count(started), 1);
  }),

  row('x24', {}, async t => {
    const executor = t.executor();
    await t.shutdown(executor);
    t.same(await t.all(executor.map(t.tasks.square, [])), []);
    await t.error(() => executor.map(t.tasks.square, [1]), RuntimeError);
  }),

  row('x25', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    for (const [chunksize, Class] of [
      [0, RangeError],
      [-1, RangeError],
      [2.5, TypeError],
    ]) {
      const map = () => executor.map(t.tasks.square, [1, 2], { chunksize });
      if (t.kind === 'processes') await t.error(map, Class, 'chunksize');
      else t.same(await t.all(map()), [1, 4]);
    }
  }),

  row('x26', CHUNKS_ONLY, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const chunksize = 3;
    const steps = t.steps(executor.map(t.tasks.divide, [1, 2, 3, 4], [1, 1, 1, 0], { chunksize }));
    for (const n of [1, 2, 3]) t.same((await steps.next()).value, [n, 0]);
    await t.error(() => steps.next(), RangeError);
    const lost = t.steps(executor.map(t.tasks.divide, [1, 2, 3], [1, 1, 0], { chunksize }));
    await t.error(() => lost.next(), RangeError, 'division of 3');
    await t.exhausted(lost);
  }),

  row('x27', {}, async t => {
    const pulled = { count: 0 };
    const steps = t.steps(t.executor().map(t.tasks.square, count(pulled), { buffersize: 3 }));
    t.same(pulled.count, 3);
    for (let n = 1; n <= 4; n++) {
      await steps.next();
      t.same(pulled.count, 3 + n);
    }
    await steps.return();
  }),

  row('x28', CHUNKS_ONLY, async t => {
    const pulled = { count: 0 };
    const options = { buffersize: 2, chunksize: 3 };
    const steps = t.steps(t.executor().map(t.tasks.square, count(pulled), options));
    t.same(pulled.count, 6);
    const seen = [];
    for (let n = 0; n < 4; n++) {
      t.same((await steps.next()).value, n * n);
      seen.push(pulled.count);
    }
    t.same(seen, [9, 9, 9, 12]);
    await steps.return();
  }),

  row('x29', {}, async t => {
    const executor = t.executor();
    function* failing() {
      yield 1;
      throw new RangeError('the input fails');
    }
    await t.error(() => executor.map(t.tasks.square, failing()), RangeError, 'the input fails');
    t.same(await t.result(executor.submit(t.tasks.square, 2)), 4);
  }),

  row('x30', {}, async t => {
    const executor = t.executor();
    t.same(await t.all(executor.map(t.tasks.power, [2, 3, 4], [1, 2])), [2, 9]);
    await t.error(() => executor.map(t.tasks.square, [1], { timeout: 'soon' }), TypeError);
    await t.error(() => executor.map(t.tasks.square, 7), TypeError, 'iterable');
    await t.error(() => executor.map(7, [1]), TypeError);
  }),
];
