// Tasks that wait for pools and locks that they are given: workers import this file by its address.

import { asCompleted, TimeoutError, tasksOf, waitSync } from '../../dist/index.js';

const own = tasksOf(new URL('./deadlock-tasks.js', import.meta.url));

export function square(n) {
  return n * n;
}

const WAYS = {
  result: future => future.resultSync(),
  'result with a time-out': future => {
    try {
      return future.resultSync(0.9);
    } catch (error) {
      if (error instanceof TimeoutError) return 'late';
      throw error;
    }
  },
  waitSync: future => waitSync([future]).done.size,
  FIRST_COMPLETED: future => waitSync([future], { returnWhen: 'FIRST_COMPLETED' }).done.size,
  asCompleted: future => [...asCompleted([future])].length,
};

/** Submits to the executor that it is given, which may be its own, and blocks. */
export function askAndBlock(executor, way) {
  return WAYS[way](executor.submit(own.square, 3));
}

export function mapAndBlock(executor) {
  return [...executor.map(own.square, [1, 2, 3])];
}

/** As `askAndBlock`, once all who are to block are here. */
export function meetAndBlock(executor, barrier) {
  barrier.waitSync();
  return executor.submit(own.square, 3).resultSync();
}

/** Asks the other pool, which asks this one. */
export function askBack(other, mine) {
  return other.submit(own.askAndBlock, mine, 'result').resultSync();
}

export function takeBoth(first, second, barrier) {
  first.acquireSync();
  try {
    barrier.waitSync();
    second.acquireSync();
    second.release();
    return 'both';
  } finally {
    first.release();
  }
}

export function takeTwice(lock) {
  return lock.heldSync(() => lock.acquireSync());
}

export function hold(lock, begun, gate) {
  lock.heldSync(() => {
    begun.set();
    gate.waitSync();
  });
  return 'held';
}

export function takeOnce(lock) {
  lock.heldSync(() => {});
  return 'taken';
}

/** Three levels: this one, those that it submits to the executor that it is given, and those that these submit. */
export function tree(executor, depth) {
  if (depth === 0) return 1;
  const branches = [1, 2].map(() => executor.submit(own.tree, executor, depth - 1));
  return branches.reduce((sum, branch) => sum + branch.resultSync(), 1);
}

export async function treeAwaited(executor, depth) {
  if (depth === 0) return 1;
  const branches = [1, 2].map(() => executor.submit(own.treeAwaited, executor, depth - 1));
  let sum = 1;
  for (const branch of branches) sum += await branch;
  return sum;
}

/** Submits a call that is over between the moment when this worker says that it listens, and its look at what is done. */
export async function submitOver(executor) {
  await executor.submit(own.square, 2);
  // Listening goes on for a moment.
  await new Promise(resolve => setTimeout(resolve));
  const { exchange } = Atomics;
  let future;
  let looks = 0;
  try {
    Atomics.exchange = (...bell) => {
      const before = exchange(...bell);
      const end = performance.now() + 200;
      while (performance.now() < end);
      looks += 1;
      return before;
    };
    future = executor.submit(own.square, 3);
  } finally {
    Atomics.exchange = exchange;
  }
  // This one may get the place in memory that the other had.
  const next = executor.submit(own.square, 4);
  return [looks, future.done(), future.running(), await future, future.cancel(), await next];
}

export async function endOwn(executor) {
  const errors = [];
  try {
    executor.shutdownSync();
  } catch (error) {
    errors.push(error.name);
  }
  await executor.shutdown().catch(error => errors.push(error.name));
  return errors;
}

export async function endOther(executor) {
  await executor.submit(own.square, 2);
  await executor.shutdown();
  try {
    executor.submit(own.square, 2);
  } catch (error) {
    return error.message;
  }
}
