// executor.py: what every executor does. `map` stands in map.js.

import { RuntimeError } from '../../../dist/index.js';
import { NO_WORKERS, row } from '../where.js';

const HOLDS_VALUE = 'the future holds the value itself';

export const executor = [
  row('1', {}, async t => {
    t.same(await t.result(t.executor().submit(t.tasks.power, 2, 8)), 256);
  }),

  row('2', {}, async t => {
    const executor = t.executor();
    const named = { self: 1, fn: 2, args: [3] };
    t.same(await t.result(executor.submit(t.tasks.capture, 7, named)), [7, named]);
    for (const missing of [[], [undefined], [null], [{ fn: 1 }], [7, 1]])
      await t.error(() => executor.submit(...missing), TypeError);
  }),

  row('15', {}, async t => {
    const executor = t.executor({ maxWorkers: 3 });
    const counter = t.counter();
    executor.map(t.tasks.mark, [counter, counter, counter, counter]);
    await t.shutdown(executor);
    await t.reached(counter, 4);
    await t.error(() => executor.submit(t.tasks.square, 1), RuntimeError);
  }),

  row('16', { async: HOLDS_VALUE, inline: HOLDS_VALUE }, async t => {
    t.needsCollector();
    const executor = t.executor({ maxWorkers: 1 });
    let bound = { list: [1, 2] };
    const weak = new WeakRef(bound);
    const run = executor.submit(t.tasks.capture, bound);
    t.same(await t.result(run), [{ list: [1, 2] }]);
    // The call before has run to its end when this one does.
    await t.result(executor.submit(t.tasks.nothing));
    bound = undefined;
    await t.collect();
    t.same([weak.deref(), run.done(), executor.workers], [undefined, true, 1]);
  }),

  row('17', { inline: NO_WORKERS }, async t => {
    for (const maxWorkers of [0, -1])
      await t.error(() => t.executor({ maxWorkers }), RangeError, `${maxWorkers}`);
  }),

  row('18', {}, async t => {
    t.needsCollector();
    const steps = t.steps(t.executor({ maxWorkers: 1 }).map(t.tasks.boxed, [1, 2, 3]));
    const seen = [];
    for (let n = 1; n <= 3; n++) seen.push(new WeakRef((await steps.next()).value));
    await t.collect();
    t.same(
      seen.map(weak => weak.deref()),
      [undefined, undefined, undefined],
    );
    await t.exhausted(steps);
  }),

  row('19', {}, async t => {
    const executor = t.executor({ maxWorkers: 1 });
    for (const value of [0, '', null, undefined, false, Number.NaN]) {
      const future = executor.submit(t.tasks.throwIt, value);
      let caught = 'nothing';
      await t.result(future).catch(error => {
        caught = [error];
      });
      t.same(caught, [value]);
      const given = await t.exception(future);
      // An undefined would look like no error, so an Error stands for it.
      if (value === undefined) t.same(given.message, 'the task threw undefined');
      else t.same(given, value);
      t.holds(`${future}`.includes('raised'), `${future} says that it raised`);
    }
    t.same(await t.result(executor.submit(t.tasks.square, 3)), 9);
  }),
];
