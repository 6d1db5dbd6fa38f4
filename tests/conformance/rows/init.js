// test_init.py

import { POOLS_ONLY, row } from '../where.js';

export const init = [
  row('55', POOLS_ONLY, async t => {
    const [initialised, together] = [t.counter(), t.counter()];
    const initargs = ['initialised', initialised];
    const executor = t.executor({ initializer: t.tasks.initialise, initargs });
    const futures = [1, 2].map(() => executor.submit(t.tasks.meetStatus, together, 2));
    for (const future of futures) t.same(await t.result(future), 'initialised');
    t.same(t.count(initialised), 2);
  }),

  row('56', POOLS_ONLY, async t => {
    const executor = t.executor({ initializer: t.tasks.refuse, initargs: ['no set-up'] });
    const futures = [1, 2, 3].map(n => executor.submit(t.tasks.square, n));
    for (const future of futures) await t.error(() => t.result(future), t.Broken, 'no set-up');
    await t.error(() => executor.submit(t.tasks.square, 2), t.Broken, 'initializer');
    await t.reported('no set-up');
  }),

  row('57', POOLS_ONLY, async t => {
    const executor = t.executor({ initializer: t.tasks.refuse, initargs: ['no set-up'] });
    await t.error(() => t.result(executor.submit(t.tasks.square, 2)), t.Broken);
    await t.shutdown(executor);
    t.same([executor.workers, executor.queued, t.living], [0, 0, 0]);
  }),
];
