// executor.py: `map`.

import { TimeoutError } from '../../../dist/index.js';
import { DONE_AT_SUBMIT, row } from '../where.js';

const range = length => Array.from({ length }, (_, n) => n);

/** The numbers from zero, without end; `pulled.count` says how many were taken. */
function* count(pulled = { count: 0 }) {
  for (let n = 0; ; n++) {
    pulled.count++;
    yield n;
  }
}

const take = async (steps, amount) => {
  const values = [];
  while (values.length < amount) values.push((await steps.next()).value);
  return values;
};

export const map = [
  row('3', {}, async t => {
    const executor = t.executor();
    const expected = range(10).map(n => n ** n);
    t.same(await t.all(executor.map(t.tasks.power, range(10), range(10))), expected);
    const chunked = executor.map(t.tasks.power, range(10), range(12), { chunksize: 3 });
    t.same(await t.all(chunked), expected);
  }),

  row('4', {}, async t => {
    const steps = t.steps(t.executor().map(t.tasks.divide, [1, 1, 1, 1], [2, 3, 0, 5]));
    t.same(await take(steps, 2), [
      [0, 1],
      [0, 1],
    ]);
    await t.error(() => steps.next(), RangeError, 'division of 1 by zero');
    await t.exhausted(steps);
  }),

  row('5', { inline: DONE_AT_SUBMIT }, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const values = ['a', 'b', undefined].map(value => [value, started, gate]);
    const columns = [0, 1, 2].map(column => values.map(item => item[column]));
    const steps = t.steps(executor.map(t.tasks.holdIfNothing, ...columns, { timeout: 0.05 }));
    // One worker takes them in order: when the third runs, the first two are done.
    await t.reached(started);
    t.same(await take(steps, 2), ['a', 'b']);
    await t.error(() => steps.next(), TimeoutError);
    await t.exhausted(steps);
    t.open(gate);
  }),

  row('6', {}, async t => {
    const executor = t.executor();
    for (const buffersize of ['2', 2.5, null, {}, Number.NaN])
      await t.error(
        () => executor.map(t.tasks.square, [1], { buffersize }),
        TypeError,
        'buffersize',
      );
  }),

  row('7', {}, async t => {
    const executor = t.executor();
    for (const buffersize of [0, -1])
      await t.error(
        () => executor.map(t.tasks.square, [1], { buffersize }),
        RangeError,
        'buffersize',
      );
  }),

  row('8', {}, async t => {
    const executor = t.executor();
    for (const buffersize of [1, 2, 4, 5, 100])
      t.same(await t.all(executor.map(t.tasks.square, range(4), { buffersize })), [0, 1, 4, 9]);
  }),

  row('9', {}, async t => {
    const executor = t.executor();
    for (const buffersize of [1, 4, 5])
      t.same(
        await t.all(executor.map(t.tasks.power, range(4), range(4), { buffersize })),
        [1, 1, 4, 27],
      );
  }),

  row('10', {}, async t => {
    const steps = t.steps(t.executor().map(t.tasks.square, count(), { buffersize: 1 }));
    t.same(await take(steps, 5), [0, 1, 4, 9, 16]);
    await steps.return();
    await t.exhausted(steps);
  }),

  row('11', {}, async t => {
    const steps = t.steps(t.executor().map(t.tasks.power, count(), count(), { buffersize: 1 }));
    t.same(await take(steps, 4), [1, 1, 4, 27]);
    await steps.return();
  }),

  row('12', {}, async t => {
    t.same(await t.all(t.executor().map(t.tasks.square, [], { buffersize: 8 })), []);
  }),

  row('13', {}, async t => {
    t.same(await t.all(t.executor().map(t.tasks.square, { buffersize: 8 })), []);
  }),

  row('14', {}, async t => {
    const executor = t.executor();
    const pulled = { count: 0 };
    const buffersize = 4;
    const steps = t.steps(executor.map(t.tasks.square, count(pulled), { buffersize }));
    t.same(pulled.count, buffersize);
    await t.result(executor.submit(t.tasks.nothing));
    t.same(pulled.count, buffersize);
    await steps.return();
    t.same(pulled.count, buffersize);
  }),
];
