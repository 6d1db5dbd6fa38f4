// Several awaitables at once: gather, wait, asCompleted, waitFor, timeout, shield, groups.

import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ALL_COMPLETED,
  asCompleted,
  asyncWith,
  CancelledError,
  createTask,
  Event,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  gather,
  shield,
  sleep,
  TaskGroup,
  TimeoutError,
  time,
  timeout,
  timeoutAt,
  wait,
  waitFor,
} from '../../src/asyncio.js';
import { RuntimeError } from '../../src/errors.js';

afterEach(() => void vi.restoreAllMocks());

const never = (): Future<void> => new Future<void>();
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await sleep(0);
};
const failingWith = async (message: string): Promise<never> => {
  await sleep(0);
  throw new RangeError(message);
};
const failing = () => failingWith('no');
/** A coroutine that says in `log` how it was cancelled. */
const patient = (log: string[], name: string) => async (): Promise<void> => {
  try {
    await never();
  } catch (error) {
    log.push(`${name} ${(error as Error).name}`);
    throw error;
  }
};

describe('gather', () => {
  it('gives the values in the order of the arguments, whatever they are', async () => {
    const event = new Event();
    const [first, second, third, fourth] = await gather(
      async () => {
        await event.wait();
        return 1;
      },
      () => {
        event.set();
        return 'two';
      },
      Promise.resolve(true),
      sleep(0, 4),
    );
    expect([first, second, third, fourth]).toEqual([1, 'two', true, 4]);
    expect(await gather()).toEqual([]);
  });

  it('fails with the first error, and the others go on', async () => {
    const other = createTask(() => sleep(0.02, 'done'));
    await expect(gather(other, failing)).rejects.toThrow(RangeError);
    expect([other.done(), await other]).toEqual([false, 'done']);
  });

  it('puts errors among the results when it is asked to', async () => {
    const cancelled = createTask(never);
    cancelled.cancel();
    const [one, error, gone] = await gather(() => 1, failing, cancelled, {
      returnExceptions: true,
    });
    expect(one).toBe(1);
    expect(error).toBeInstanceOf(RangeError);
    expect(gone).toBeInstanceOf(CancelledError);
  });

  it('cancels all when it is cancelled, and is not cancelled by one', async () => {
    const log: string[] = [];
    const [a, b] = [createTask(patient(log, 'a')), createTask(patient(log, 'b'))];
    const task = createTask(() => gather(a, b));
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect(log).toEqual(['a CancelledError', 'b CancelledError']);
    const both = gather(createTask(never), createTask(never), { returnExceptions: true });
    expect(both.cancel()).toBe(true);
    await expect(both).rejects.toThrow(CancelledError);
    const one = createTask(never);
    const other = createTask(never);
    const gathered = gather(one, other);
    one.cancel();
    await expect(gathered).rejects.toThrow(CancelledError);
    expect([gathered.cancelled(), other.done()]).toEqual([false, false]);
    other.cancel();
    expect(gather().cancel()).toBe(false);
  });

  it('runs the same task once, and the same function twice', async () => {
    const work = vi.fn(() => 1);
    const task = createTask(work);
    expect(await gather(task, task, work, work)).toEqual([1, 1, 1, 1]);
    expect(work).toHaveBeenCalledTimes(3);
  });
});

describe('wait', () => {
  it('tells what is done when all are, when one is, and when one fails', async () => {
    const tasks = () => [createTask(() => 1), createTask(failing), createTask(never)] as const;
    const [one, two, three] = tasks();
    const first = await wait([one, two, three], { returnWhen: FIRST_COMPLETED });
    expect([[...first.done], first.pending.has(three)]).toEqual([[one], true]);
    const failed = await wait([one, two, three], { returnWhen: FIRST_EXCEPTION });
    expect([failed.done.has(two), failed.pending.has(three)]).toEqual([true, true]);
    three.cancel();
    const all = await wait([one, two, three], { returnWhen: ALL_COMPLETED });
    expect([all.done.size, all.pending.size, three.cancelled()]).toEqual([3, 0, true]);
    expect((await wait([three, createTask(() => 2)])).done.size).toBe(2);
    await expect(two).rejects.toThrow();
  });

  it('comes back after its time, and cancels nothing', async () => {
    const slow = createTask(never);
    const { done, pending } = await wait([slow], { timeout: 0.01 });
    expect([done.size, pending.has(slow), slow.done()]).toEqual([0, true, false]);
    const waiting = createTask(() => wait([slow]));
    await settled();
    waiting.cancel();
    await expect(waiting).rejects.toThrow(CancelledError);
    expect(slow.cancel()).toBe(true);
  });

  it('refuses what it could not give back', () => {
    expect(() => wait([])).toThrow(RangeError);
    expect(() => wait([(async () => {}) as never])).toThrow(TypeError);
    expect(() => wait([Promise.resolve() as never])).toThrow(TypeError);
    expect(() => wait([never()], { returnWhen: 'SOON' as never })).toThrow(RangeError);
  });
});

describe('asCompleted', () => {
  it('gives the tasks themselves as they are done', async () => {
    const [slow, quick] = [createTask(() => sleep(0.03, 'slow')), createTask(() => 'quick')];
    const seen: unknown[] = [];
    for await (const task of asCompleted([slow, quick, slow]))
      seen.push([task === slow, await task]);
    expect(seen).toEqual([
      [false, 'quick'],
      [true, 'slow'],
    ]);
  });

  it('gives futures to await, each done with the next of them', async () => {
    const seen: unknown[] = [];
    for (const next of asCompleted([() => sleep(0.02, 'slow'), failing, () => 'quick']))
      seen.push(await next.then(null, error => (error as Error).name));
    expect(seen).toEqual(['quick', 'RangeError', 'slow']);
  });

  it('fails at every step when its time is over', async () => {
    const slow = createTask(never);
    const completed = asCompleted([() => 1, slow, never()], { timeout: 0.01 });
    expect(await (await completed.next()).value).toBe(1);
    await expect(completed.next()).rejects.toThrow('2 (of 3) futures unfinished');
    await expect(completed.next()).rejects.toThrow(TimeoutError);
    expect(await completed.next()).toMatchObject({ done: true });
    expect(slow.cancel()).toBe(true);
  });

  it('is left by a task that is cancelled in it', async () => {
    const task = createTask(async () => {
      for await (const _ of asCompleted([never(), never()]));
    });
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
  });
});

describe('waitFor', () => {
  it('gives the value in time, and cancels what is late', async () => {
    const log: string[] = [];
    expect(await waitFor(() => sleep(0, 'in time'), 5)).toBe('in time');
    expect(await waitFor(sleep(0, 'without'))).toBe('without');
    await expect(waitFor(patient(log, 'late'), 0.01)).rejects.toThrow(TimeoutError);
    expect(log).toEqual(['late CancelledError']);
    await expect(waitFor(new Promise(() => {}), 0.01)).rejects.toThrow(TimeoutError);
    await expect(waitFor(failing, 5)).rejects.toThrow(RangeError);
    await expect(waitFor(Promise.reject(new RangeError('no')), 5)).rejects.toThrow(RangeError);
  });

  it('starts nothing without time, but takes what is there', async () => {
    const work = vi.fn();
    await expect(waitFor(work, 0)).rejects.toThrow(TimeoutError);
    expect(work).not.toHaveBeenCalled();
    const done = new Future<number>();
    done.setResult(1);
    expect(await waitFor(done, -1)).toBe(1);
  });

  it('gives what a task gives that refuses to be cancelled', async () => {
    const stubborn = async (): Promise<string> => {
      await never().then(null, () => {});
      return 'after all';
    };
    expect(await waitFor(stubborn, 0.01)).toBe('after all');
  });

  it('is cancelled with what it waits for', async () => {
    const log: string[] = [];
    const inner = createTask(patient(log, 'inner'));
    const task = createTask(() => waitFor(inner, 60));
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect([inner.cancelled(), log]).toEqual([true, ['inner CancelledError']]);
    expect(() => waitFor(never(), Number.NaN)).toThrow(TypeError);
  });
});

describe('timeout', () => {
  it('turns the cancelling of its body into TimeoutError', async () => {
    const log: string[] = [];
    const limit = timeout(0.01);
    await expect(asyncWith(limit, patient(log, 'body'))).rejects.toThrow(TimeoutError);
    expect([limit.expired(), log]).toEqual([true, ['body CancelledError']]);
    expect(await asyncWith(timeout(60), () => sleep(0, 'value'))).toBe('value');
    expect(await asyncWith(timeout(), () => 'without a limit')).toBe('without a limit');
    await expect(asyncWith(timeout(60), failing)).rejects.toThrow(RangeError);
    await expect(asyncWith(timeout(0), never)).rejects.toThrow(TimeoutError);
    await expect(asyncWith(timeoutAt(time() - 1), never)).rejects.toThrow(TimeoutError);
  });

  it('can be moved while its body runs', async () => {
    const limit = timeout(60);
    expect(() => limit.reschedule(1)).toThrow(RuntimeError);
    const cut = asyncWith(limit, async scope => {
      expect(scope.when()).toBeGreaterThan(time() + 50);
      scope.reschedule(time() + 0.01);
      await never();
    });
    await expect(cut).rejects.toThrow(TimeoutError);
    const freed = asyncWith(timeout(0.01), async scope => {
      scope.reschedule(undefined);
      await sleep(0.03);
      return scope.expired();
    });
    expect(await freed).toBe(false);
    await expect(asyncWith(limit, never)).rejects.toThrow(RuntimeError);
  });

  it('lets a cancelling from outside pass, also one inside another', async () => {
    const task = createTask(() => asyncWith(timeout(60), () => asyncWith(timeout(50), never)));
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    const inner = asyncWith(timeout(0.01), () => asyncWith(timeout(60), never));
    await expect(inner).rejects.toThrow(TimeoutError);
    const caught = await asyncWith(timeout(60), async () => {
      try {
        await asyncWith(timeout(0.01), never);
      } catch (error) {
        return (error as Error).name;
      }
      return 'nothing';
    });
    expect(caught).toBe('TimeoutError');
  });
});

describe('shield', () => {
  it('keeps cancelling away from what it shields', async () => {
    const inner = createTask(() => sleep(0.02, 'saved'));
    const outer = createTask(() => shield(inner));
    await settled();
    outer.cancel();
    await expect(outer).rejects.toThrow(CancelledError);
    expect(inner.done()).toBe(false);
    expect(await inner).toBe('saved');
    expect(await shield(inner)).toBe('saved');
  });

  it('passes the outcome on, and reports an error that nobody waits for any more', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    await expect(shield(failing)).rejects.toThrow(RangeError);
    const gone = createTask(never);
    const shielded = shield(gone);
    gone.cancel();
    await expect(shielded).rejects.toThrow(CancelledError);
    expect(shielded.cancelled()).toBe(true);
    const left = shield(() => failingWith('unheard'));
    left.cancel();
    await settled();
    expect(String(report.mock.calls[0]?.[1])).toBe('RangeError: unheard');
  });
});

describe('a task group', () => {
  it('waits for all of its tasks, those of tasks too', async () => {
    const log: string[] = [];
    const result = await asyncWith(new TaskGroup(), async group => {
      group.createTask(async () => {
        await sleep(0.01);
        group.createTask(async () => {
          await sleep(0.01);
          log.push('grandchild');
        });
        log.push('child');
      });
      return 'body';
    });
    expect([result, log]).toEqual(['body', ['child', 'grandchild']]);
  });

  it('cancels all others when one fails, and fails with all errors', async () => {
    const log: string[] = [];
    const error = await asyncWith(new TaskGroup(), async group => {
      group.createTask(patient(log, 'other'));
      group.createTask(async () => {
        try {
          await never();
        } catch {
          throw new TypeError('while cancelled');
        }
      });
      group.createTask(() => failingWith('first'));
      await patient(log, 'body')();
    }).then(null, error => error as AggregateError);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).message).toBe(
      'unhandled errors in a TaskGroup (2 sub-exceptions)',
    );
    expect((error as AggregateError).errors.map(String)).toEqual([
      'RangeError: first',
      'TypeError: while cancelled',
    ]);
    expect(log.sort()).toEqual(['body CancelledError', 'other CancelledError']);
  });

  it('cancels its tasks when the body fails, or the task around it is cancelled', async () => {
    const log: string[] = [];
    const failed = asyncWith(new TaskGroup(), async group => {
      group.createTask(patient(log, 'child'));
      await failingWith('body');
    });
    await expect(failed).rejects.toThrow('unhandled errors in a TaskGroup (1 sub-exception)');
    const task = createTask(() =>
      asyncWith(new TaskGroup(), async group => {
        group.createTask(patient(log, 'grandchild'));
      }),
    );
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect(log).toEqual(['child CancelledError', 'grandchild CancelledError']);
  });

  it('is not failed by a task that is cancelled, nor by its own cancel', async () => {
    const log: string[] = [];
    await asyncWith(new TaskGroup(), async group => {
      group.createTask(never).cancel();
    });
    await asyncWith(new TaskGroup(), async group => {
      group.createTask(patient(log, 'child'));
      await sleep(0);
      group.cancel();
      await patient(log, 'body')();
    });
    expect(log.sort()).toEqual(['body CancelledError', 'child CancelledError']);
  });

  it('takes tasks only while it is open', async () => {
    const group = new TaskGroup();
    expect(() => group.createTask(never)).toThrow(RuntimeError);
    await asyncWith(group, () => {});
    expect(() => group.createTask(never)).toThrow('finished');
    await expect(asyncWith(group, () => {})).rejects.toThrow(RuntimeError);
  });
});

describe('asyncWith', () => {
  it('disposes of what can be disposed of', async () => {
    const log: string[] = [];
    const disposable = {
      [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: async () => void log.push('gone'),
    } as AsyncDisposable;
    const value = await asyncWith(disposable, async given => {
      log.push(String(given === disposable));
      return 1;
    });
    expect([value, log]).toEqual([1, ['true', 'gone']]);
    expect(() => asyncWith({} as never, () => {})).toThrow(TypeError);
  });
});
