// asyncio and executors: the two kinds of future, one standing for the other.

import { afterEach, expect, it, vi } from 'vitest';
import {
  CancelledError,
  createTask,
  currentTask,
  ensureFuture,
  gather,
  runInExecutor,
  type Submitter,
  setDefaultExecutor,
  sleep,
  wrapFuture,
} from '../../src/asyncio.js';
import { CancelledError as CallCancelledError, TimeoutError } from '../../src/errors.js';
import { Future as Call } from '../../src/future.js';
import { AsyncExecutor } from '../../src/index.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await sleep(0);
};

it('a call of an executor gives its value or its error', async () => {
  const [good, bad] = [new Call<number>(), new Call<number>()];
  const [value, error] = [wrapFuture(good), ensureFuture(bad)];
  good.setResult(7);
  bad.setException(new TimeoutError('its own'));
  expect(await value).toBe(7);
  await expect(error).rejects.toThrow(TimeoutError);
});

it('cancelling either side asks the other', async () => {
  const [call, other] = [new Call<number>(), new Call<number>()];
  const task = createTask(() => wrapFuture(call));
  const future = wrapFuture(other);
  await settled();
  task.cancel();
  await expect(task).rejects.toThrow(CancelledError);
  await settled();
  expect(call.cancelled()).toBe(true);
  other.cancel();
  await expect(future).rejects.toThrow(CancelledError);
  expect(future.cancelled()).toBe(true);
  await expect(other.result()).rejects.toThrow(CallCancelledError);
});

it('a call that runs already goes on when its future is cancelled, and its value is dropped', async () => {
  const call = new Call<number>();
  call.setRunningOrNotifyCancel();
  const future = wrapFuture(call);
  future.cancel();
  await settled();
  expect(call.running()).toBe(true);
  call.setResult(1);
  await settled();
  expect(future.cancelled()).toBe(true);
});

it('runInExecutor submits at once, with the arguments', async () => {
  const submitted: unknown[][] = [];
  const executor = {
    submit: (fn: (...args: number[]) => number, ...args: number[]) => {
      submitted.push(args);
      const call = new Call<number>();
      call.setResult(fn(...args));
      return call;
    },
  } as unknown as Submitter;
  const sum = runInExecutor(executor, (a: number, b: number) => a + b, 1, 2);
  expect(submitted).toEqual([[1, 2]]);
  expect(await sum).toBe(3);
  expect(
    await gather(
      runInExecutor(executor, (a: number) => -a, 4),
      sum,
    ),
  ).toEqual([-4, 3]);
});

it('a task awaits a call as it is, and cancelling reaches it there', async () => {
  const [first, second] = [new Call<number>(), new Call<number>()];
  const seen: unknown[] = [];
  const task = createTask(async task => {
    seen.push(await first, currentTask() === task);
    await second;
  });
  first.setResult(1);
  await settled();
  task.cancel();
  await expect(task).rejects.toThrow(CancelledError);
  await settled();
  expect([seen, second.cancelled()]).toEqual([[1, true], true]);
  await expect(second).rejects.toThrow(CallCancelledError);
});

it('a coroutine in an AsyncExecutor is not the task that submitted it', async () => {
  const executor = new AsyncExecutor();
  const seen: unknown[] = [];
  const coroutine = async (value: number): Promise<number> => {
    seen.push(currentTask());
    await sleep(0.01);
    seen.push('went on');
    return value;
  };
  const task = createTask(() => runInExecutor(executor, coroutine, 7));
  await settled();
  task.cancel();
  await expect(task).rejects.toThrow(CancelledError);
  await executor.shutdown();
  expect(seen).toEqual([null, 'went on']);
  expect(await runInExecutor(new AsyncExecutor(), coroutine, 8)).toBe(8);
});

it('only a ThreadPoolExecutor can be the default', () => {
  expect(() => setDefaultExecutor({} as never)).toThrow(TypeError);
});

it('an error that nobody retrieved is reported when its future is collected', async () => {
  const registered = new Map<unknown, () => void>();
  class Registry<T> {
    readonly #report: (held: T) => void;
    constructor(report: (held: T) => void) {
      this.#report = report;
    }
    register(_: object, held: T, token: object): void {
      registered.set(token, () => this.#report(held));
    }
    unregister(token: object): void {
      registered.delete(token);
    }
  }
  vi.stubGlobal('FinalizationRegistry', Registry);
  vi.resetModules();
  const fresh = await import('../../src/asyncio.js');
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  const fail = () => {
    throw new RangeError('unheard');
  };
  const [lost, heard] = [fresh.createTask(fail, { name: 'lost' }), fresh.createTask(fail)];
  await heard.then(null, () => {});
  expect([...registered.keys()]).toEqual([lost]);
  registered.get(lost)?.();
  const [message, error] = report.mock.calls[0] as [string, Error];
  expect([message.includes('lost'), error.message]).toEqual([true, 'unheard']);
});
