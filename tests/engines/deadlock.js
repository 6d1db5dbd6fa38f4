// Tasks that use the pools that they are given, their own among them; and those that wait for each other, which are told
// so.

import {
  DeadlockError,
  ProcessPoolExecutor,
  RuntimeError,
  ready,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import { Barrier, Event, Lock, RLock } from '../../dist/sync.js';
import { rejection, same } from './same.js';

const tasks = tasksOf(new URL('./deadlock-tasks.js', import.meta.url));
const POOLS = [ThreadPoolExecutor, ProcessPoolExecutor];

/** Runs `check` with a pool of each kind, whose workers are called p_0, p_1, … */
async function onEach(maxWorkers, check, options = {}) {
  await ready();
  for (const Pool of POOLS)
    await withExecutor(new Pool({ maxWorkers, threadNamePrefix: 'p', ...options }), check);
}

/** What those wait for that got the error of the future. */
async function waits(future) {
  const error = await rejection(future);
  same(
    [error instanceof DeadlockError, error instanceof RuntimeError, error?.name, error?.message],
    [true, true, 'DeadlockError', `deadlock: ${error?.waits?.join('; ')}`],
  );
  return error.waits;
}

/** Whether the future is still not done after several looks at the deadlock. */
async function stillWaits(future) {
  const error = await rejection(future.result({ timeout: 0.9 }));
  same(error?.name, 'TimeoutError');
}

const LONELY = 'p_0 waits for a future that is pending in p, the only worker of which waits';

export const deadlock = {
  async 'a task that waits for its own pool is told who waits for what, however it waits'() {
    await onEach(1, async executor => {
      for (const way of ['result', 'waitSync', 'FIRST_COMPLETED', 'asCompleted'])
        same(await waits(executor.submit(tasks.askAndBlock, executor, way)), [LONELY]);
      same(await waits(executor.submit(tasks.mapAndBlock, executor)), [LONELY]);
      same(await executor.submit(tasks.square, 4), 16);
    });
  },
  async 'a wait with a time-out is left to it'() {
    await onEach(1, async executor => {
      const future = executor.submit(tasks.askAndBlock, executor, 'result with a time-out');
      same(await future, 'late');
    });
  },
  async 'every worker of a full pool is told'() {
    await onEach(3, async executor => {
      const barrier = new Barrier(3);
      const futures = [1, 2, 3].map(() => executor.submit(tasks.meetAndBlock, executor, barrier));
      for (const future of futures) {
        const lines = await waits(future);
        same(lines.length, 3);
        for (const line of lines)
          same(
            line.replace(/p_\d/, 'p_n'),
            'p_n waits for a future that is pending in p, all 3 workers of which wait',
          );
      }
    });
  },
  async 'a worker more, and there is no deadlock'() {
    await onEach(2, async executor =>
      same(await executor.submit(tasks.askAndBlock, executor, 'result'), 9),
    );
  },
  async 'two pools that wait for each other are told'() {
    await ready();
    for (const [One, Two] of [POOLS, [...POOLS].reverse()])
      await withExecutor(new One({ maxWorkers: 1, threadNamePrefix: 'one' }), async one =>
        withExecutor(new Two({ maxWorkers: 1, threadNamePrefix: 'two' }), async two => {
          const lines = await waits(one.submit(tasks.askBack, two, one));
          same([...lines].sort(), [
            'one_0 waits for a future that two_0 runs',
            'two_0 waits for a future that is pending in one, the only worker of which waits',
          ]);
        }),
      );
  },
  async 'two locks taken in different orders are told, and free again'() {
    for (const AnyLock of [Lock, RLock])
      await onEach(2, async executor => {
        const [one, two, barrier] = [new AnyLock(), new AnyLock(), new Barrier(2)];
        const futures = [
          executor.submit(tasks.takeBoth, one, two, barrier),
          executor.submit(tasks.takeBoth, two, one, barrier),
        ];
        for (const future of futures) {
          const lines = await waits(future);
          same([...lines].sort(), [
            'p_0 waits for a lock that p_1 holds',
            'p_1 waits for a lock that p_0 holds',
          ]);
        }
        same([one.locked(), two.locked()], [false, false]);
      });
  },
  async 'a Lock taken twice by the same worker is told'() {
    await onEach(1, async executor => {
      const lock = new Lock();
      same(await waits(executor.submit(tasks.takeTwice, lock)), [
        'p_0 waits for a lock that it holds itself',
      ]);
      same(lock.locked(), false);
    });
  },
  async 'a lock whose holder works, or waits for the page, is no deadlock'() {
    await onEach(2, async executor => {
      const [lock, begun, gate] = [new Lock(), new Event(), new Event()];
      const holder = executor.submit(tasks.hold, lock, begun, gate);
      await begun.wait();
      const taker = executor.submit(tasks.takeOnce, lock);
      await stillWaits(taker);
      gate.set();
      same([await holder, await taker], ['held', 'taken']);
    });
  },
  async 'a pool that ignores deadlocks waits as Python does'() {
    const check = async executor => {
      const lock = new Lock();
      const twice = executor.submit(tasks.takeTwice, lock);
      await stillWaits(twice);
      // Anybody may release a Lock, and then the second time comes.
      lock.release();
      same(await twice, true);
    };
    await onEach(1, check, { ignoreDeadlocks: true });
  },
  async 'tasks three levels deep submit to their own pool, blocking and awaited'() {
    // Each level blocks its workers: 1 + 2 + 4, and 8 leaves that take turns.
    await onEach(15, async executor => {
      same(await executor.submit(tasks.tree, executor, 3), 15);
      same(await executor.submit(tasks.treeAwaited, executor, 3), 15);
    });
  },
  async 'a call that is over before its submit returns is done like any other'() {
    await onEach(2, async executor => {
      const seen = await executor.submit(tasks.submitOver, executor);
      same(seen, [1, true, false, 9, false, 16]);
    });
  },
  async 'a worker cannot wait for the end of its own pool, and may end another'() {
    for (const Pool of POOLS) {
      await ready();
      const [mine, other] = [new Pool({ maxWorkers: 1 }), new Pool({ maxWorkers: 1 })];
      same(await mine.submit(tasks.endOther, other), 'cannot schedule new futures after shutdown');
      same(await mine.submit(tasks.endOwn, mine), ['RuntimeError', 'RuntimeError']);
      await other.shutdown();
      await mine.shutdown();
    }
  },
  async 'an executor that has ended does not cross, and the call says why'() {
    await onEach(1, async executor => {
      const ended = new ThreadPoolExecutor({ maxWorkers: 1 });
      await ended.shutdown();
      const error = await rejection(executor.submit(tasks.askAndBlock, ended, 'result'));
      same(error.message.includes('args[0]') && error.message.includes('its pool has ended'), true);
      same(await executor.submit(tasks.square, 2), 4);
    });
  },
};
