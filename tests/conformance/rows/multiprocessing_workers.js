// _test_multiprocessing.py: the workers of `Pool` and `ThreadPool`: made, set up, replaced, ended.

import { BrokenProcessPool, task } from '../../../dist/index.js';
import {
  AsyncResult,
  MaybeEncodingError,
  Pool,
  ThreadPool,
} from '../../../dist/multiprocessing.js';
import { poolRow } from '../where.js';

const PROCESSES_ONLY = { threads: 'for processes only' };

const range = length => Array.from({ length }, (_, n) => n);
const squares = length => range(length).map(n => n * n);

export const multiprocessingWorkers = [
  poolRow('m16', {}, async t => {
    for (const processes of [0, -1])
      await t.error(() => t.pool({ processes }), RangeError, `${processes}`);
    for (const processes of [1.5, '2', null])
      await t.error(() => t.pool({ processes }), TypeError, 'processes');
    const pool = t.pool({ processes: 3 });
    t.same(pool.workers, 3);
    await t.until(() => t.living === 3);
    await t.error(() => t.pool({ procesess: 3 }), TypeError, 'procesess');
  }),

  poolRow('m17', {}, async t => {
    const pool = t.pool({ processes: 3 });
    const [started, gate] = [t.counter(), t.counter()];
    const items = Array(10_000).fill([started, gate]);
    const result = pool.starmapAsync(t.tasks.hold, items, { chunksize: 1 });
    await t.reached(started, 3);
    pool.terminate();
    await t.error(() => t.get(result), t.Broken, 'terminated');
    await t.join(pool);
    t.same([pool.workers, t.count(started), t.living], [0, 3, 0]);
  }),

  poolRow('m19', {}, async t => {
    const pool = t.pool();
    const result = await t.withPool(pool, given => given.mapAsync(t.tasks.square, range(4)));
    await t.error(() => pool.mapAsync(t.tasks.square, [1]), RangeError, 'not running');
    t.same([result instanceof AsyncResult, pool.workers], [true, 0]);
    const error = new Error('the body');
    const failing = () => {
      throw error;
    };
    t.same(await t.error(() => t.withPool(t.pool(), failing)), error);
    const [disposed, ended] = [t.pool(), t.pool()];
    await ended[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
    disposed[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    for (const one of [disposed, ended])
      await t.error(() => one.apply(t.tasks.square, [1]), RangeError, 'terminated');
  }),

  poolRow('m24', {}, async t => {
    const pool = t.pool();
    t.same(await t.call(pool, 'map', t.tasks.square, [1, 2]), [1, 4]);
    pool.close();
    let entered = false;
    const body = () => {
      entered = true;
    };
    await t.error(() => t.withPool(pool, body), RangeError, 'not running');
    await t.join(pool);
    await t.error(() => t.withPool(pool, body), RangeError, 'not running');
    t.same(entered, false);
  }),

  poolRow('m25', {}, async t => {
    t.needsCollector();
    const heard = [];
    const { warn } = console;
    console.warn = words => heard.push(words);
    try {
      const results = [t.pool().applyAsync(t.tasks.square, [3])];
      t.pools.pop();
      for (let round = 0; heard.length === 0 && round < 100; round++) await t.collect();
      t.holds(heard[0]?.startsWith('ResourceWarning: unclosed running'), heard[0]);
      // What was given to it still runs.
      t.same(await results[0].get(), 9);
      while (t.living > 0) await t.turn();
    } finally {
      console.warn = warn;
    }
  }),

  poolRow('m27', {}, async t => {
    const pool = t.pool({ processes: 1 });
    const realm = await t.call(pool, 'apply', t.tasks.realm);
    for (let round = 0; round < 20; round++) {
      const call = () => t.call(pool, 'apply', t.tasks.unsendable);
      const { value, exc, message } = await t.error(call, MaybeEncodingError, 'the result.list[1]');
      t.same([value, exc.includes('function')], ['the result.list[1]', true]);
      t.holds(message.includes(value) && message.includes(exc), message);
    }
    t.same(await t.call(pool, 'apply', t.tasks.realm), realm);
  }),

  poolRow('m28', PROCESSES_ONLY, async t => {
    const pool = t.pool({ processes: 3, maxtasksperchild: 10 });
    const results = range(100).map(n => pool.applyAsync(t.tasks.square, [n]));
    for (const [n, result] of results.entries()) t.same(await t.get(result), n * n);
    const tasks = new Map();
    for (const realm of await t.call(pool, 'map', t.tasks.realm, range(100), { chunksize: 1 }))
      tasks.set(realm, (tasks.get(realm) ?? 0) + 1);
    t.holds(Math.max(...tasks.values()) <= 10, 'none ran more than its ten');
    t.holds(tasks.size >= 10, 'others took their places');
    t.same(pool.workers, 3);
  }),

  poolRow('m29', PROCESSES_ONLY, async t => {
    const pool = t.pool({ processes: 3, maxtasksperchild: 1 });
    const results = range(6).map(n => pool.applyAsync(t.tasks.square, [n]));
    pool.close();
    await t.join(pool);
    for (const [n, result] of results.entries()) t.same(await t.get(result, 0), n * n);
  }),

  poolRow('m30', {}, async t => {
    if (t.kind === 'threads') {
      await t.error(() => t.pool({ maxtasksperchild: 1 }), TypeError, 'maxtasksperchild');
      return;
    }
    for (const maxtasksperchild of [0, -1])
      await t.error(() => t.pool({ maxtasksperchild }), RangeError, 'maxtasksperchild');
    for (const maxtasksperchild of [0.5, '12', null])
      await t.error(() => t.pool({ maxtasksperchild }), TypeError, 'maxtasksperchild');
  }),

  poolRow('m32', {}, async t => {
    for (const initializer of [1, 'name', {}])
      await t.error(() => t.pool({ initializer }), TypeError, 'initializer');
    const [initialised, together] = [t.counter(), t.counter()];
    const initargs = ['set', initialised];
    const pool = t.pool({ initializer: t.tasks.initialise, initargs });
    const results = range(2).map(() => pool.applyAsync(t.tasks.meetStatus, [together, 2]));
    for (const result of results) t.same(await t.get(result), 'set');
    t.same(await t.call(pool, 'map', t.tasks.square, range(10)), squares(10));
    pool.close();
    await t.join(pool);
    t.same(t.count(initialised), 2);
  }),

  poolRow('m33', {}, async t => {
    const nested = task(new URL('../modules/nested-pool.js', import.meta.url), 'task');
    t.same(await t.call(t.pool(), 'apply', nested, [t.kind, 5]), squares(5));
  }),

  poolRow('m34', {}, async t => {
    const use = () => {
      const pool = t.pool({ processes: 3, query: 'most=2' });
      return t.get(pool.applyAsync(t.tasks.hold, [t.counter(), t.counter()]));
    };
    await t.error(use, t.Broken, 'no more workers');
    await t.until(() => t.living === 0);
  }),

  poolRow('m36', {}, async t => {
    const pool = t.pool({ processes: 32 });
    t.same(await t.call(pool, 'map', t.tasks.square, range(1000)), squares(1000));
    t.same(pool.workers, 32);
  }),

  poolRow('m50', PROCESSES_ONLY, async t => {
    const pool = t.pool({ processes: 2 });
    const [started, gate] = [t.counter(), t.counter()];
    const holding = pool.applyAsync(t.tasks.holdTurning, [started, gate, 'held']);
    await t.reached(started);
    const crashing = pool.applyAsync(t.tasks.crash);
    const waiting = pool.mapAsync(t.tasks.square, range(10));
    const error = await t.error(() => t.get(crashing), BrokenProcessPool, 'died');
    t.same([error.task, error.worker.startsWith('Pool-')], ['crash', true]);
    t.same(await t.get(waiting), squares(10));
    t.open(gate);
    t.same(await t.get(holding), 'held');
    await t.until(() => pool.workers === 2);
    const items = [t.tasks.crash, t.tasks.square];
    const results = items.map(fn => pool.mapAsync(fn, range(1)));
    await t.error(() => t.get(results[0]), BrokenProcessPool);
    t.same(await t.get(results[1]), [0]);
  }),

  poolRow('m51', {}, async t => {
    const pool = t.pool({ processes: 1 });
    const [started, gate] = [t.counter(), t.counter()];
    const endless = (function* () {
      for (;;) yield started;
    })();
    const values = pool.imap(t.tasks.mark, endless);
    const unordered = pool.imapUnordered(t.tasks.hold, [started]);
    const running = pool.applyAsync(t.tasks.hold, [started, gate]);
    const map = pool.mapAsync(t.tasks.square, range(20));
    await t.reached(started);
    pool.terminate();
    for (const result of [running, map]) await t.error(() => t.get(result), t.Broken, 'terminated');
    const rest = async () => {
      for (;;) if ((await t.nextOf(values)).done) return;
    };
    await t.error(rest, t.Broken, 'terminated');
    await t.error(() => t.nextOf(unordered), t.Broken, 'terminated');
    await t.join(pool);
    pool.terminate();
  }),

  poolRow('m57', {}, async t => {
    const pool = t.pool();
    await t.error(() => t.call(pool, 'apply', t.tasks.nothing).then(() => pool.join()), RangeError);
    const values = pool.imap(t.tasks.square, range(20_000), { chunksize: 2 });
    const map = pool.mapAsync(t.tasks.square, range(20));
    pool.close();
    pool.close();
    for (const call of [
      () => pool.applyAsync(t.tasks.square, [1]),
      () => pool.imap(t.tasks.square, [1]),
      () => pool.map(t.tasks.square, [1]),
    ])
      await t.error(call, RangeError, 'Pool not running');
    await t.join(pool);
    t.same(map.ready(), true);
    t.same(await t.get(map, 0), squares(20));
    const all = await t.all(values);
    t.same([all.length, all.at(-1)], [20_000, 19_999 ** 2]);
  }),

  poolRow('m60', {}, async t => {
    const pool = t.pool({ processes: 1 });
    const error = await t.error(() => t.call(pool, 'apply', t.tasks.exit));
    t.same(error.name, 'WorkerExit');
    t.same(await t.call(pool, 'map', t.tasks.square, range(3)), squares(3));
  }),

  poolRow('m61', {}, async t => {
    const pool = t.pool({ initializer: t.tasks.refuse, initargs: ['no set-up'] });
    await t.error(() => t.call(pool, 'map', t.tasks.square, range(3)), t.Broken, 'no set-up');
    await t.error(() => t.call(pool, 'apply', t.tasks.square, [1]), t.Broken, 'no set-up');
    await t.reported('no set-up');
    const Kind = t.kind === 'threads' ? ThreadPool : Pool;
    t.holds(pool instanceof Kind, 'it is what it was made as');
  }),
];
