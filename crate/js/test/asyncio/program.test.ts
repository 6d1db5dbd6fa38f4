// One program in Python's asyncio and in ours: what it prints, line for line. The expected lines are what CPython 3.11 printed.

import { expect, it } from 'vitest';
import {
  asyncWith,
  CancelledError,
  createTask,
  Event,
  gather,
  Lock,
  Queue,
  run,
  sleep,
  TaskGroup,
  TimeoutError,
  timeout,
} from '../../src/asyncio.js';

const log: string[] = [];
const print = (line: unknown): void => void log.push(String(line));

async function factorial(name: string, n: number): Promise<number> {
  let product = 1;
  for (let i = 2; i <= n; i++) {
    print(`${name} ${i}`);
    await sleep(0.05);
    product *= i;
  }
  print(`${name} =${product}`);
  return product;
}

async function main(): Promise<void> {
  const [event, lock, queue] = [new Event(), new Lock(), new Queue<number>(2)];
  print(
    await gather(
      () => factorial('A', 2),
      () => factorial('B', 3),
      () => factorial('C', 4),
    ),
  );
  const waiting = createTask(async () => {
    print('wait');
    await event.wait();
    print('got');
  });
  await sleep(0);
  event.set();
  print('set');
  await waiting;
  const cancelled = createTask(async () => {
    try {
      await sleep(10);
    } catch (error) {
      print('cancelled');
      throw error;
    } finally {
      print('after');
    }
  });
  await sleep(0.01);
  cancelled.cancel();
  try {
    await cancelled;
  } catch (error) {
    print(error instanceof CancelledError);
  }
  const locked = (name: string) =>
    asyncWith(lock, async () => {
      print(`${name} in`);
      await sleep(0);
      print(`${name} out`);
    });
  await gather(...['x', 'y', 'z'].map(name => createTask(() => locked(name))));
  const producer = createTask(async () => {
    for (let i = 0; i < 5; i++) {
      await queue.put(i);
      print(`put ${i}`);
    }
  });
  const consumer = createTask(async () => {
    for (let i = 0; i < 5; i++) print(`get ${await queue.get()}`);
  });
  await gather(producer, consumer);
  try {
    await asyncWith(timeout(0.02), async () => {
      try {
        await sleep(1);
      } finally {
        print('fin');
      }
    });
  } catch (error) {
    if (error instanceof TimeoutError) print('TimeoutError');
  }
  try {
    await asyncWith(new TaskGroup(), async group => {
      group.createTask(async () => {
        await sleep(0.01);
        throw new Error('bad');
      });
      group.createTask(async () => {
        try {
          await sleep(5);
        } catch (error) {
          print('sib');
          throw error;
        }
      });
      print('body end');
    });
  } catch (error) {
    print((error as Error).message);
  }
  const order: string[] = [];
  const steps = (name: string) =>
    createTask(async () => {
      for (let i = 0; i < 3; i++) {
        order.push(`${name}${i}`);
        await sleep(0);
      }
    });
  const [first, second] = [steps('p'), steps('q')];
  order.push('m');
  await sleep(0);
  order.push('m1');
  await first;
  order.push('m2');
  await second;
  print(order.join(' '));
}

it('prints what Python prints', async () => {
  await run(main);
  expect(log).toEqual([
    'A 2',
    'B 2',
    'C 2',
    'A =2',
    'B 3',
    'C 3',
    'B =6',
    'C 4',
    'C =24',
    '2,6,24',
    'wait',
    'set',
    'got',
    'cancelled',
    'after',
    'true',
    'x in',
    'x out',
    'y in',
    'y out',
    'z in',
    'z out',
    'put 0',
    'put 1',
    'get 0',
    'get 1',
    'put 2',
    'put 3',
    'get 2',
    'get 3',
    'put 4',
    'get 4',
    'fin',
    'TimeoutError',
    'body end',
    'sib',
    'unhandled errors in a TaskGroup (1 sub-exception)',
    'm p0 q0 m1 p1 q1 p2 q2 m2',
  ]);
});
