// _test_multiprocessing.py: calls, maps, results and callbacks of `Pool` and `ThreadPool`.

import { TimeoutError } from '../../../dist/index.js';
import { poolRow } from '../where.js';

const range = length => Array.from({ length }, (_, n) => n);
const squares = length => range(length).map(n => n * n);

class SayWhen extends Error {}

/** Numbers from zero, and an error at `when`. */
function* failing(total, when) {
  for (const n of range(total)) {
    if (n === when) throw new SayWhen(`at ${n}`);
    yield n;
  }
}

/** What callbacks were called with. */
function listener() {
  const heard = [];
  const callback = value => heard.push(['value', value]);
  const errorCallback = error => heard.push(['error', error]);
  return { heard, callbacks: { callback, errorCallback } };
}

export const multiprocessing = [
  poolRow('m01', {}, async t => {
    const pool = t.pool();
    t.same(await t.call(pool, 'apply', t.tasks.square, [5]), 25);
    t.same(await t.call(pool, 'apply', t.tasks.nothing), undefined);
    const options = { x: 3, deep: { y: [4] } };
    t.same(await t.call(pool, 'apply', t.tasks.capture, [1, options]), [1, options]);
    await t.error(() => t.call(pool, 'apply', t.tasks.square, 5), TypeError, 'array');
  }),

  poolRow('m02', {}, async t => {
    const pool = t.pool();
    t.same(await t.call(pool, 'map', t.tasks.square, range(10)), squares(10));
    for (const chunksize of [1, 20, 1000])
      t.same(await t.call(pool, 'map', t.tasks.square, range(100), { chunksize }), squares(100));
    t.same(await t.call(pool, 'map', t.tasks.square, new Set(range(9))), squares(9));
  }),

  poolRow('m03', {}, async t => {
    const pool = t.pool();
    const pairs = range(10).map(n => [n, 9 - n]);
    const expected = pairs.map(([base, exponent]) => base ** exponent);
    t.same(await t.call(pool, 'starmap', t.tasks.power, pairs), expected);
    t.same(await t.call(pool, 'starmap', t.tasks.power, pairs, { chunksize: 3 }), expected);
    await t.error(() => t.call(pool, 'starmap', t.tasks.power, [1]), TypeError, 'iterable');
  }),

  poolRow('m04', {}, async t => {
    const pairs = range(10).map(n => [n, 2]);
    t.same(await t.get(t.pool().starmapAsync(t.tasks.power, pairs)), squares(10));
  }),

  poolRow('m05', {}, async t => {
    t.same(await t.get(t.pool().mapAsync(t.tasks.square, range(10))), squares(10));
  }),

  poolRow('m06', {}, async t => {
    const pool = t.pool();
    const { heard, callbacks } = listener();
    const fine = pool.mapAsync(t.tasks.square, [1, 2], { callback: callbacks.callback });
    await t.ready(fine);
    t.same(heard.splice(0), [['value', [1, 4]]]);
    const two = pool.mapAsync(t.tasks.square, range(10), { ...callbacks, chunksize: 3 });
    await t.ready(two);
    t.same(heard.splice(0), [['value', squares(10)]]);
    const bad = pool.mapAsync(t.tasks.refuse, ['no tea'], callbacks);
    await t.ready(bad);
    const [[kind, error], ...more] = heard;
    t.same([kind, error.message, more], ['error', 'no tea', []]);
  }),

  poolRow('m07', {}, async t => {
    const pool = t.pool();
    for (const form of [range(10), [1]]) {
      const items = [...form, { f: () => 1 }];
      const error = await t.error(() => t.call(pool, 'map', t.tasks.echo, items), Error, 'args');
      t.same(error.name, 'DataCloneError');
    }
    t.same(await t.call(pool, 'map', t.tasks.square, [3]), [9]);
  }),

  poolRow('m08', {}, async t => {
    const result = t.pool().mapAsync(t.tasks.square, [], { chunksize: 1 });
    t.same([result.ready(), result.successful(), await t.get(result)], [true, true, []]);
  }),

  poolRow('m09', {}, async t => {
    const pool = t.pool();
    for (const when of [0, 0, 4])
      await t.error(() => t.call(pool, 'map', t.tasks.square, failing(10, when)), SayWhen);
    const lying = { length: 3, [Symbol.iterator]: () => failing(3, 1) };
    for (let round = 0; round < 2; round++)
      await t.error(() => t.call(pool, 'map', t.tasks.square, lying, { chunksize: 1 }), SayWhen);
    t.same(await t.call(pool, 'map', t.tasks.square, range(4)), squares(4));
  }),

  poolRow('m10', {}, async t => {
    const [started, gate] = [t.counter(), t.counter()];
    const result = t.pool().applyAsync(t.tasks.hold, [started, gate, 'there']);
    await t.reached(started);
    t.same(result.ready(), false);
    t.open(gate);
    t.same([await t.get(result), result.ready()], ['there', true]);
  }),

  poolRow('m11', {}, async t => {
    const [started, gate] = [t.counter(), t.counter()];
    const result = t.pool().applyAsync(t.tasks.hold, [started, gate, 'late']);
    const begin = performance.now();
    await t.error(() => t.get(result, 0.05), TimeoutError, '0.05');
    t.holds(performance.now() - begin >= 49, 'the time was waited for');
    await t.ready(result, 0);
    t.same(result.ready(), false);
    t.open(gate);
    t.same(await t.get(result, 20), 'late');
  }),

  poolRow('m12', {}, async t => {
    const pool = t.pool();
    for (const chunksize of [1, 100]) {
      const steps = t.steps(pool.imap(t.tasks.square, range(250), { chunksize }));
      for (const n of range(250)) t.same((await steps.next()).value, n * n);
      await t.exhausted(steps);
      await t.exhausted(steps);
    }
  }),

  poolRow('m13', {}, async t => {
    const pool = t.pool();
    for (const when of [0, 0]) {
      const steps = t.steps(pool.imap(t.tasks.square, failing(1, when)));
      await t.error(() => steps.next(), SayWhen);
      await t.exhausted(steps);
    }
    for (const [chunksize, values] of [
      [1, 7],
      [2, 6],
      [4, 4],
    ]) {
      const steps = t.steps(pool.imap(t.tasks.square, failing(20, 7), { chunksize }));
      for (const n of range(values)) t.same((await steps.next()).value, n * n);
      await t.error(() => steps.next(), SayWhen, 'at 7');
      await t.exhausted(steps);
    }
  }),

  poolRow('m14', {}, async t => {
    const pool = t.pool();
    for (const chunksize of [1, 100]) {
      const values = await t.all(pool.imapUnordered(t.tasks.square, range(300), { chunksize }));
      t.same(
        values.sort((a, b) => a - b),
        squares(300),
      );
    }
  }),

  poolRow('m15', {}, async t => {
    const pool = t.pool();
    for (const [when, chunksize] of [
      [0, 1],
      [0, 1],
      [7, 1],
      [7, 2],
    ]) {
      const steps = t.steps(pool.imapUnordered(t.tasks.square, failing(10, when), { chunksize }));
      const seen = [];
      const more = async () => {
        for (;;) {
          const { done, value } = await steps.next();
          t.same(done, false);
          seen.push(value);
        }
      };
      await t.error(more, SayWhen);
      t.same(
        seen.sort((a, b) => a - b),
        squares(when - (when % chunksize)),
      );
      await t.exhausted(steps);
    }
  }),

  poolRow('m18', {}, async t => {
    const pool = t.pool();
    t.same(await t.call(pool, 'map', t.tasks.square, []), []);
    t.same(await t.all(pool.imap(t.tasks.square, [])), []);
    t.same(await t.all(pool.imapUnordered(t.tasks.square, [])), []);
    const { heard, callbacks } = listener();
    t.same(await t.get(pool.mapAsync(t.tasks.square, [], callbacks)), []);
    t.same(heard, []);
  }),

  poolRow('m20', {}, async t => {
    const pool = t.pool();
    const error = await t.error(() => t.call(pool, 'apply', t.tasks.refuse, ['no']), RangeError);
    t.same([error.message, error.cause.name], ['no', 'TypeError']);
    t.holds(/in worker (Thread)?Pool-\d+_\d+, task refuse/.test(error.stack), error.stack);
    const thrown = new SayWhen('mine');
    function* input() {
      yield 1;
      throw thrown;
    }
    t.same(await t.error(() => t.call(pool, 'map', t.tasks.square, input())), thrown);
    t.holds(!thrown.stack.includes('in worker'), thrown.stack);
  }),

  poolRow('m21', {}, async t => {
    const call = () => t.call(t.pool(), 'apply', t.tasks.refuse, ['no tea', 7]);
    const error = await t.error(call, RangeError);
    t.same([error.constructor, error.message, error.code], [RangeError, 'no tea', 7]);
  }),

  poolRow('m22', {}, async t => {
    const [started, gate] = [t.counter(), t.counter()];
    const items = [
      ['early', started, gate],
      ['', started, gate],
    ];
    const result = t.pool().starmapAsync(t.tasks.failOrHold, items, { chunksize: 1 });
    await t.reached(started);
    await t.error(() => t.get(result, 0.05), TimeoutError);
    t.same(result.ready(), false);
    t.open(gate);
    await t.error(() => t.get(result), RangeError, 'early');
    t.same(result.successful(), false);
  }),

  poolRow('m23', {}, async t => {
    t.needsCollector();
    const pool = t.pool({ processes: 1 });
    let items = range(5).map(n => ({ n }));
    let values = await t.call(pool, 'map', t.tasks.boxed, items);
    t.same(values[4], { value: { n: 4 } });
    const weak = [...items, ...values].map(value => new WeakRef(value));
    items = undefined;
    values = undefined;
    await t.collect();
    t.same(
      weak.map(ref => ref.deref()),
      weak.map(() => undefined),
    );
    await t.call(pool, 'map', t.tasks.remember, [{ list: [1] }]);
    t.same(await t.call(pool, 'apply', t.tasks.forgotten), true);
  }),

  poolRow('m26', {}, async t => {
    const { heard, callbacks } = listener();
    const result = t.pool().applyAsync(t.tasks.refuse, ['no tea'], callbacks);
    const error = await t.error(() => t.get(result), RangeError, 'no tea');
    t.same(heard, [['error', error]]);
    t.same(await t.error(() => t.get(result)), error);
  }),

  poolRow('m52', {}, async t => {
    const pool = t.pool();
    for (const [chunksize, Class] of [
      [0, RangeError],
      [-1, RangeError],
      [1.5, TypeError],
      ['2', TypeError],
    ])
      for (const method of ['map', 'mapAsync', 'starmap', 'starmapAsync', 'imap', 'imapUnordered'])
        await t.error(() => pool[method](t.tasks.square, [], { chunksize }), Class, 'chunksize');
  }),

  poolRow('m53', {}, async t => {
    const pool = t.pool();
    const outcome = steps =>
      steps.next().then(
        ({ value }) => value,
        ({ message }) => message,
      );
    const orRefuse = text => {
      if (text === 'tea') throw new RangeError('no tea');
      return text.length;
    };
    for (const method of ['imap', 'imapUnordered']) {
      const steps = t.steps(pool[method](orRefuse, ['milk', 'tea', 'coffee']));
      const outcomes = [await outcome(steps), await outcome(steps), await outcome(steps)];
      if (method === 'imap') t.same(outcomes, [4, 'no tea', 6]);
      else t.same(outcomes.sort(), [4, 6, 'no tea']);
      await t.exhausted(steps);
      const chunks = t.steps(pool[method](orRefuse, ['tea', 'milk', 'tea'], { chunksize: 2 }));
      await t.error(() => chunks.next(), RangeError, 'no tea');
      await t.exhausted(chunks);
    }
  }),

  poolRow('m54', {}, async t => {
    const pool = t.pool();
    for (const method of ['imap', 'imapUnordered']) {
      const [started, gate] = [t.counter(), t.counter()];
      const wait = pool.applyAsync(t.tasks.hold, [started, gate, 1]);
      const slow = pool.applyAsync(t.tasks.hold, [started, gate, 1]);
      await t.reached(started, 2);
      const values = pool[method](t.tasks.square, [3, 3]);
      await t.error(() => t.nextOf(values, 0.02), TimeoutError, '0.02');
      await t.error(() => t.nextOf(values, 0), TimeoutError);
      t.open(gate);
      const steps = [await t.nextOf(values), await t.nextOf(values, 20), await t.nextOf(values)];
      t.same(
        steps.map(({ value }) => value),
        [9, 9, undefined],
      );
      for (const result of [wait, slow]) t.same(await t.get(result), 1);
    }
  }),

  poolRow('m55', {}, async t => {
    const pool = t.pool();
    const callback = () => {
      throw new Error('a bad callback');
    };
    const options = { callback, errorCallback: callback };
    t.same(await t.get(pool.applyAsync(t.tasks.square, [3], options)), 9);
    await t.reported('a bad callback');
    await t.error(() => t.get(pool.applyAsync(t.tasks.refuse, ['no'], options)), RangeError, 'no');
    for (const bad of [7, null])
      await t.error(() => pool.applyAsync(t.tasks.square, [3], { callback: bad }), TypeError);
  }),

  poolRow('m56', {}, async t => {
    const pool = t.pool({ processes: 1 });
    const { heard, callbacks } = listener();
    const words = ['first', 'second', 'third'];
    for (const chunksize of [1, 2, 3]) {
      const result = pool.mapAsync(t.tasks.refuse, words, { ...callbacks, chunksize });
      const error = await t.error(() => t.get(result), RangeError, 'first');
      t.same(heard.splice(0), [['error', error]]);
    }
    const [started, gate] = [t.counter(), t.counter()];
    const rest = [
      ['', started, gate],
      ['lost', started, gate],
    ];
    t.open(gate);
    const chunk = pool.starmapAsync(t.tasks.failOrHold, rest, { chunksize: 2 });
    await t.error(() => t.get(chunk), RangeError, 'lost');
    t.same(t.count(started), 1);
  }),

  poolRow('m58', {}, async t => {
    const pool = t.pool();
    for (const method of ['imap', 'imapUnordered']) {
      let ended = false;
      const input = (function* () {
        try {
          for (let n = 0; ; n++) yield n;
        } finally {
          ended = true;
        }
      })();
      const steps = t.steps(pool[method](t.tasks.square, input, { chunksize: 5 }));
      for (let n = 0; n < 20; n++) t.same((await steps.next()).done, false);
      await steps.return();
      t.same(ended, true);
      await t.exhausted(steps);
    }
  }),

  poolRow('m59', {}, async t => {
    const pool = t.pool();
    const [started, gate] = [t.counter(), t.counter()];
    const result = pool.applyAsync(t.tasks.hold, [started, gate, 1]);
    await t.error(() => result.successful(), RangeError, 'ready');
    t.open(gate);
    await t.ready(result);
    t.same([result.ready(), result.successful()], [true, true]);
    const bad = pool.applyAsync(t.tasks.refuse, ['no']);
    await t.ready(bad);
    t.same([bad.ready(), bad.successful()], [true, false]);
    await t.error(() => t.get(bad), RangeError);
  }),
];
