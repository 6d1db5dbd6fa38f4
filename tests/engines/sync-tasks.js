// What tasks do with the locks and queues that they are given: workers import this file by its address.

import { Queue, ShutDown } from '../../dist/sync.js';

/** Adds one to the first number, so often, in two steps that only a lock makes one. */
export function addUnder(lock, numbers, times) {
  for (let n = 0; n < times; n++)
    lock.heldSync(() => {
      const before = numbers.array[0];
      numbers.array[0] = before + 1;
    });
}

/** The same with await, as on a page. */
export async function addUnderAwaited(lock, numbers, times) {
  for (let n = 0; n < times; n++)
    await lock.held(() => {
      numbers.array[0]++;
    });
}

export function holdForGood(lock, held) {
  lock.acquireSync();
  held.set();
  for (;;);
}

export function waitFor(lock, waiting) {
  waiting.add(1);
  return lock.acquireSync();
}

export function produce(queue, count) {
  for (let n = 1; n <= count; n++) queue.putSync({ n });
}

/** Sums what comes until the queue is shut down. */
export function consume(queue) {
  for (let sum = 0; ; queue.taskDone())
    try {
      sum += queue.getSync().n;
    } catch (error) {
      if (error instanceof ShutDown) return sum;
      throw error;
    }
}

export function answer(asked, answered) {
  asked.waitSync();
  answered.set();
  return answered.isSet();
}

/** Comes in, notes how many are in, and goes. */
export function visit(places, inside, most) {
  for (let n = 0; n < 200; n++)
    places.heldSync(() => {
      const now = inside.add(1);
      while (now > most.get()) most.compareExchange(most.get(), now);
      inside.add(-1);
    });
}

/** Waits until the counter is so high, and says so. */
export function waitUntil(condition, counter, value) {
  return condition.heldSync(() => condition.waitForSync(() => counter.get() >= value, 20));
}

export function meetAt(barrier, rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) sum += barrier.waitSync(20);
  return sum;
}

export function takeAll(queue) {
  const items = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

export function makeQueue(item) {
  const queue = new Queue();
  queue.putNowait(item);
  return queue;
}

export const isLocked = lock => lock.locked();
