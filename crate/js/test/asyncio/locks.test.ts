// Locks and queues between tasks: fair, and nothing is lost when one who waits is cancelled.

import { describe, expect, it } from 'vitest';
import {
  asyncWith,
  BoundedSemaphore,
  CancelledError,
  Condition,
  createTask,
  Event,
  gather,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  Semaphore,
  sleep,
  waitFor,
} from '../../src/asyncio.js';
import { RuntimeError } from '../../src/errors.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await sleep(0);
};
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe('a semaphore', () => {
  it('lets so many at a time, in the order in which they came', async () => {
    const semaphore = new Semaphore(3);
    const log: number[] = [];
    let inside = 0;
    let most = 0;
    await gather(
      ...range(10).map(
        number => () =>
          asyncWith(semaphore, async () => {
            log.push(number);
            most = Math.max(most, ++inside);
            await sleep(0);
            inside--;
          }),
      ),
    );
    expect([most, inside, log]).toEqual([3, 0, range(10)]);
    expect(semaphore.locked()).toBe(false);
  });

  it('keeps a newcomer behind those who wait', async () => {
    const semaphore = new Semaphore(0);
    const log: string[] = [];
    const first = createTask(async () => {
      await semaphore.acquire();
      log.push('first');
    });
    await settled();
    semaphore.release();
    const second = semaphore.acquire();
    expect([second.done(), semaphore.locked()]).toEqual([false, true]);
    await first;
    expect(log).toEqual(['first']);
    semaphore.release();
    await second;
  });

  it('hands the place of one who was cancelled to the next, also when it was its turn', async () => {
    for (const wokenFirst of [false, true]) {
      const semaphore = new Semaphore(0);
      const waiting = range(3).map(() => createTask(() => semaphore.acquire()));
      await settled();
      if (wokenFirst) semaphore.release();
      waiting[0]?.cancel();
      if (!wokenFirst) semaphore.release();
      await waiting[1];
      await expect(waiting[0]).rejects.toThrow(CancelledError);
      expect([waiting[1]?.done(), waiting[2]?.done()]).toEqual([true, false]);
      waiting[2]?.cancel();
      await expect(waiting[2]).rejects.toThrow(CancelledError);
      semaphore.release();
      expect(semaphore.locked()).toBe(false);
    }
  });

  it('loses no place, whenever who waits is cancelled', async () => {
    const semaphore = new Semaphore(2);
    const tasks = range(200).map(number =>
      createTask(() => asyncWith(semaphore, () => sleep(number % 3 === 0 ? 0.001 : 0))),
    );
    for (const [number, task] of tasks.entries())
      if (number % 4 !== 0) setTimeout(() => task.cancel(), number % 17);
    await gather(...tasks, { returnExceptions: true });
    const [one, two, three] = [semaphore.acquire(), semaphore.acquire(), semaphore.acquire()];
    await gather(one, two);
    expect([three.done(), three.cancel()]).toEqual([false, true]);
    await expect(three).rejects.toThrow(CancelledError);
  });

  it('gives a permit that gives itself back', async () => {
    const semaphore = new Semaphore(1);
    const permit = await semaphore.acquire();
    expect(semaphore.locked()).toBe(true);
    permit[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    expect(semaphore.locked()).toBe(false);
  });

  it('starts with 0 or more, and may hold more later; a bounded one may not', () => {
    expect(() => new Semaphore(-1)).toThrow(RangeError);
    expect(() => new Semaphore('1' as never)).toThrow(TypeError);
    const semaphore = new Semaphore(0);
    semaphore.release();
    semaphore.release();
    expect(semaphore.locked()).toBe(false);
    const bounded = new BoundedSemaphore(1);
    expect(() => bounded.release()).toThrow(RangeError);
  });

  it('lets its body fail, and is released', async () => {
    const semaphore = new Semaphore(1);
    const failed = asyncWith(semaphore, () => {
      throw new RangeError('no');
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect(semaphore.locked()).toBe(false);
  });
});

describe('a lock', () => {
  it('is held by one, and goes on in order', async () => {
    const lock = new Lock();
    const log: string[] = [];
    await lock.acquire();
    const tasks = ['a', 'b', 'c'].map(name =>
      createTask(() =>
        asyncWith(lock, async () => {
          log.push(`${name} in`);
          await sleep(0);
          log.push(`${name} out`);
        }),
      ),
    );
    await settled();
    expect([lock.locked(), log]).toEqual([true, []]);
    tasks[1]?.cancel();
    lock.release();
    await gather(...tasks, { returnExceptions: true });
    expect(log).toEqual(['a in', 'a out', 'c in', 'c out']);
    expect(() => lock.release()).toThrow(RuntimeError);
  });

  it('passes on when who was to have it is cancelled', async () => {
    const lock = new Lock();
    await lock.acquire();
    const [first, second] = [
      createTask(() => lock.acquire()),
      createTask(() => lock.acquire()),
    ] as const;
    await settled();
    lock.release();
    first.cancel();
    await second;
    await expect(first).rejects.toThrow(CancelledError);
    expect(lock.locked()).toBe(true);
  });
});

describe('an event', () => {
  it('lets all go on who wait, until it is cleared', async () => {
    const event = new Event();
    const waiting = range(3).map(() => createTask(() => event.wait()));
    await settled();
    expect([event.isSet(), waiting.some(task => task.done())]).toEqual([false, false]);
    event.set();
    expect(await gather(...waiting)).toEqual([true, true, true]);
    expect(await event.wait()).toBe(true);
    event.clear();
    await expect(waitFor(event.wait(), 0.01)).rejects.toThrow('over');
  });
});

describe('a condition', () => {
  it('wakes so many as it is told, and they hold the lock', async () => {
    const condition = new Condition();
    const log: number[] = [];
    const tasks = range(3).map(number =>
      createTask(() =>
        asyncWith(condition, async () => {
          await condition.wait();
          expect(condition.locked()).toBe(true);
          log.push(number);
        }),
      ),
    );
    await settled();
    await asyncWith(condition, () => condition.notify(2));
    await settled();
    expect(log).toEqual([0, 1]);
    await asyncWith(condition, () => condition.notifyAll());
    await gather(...tasks);
    expect(log).toEqual([0, 1, 2]);
    expect(() => condition.notify()).toThrow(RuntimeError);
    expect(() => condition.wait()).toThrow(RuntimeError);
  });

  it('holds its lock again when it is cancelled, and passes on what it was told', async () => {
    const condition = new Condition();
    let count = 0;
    const waiter = () =>
      asyncWith(condition, async () => {
        await condition.waitFor(() => count > 0);
        count--;
        return 'told';
      });
    const [first, second] = [createTask(waiter), createTask(waiter)];
    await settled();
    await asyncWith(condition, () => {
      count++;
      condition.notify();
      first.cancel();
    });
    expect(await second).toBe('told');
    await expect(first).rejects.toThrow(CancelledError);
    expect(condition.locked()).toBe(false);
  });
});

describe('a queue', () => {
  it('is first in, first out, and makes put wait when it is full', async () => {
    const queue = new Queue<number>(2);
    const taken: number[] = [];
    const producer = createTask(async () => {
      for (const number of range(6)) await queue.put(number);
    });
    await settled();
    expect([queue.qsize(), queue.full(), producer.done()]).toEqual([2, true, false]);
    for (const _ of range(6)) taken.push(await queue.get());
    await producer;
    expect([taken, queue.empty(), queue.maxsize]).toEqual([range(6), true, 2]);
  });

  it('refuses at once when it cannot wait', () => {
    const queue = new Queue<number>(1);
    expect(() => queue.getNowait()).toThrow(QueueEmpty);
    queue.putNowait(1);
    expect(() => queue.putNowait(2)).toThrow(QueueFull);
    expect(queue.getNowait()).toBe(1);
  });

  it('is joined when the work on all items is done, by workers that never end', async () => {
    const queue = new Queue<number>();
    const done: number[] = [];
    const work = async (number: number): Promise<number> => {
      await sleep(0);
      return number * 2;
    };
    const workers = range(3).map(() =>
      createTask(async () => {
        for (;;) {
          const number = await queue.get();
          done.push(await work(number));
          queue.taskDone();
        }
      }),
    );
    for (const number of range(20)) queue.putNowait(number);
    await queue.join();
    for (const worker of workers) worker.cancel();
    const ends = await gather(...workers, { returnExceptions: true });
    expect(done.sort((a, b) => a - b)).toEqual(range(20).map(number => number * 2));
    expect(ends.every(end => end instanceof CancelledError)).toBe(true);
    expect(() => queue.taskDone()).toThrow(RangeError);
  });

  it('loses no item when one who waits for it is cancelled', async () => {
    const queue = new Queue<string>();
    const [first, second] = [createTask(() => queue.get()), createTask(() => queue.get())] as const;
    await settled();
    queue.putNowait('item');
    first.cancel();
    expect(await second).toBe('item');
    await expect(first).rejects.toThrow(CancelledError);
    const full = new Queue<string>(1);
    full.putNowait('a');
    const [third, fourth] = [
      createTask(() => full.put('b')),
      createTask(() => full.put('c')),
    ] as const;
    await settled();
    full.getNowait();
    third.cancel();
    await fourth;
    await expect(third).rejects.toThrow(CancelledError);
    expect(full.getNowait()).toBe('c');
  });

  it('can be shut down', async () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    const putting = createTask(() => queue.put(2));
    await settled();
    queue.shutdown();
    await expect(putting).rejects.toThrow(QueueShutDown);
    expect(await queue.get()).toBe(1);
    await expect(queue.get()).rejects.toThrow(QueueShutDown);
    expect(() => queue.putNowait(3)).toThrow(QueueShutDown);
    const full = new Queue<number>();
    full.putNowait(1);
    const joined = createTask(() => full.join());
    full.shutdown(true);
    await joined;
    expect(() => full.getNowait()).toThrow(QueueShutDown);
  });

  it('has other orders, too', async () => {
    const lifo = new LifoQueue<number>();
    for (const number of range(3)) lifo.putNowait(number);
    expect(range(3).map(() => lifo.getNowait())).toEqual([2, 1, 0]);
    const priority = new PriorityQueue<[number, string]>();
    const items = range(50).map((number): [number, string] => [(number * 37) % 10, `n${number}`]);
    for (const item of items) priority.putNowait(item);
    const sorted = range(50).map(() => priority.getNowait());
    expect(sorted).toEqual(
      [...items].sort(([a, x], [b, y]) => a - b || (x < y ? -1 : x > y ? 1 : 0)),
    );
    const longest = new PriorityQueue<string>(0, (left, right) => left.length > right.length);
    for (const word of ['a', 'ccc', 'bb']) longest.putNowait(word);
    expect(range(3).map(() => longest.getNowait())).toEqual(['ccc', 'bb', 'a']);
  });
});
