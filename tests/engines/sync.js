// Locks, queues and their like between a page and the workers of its pools.

import {
  BlockingNotAllowedError,
  ProcessPoolExecutor,
  RuntimeError,
  ready,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  Empty,
  Event,
  Full,
  HolderDiedError,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  SharedCounter,
  ShutDown,
} from '../../dist/sync.js';
import { rejection, same } from './same.js';

const tasks = tasksOf(new URL('./sync-tasks.js', import.meta.url));
const POOLS = [ThreadPoolExecutor, ProcessPoolExecutor];

/** Runs `check` with a pool of each kind. */
async function onEach(maxWorkers, check) {
  await ready();
  for (const Pool of POOLS)
    await withExecutor(new Pool({ maxWorkers, threadNamePrefix: 'w' }), check);
}

function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it should have thrown');
}

export const sync = {
  async 'eight workers and the page add eighty thousand times under one Lock'() {
    await onEach(8, async executor => {
      const [lock, numbers] = [new Lock(), new SharedArray(Int32Array, 1)];
      const futures = Array.from({ length: 8 }, (_, n) =>
        n === 0
          ? executor.submit(tasks.addUnderAwaited, lock, numbers, 1000)
          : executor.submit(tasks.addUnder, lock, numbers, 11_000),
      );
      for (let n = 0; n < 1000; n++)
        await lock.held(() => {
          numbers.array[0]++;
        });
      for (const future of futures) await future;
      same([numbers.array[0], lock.locked()], [79_000, false]);
    });
  },
  async 'producers and consumers meet over a bounded Queue'() {
    await onEach(4, async executor => {
      const queue = new Queue(5);
      const consumers = [1, 2].map(() => executor.submit(tasks.consume, queue));
      const producers = [1, 2].map(() => executor.submit(tasks.produce, queue, 500));
      for (let n = 1; n <= 500; n++) await queue.put({ n });
      for (const producer of producers) await producer;
      await queue.join();
      queue.shutdown();
      const sums = await Promise.all(consumers.map(consumer => consumer.result()));
      same(sums[0] + sums[1], (3 * 500 * 501) / 2);
      same((await rejection(queue.get())) instanceof ShutDown, true);
    });
  },
  async 'whoever waits for a lock whose holder was ended gets an error that names it'() {
    await ready();
    const [lock, held, waiting] = [new Lock(), new Event(), new SharedCounter()];
    const threads = new ThreadPoolExecutor({ maxWorkers: 1 });
    const doomed = new ProcessPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'doomed' });
    const holding = doomed.submit(tasks.holdForGood, lock, held);
    await held.wait();
    const blocked = threads.submit(tasks.waitFor, lock, waiting);
    const awaited = lock.acquire();
    while (waiting.get() === 0) await new Promise(resolve => setTimeout(resolve));
    doomed.terminateWorkers();
    for (const error of [await rejection(awaited), await blocked.exception()])
      same(
        [error instanceof HolderDiedError, error.holder, error.name],
        [true, 'the worker doomed_0', 'HolderDiedError'],
      );
    await holding.exception().catch(() => {});
    same(thrown(() => lock.acquireSync(0)) instanceof HolderDiedError, true);
    lock.release();
    same([await threads.submit(tasks.waitFor, lock, waiting), lock.locked()], [true, true]);
    await doomed.shutdown();
    await threads.shutdown();
  },
  async 'an Event wakes who waits, on a page and in a worker'() {
    await onEach(1, async executor => {
      const [asked, answered] = [new Event(), new Event()];
      const future = executor.submit(tasks.answer, asked, answered);
      same(await answered.wait({ timeout: 0.02 }), false);
      asked.set();
      same([await answered.wait(), await future, answered.isSet()], [true, true, true]);
      answered.clear();
      same([answered.isSet(), answered.waitSync(0)], [false, false]);
    });
  },
  async 'a Semaphore lets so many in, and a bounded one refuses too many releases'() {
    await onEach(4, async executor => {
      const [places, inside, most] = [new Semaphore(2), new SharedCounter(), new SharedCounter()];
      const futures = [1, 2, 3, 4].map(() => executor.submit(tasks.visit, places, inside, most));
      for (const future of futures) await future;
      same([most.get() <= 2, places.value], [true, 2]);
    });
    const bounded = new BoundedSemaphore(1);
    same(await bounded.acquire(), true);
    same(await bounded.acquire({ timeout: 0.01 }), false);
    bounded.release();
    const error = thrown(() => bounded.release());
    same([error instanceof RangeError, error.message], [true, 'Semaphore released too many times']);
  },
  async 'a Condition wakes who waits for what has changed'() {
    await onEach(2, async executor => {
      const [condition, counter] = [new Condition(), new SharedCounter()];
      const future = executor.submit(tasks.waitUntil, condition, counter, 3);
      for (let n = 0; n < 3; n++)
        await condition.held(() => {
          counter.add();
          condition.notifyAll();
        });
      same(await future, true);
      await condition.acquire();
      same(await condition.wait({ timeout: 0.01 }), false);
      same(await condition.waitFor(() => false, { timeout: 0.01 }), false);
      condition.release();
    });
    const condition = new Condition(new Lock());
    for (const call of [() => condition.notify(), () => condition.release()])
      same(thrown(call) instanceof RuntimeError, true);
    same((await rejection(condition.wait())) instanceof RuntimeError, true);
  },
  async 'a Barrier lets all go, round after round, and breaks when somebody is late'() {
    await onEach(2, async executor => {
      const barrier = new Barrier(3);
      const futures = [1, 2].map(() => executor.submit(tasks.meetAt, barrier, 50));
      let sum = 0;
      for (let round = 0; round < 50; round++) sum += await barrier.wait();
      for (const future of futures) sum += await future;
      same([sum, barrier.nWaiting, barrier.parties], [50 * 3, 0, 3]);
      same((await rejection(barrier.wait({ timeout: 0.01 }))) instanceof BrokenBarrierError, true);
      same(barrier.broken, true);
      barrier.reset();
      const waiting = executor.submit(tasks.meetAt, barrier, 1);
      while (barrier.nWaiting === 0) await new Promise(resolve => setTimeout(resolve));
      barrier.abort();
      same((await waiting.exception()) instanceof BrokenBarrierError, true);
    });
    let acted = 0;
    const barrier = new Barrier(2, { action: () => acted++ });
    const numbers = await Promise.all([barrier.wait(), barrier.wait()]);
    same([numbers.sort(), acted], [[0, 1], 1]);
  },
  async 'queues give items in their order, and say when they are full or empty'() {
    await onEach(1, async executor => {
      const items = [[3, 'c'], [1, 'b'], [1, 'a'], [-2.5], [1]];
      const orders = [
        [new Queue(), items],
        [new LifoQueue(), [...items].reverse()],
        [new PriorityQueue(), [[-2.5], [1], [1, 'a'], [1, 'b'], [3, 'c']]],
      ];
      for (const [queue, order] of orders) {
        for (const item of items) queue.putNowait(item);
        same(await executor.submit(tasks.takeAll, queue), order);
      }
    });
    const queue = new Queue(1);
    await queue.put('one');
    same([queue.full(), queue.qsize(), queue.maxsize], [true, 1, 1]);
    same((await rejection(queue.put('two', { timeout: 0.01 }))) instanceof Full, true);
    same([await queue.get(), queue.empty()], ['one', true]);
    same((await rejection(queue.get({ timeout: 0.01 }))) instanceof Empty, true);
    queue.taskDone();
    same(thrown(() => queue.taskDone()).message, 'taskDone() called too many times');
    queue.putNowait('late');
    queue.shutdown({ immediate: true });
    same((await rejection(queue.get())) instanceof ShutDown, true);
    same(thrown(() => new PriorityQueue().putNowait({})) instanceof TypeError, true);
  },
  async 'an RLock is taken again by its holder only'() {
    await onEach(1, async executor => {
      const lock = new RLock();
      await lock.held(() =>
        lock.held(async () => {
          same(await executor.submit(tasks.isLocked, lock), true);
        }),
      );
      same(lock.locked(), false);
    });
  },
  async 'a queue that a task made lives on with whoever has it'() {
    await onEach(1, async executor => {
      const inner = await executor.submit(tasks.makeQueue, 'in it');
      const outer = new Queue();
      outer.putNowait(inner);
      same([outer.getNowait() === inner, inner.getNowait()], [true, 'in it']);
    });
  },
  async 'what a page must not do, or what cannot cross, is refused with the remedy'() {
    await ready();
    const lock = new Lock();
    await lock.acquire();
    same(thrown(() => lock.acquireSync()) instanceof BlockingNotAllowedError, true);
    same([lock.acquireSync(0), await lock.acquire({ timeout: 0.01 })], [false, false]);
    lock.release();
    const error = thrown(() => lock.release());
    same(
      [error instanceof RuntimeError, error.message],
      [true, 'release of a lock that is not held here'],
    );
    same(thrown(() => new Semaphore(-1)) instanceof RangeError, true);
    same(thrown(() => new Barrier(0)) instanceof RangeError, true);
    same(thrown(() => new Queue('1')) instanceof TypeError, true);
    const barrier = new Barrier(1, { action: () => {} });
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      const refused = await executor.submit(tasks.meetAt, barrier, 1).exception();
      same(refused.message.startsWith('cannot send args[0]: a Barrier with an action stays'), true);
    });
  },
  async 'a worker entry that cannot take a lock says what to import'() {
    await ready();
    const worker = () =>
      new Worker(new URL('./entry.worker.js', import.meta.url), { type: 'module' });
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1, worker }), async executor => {
      const error = await executor.submit(tasksOf().greet, new Lock()).exception();
      same(error.message.includes("import 'concurrent-futures/sync' for locks and queues"), true);
      same(await executor.submit(tasksOf().greet, 'you'), 'hello you');
    });
  },
  async 'a lock before the memory is there is refused with the remedy'() {
    const error = thrown(() => new Lock());
    same([error instanceof RuntimeError, error.message.includes('await ready()')], [true, true]);
  },
  async 'ten thousand passes leave memory flat'() {
    await onEach(2, async executor => {
      const lock = new Lock();
      let before;
      for (let round = 0; round < 24; round++) {
        const futures = Array.from({ length: 500 }, () => executor.submit(tasks.isLocked, lock));
        // Some never arrive.
        futures.at(-1).cancel();
        for (const future of futures.slice(0, -1)) await future;
        // The first rounds show how much a round takes.
        if (round === 3) before = lock.agent.memory.buffer.byteLength;
      }
      const grown = lock.agent.memory.buffer.byteLength - before;
      // Had each message, some 64 bytes, stayed, it would be twice as much.
      if (grown > 4 * 65_536) throw new Error(`${before} bytes grew by ${grown}`);
    });
  },
};
