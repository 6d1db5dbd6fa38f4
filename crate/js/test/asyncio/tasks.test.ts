// Tasks: what they give, and what cancelling does to a coroutine, whatever it awaits.

import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  allTasks,
  CancelledError,
  createTask,
  currentTask,
  Event,
  ensureFuture,
  Future,
  run,
  sleep,
  type Task,
} from '../../src/asyncio.js';
import { InvalidStateError, RuntimeError } from '../../src/errors.js';

afterEach(() => void vi.restoreAllMocks());

/** What a coroutine does when it is cancelled: says so, and throws it on. */
async function told(log: string[], wait: () => PromiseLike<unknown>): Promise<void> {
  try {
    await wait();
    log.push('went on');
  } catch (error) {
    log.push(`${(error as Error).name}: ${(error as Error).message}`);
    throw error;
  }
}

const never = (): Future<void> => new Future<void>();
/** Until all tasks that can go on have done so. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await sleep(0);
};

describe('a task', () => {
  it('starts in a later turn, and gives what its coroutine returns or throws', async () => {
    const log: string[] = [];
    const task = createTask(async () => {
      log.push('runs');
      await sleep(0);
      return 7;
    });
    log.push('made');
    expect([task.done(), await task, task.done(), task.result()]).toEqual([false, 7, true, 7]);
    expect(log).toEqual(['made', 'runs']);
    const failing = createTask(async () => {
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(failing.exception()).toBeInstanceOf(RangeError);
    expect(() => failing.result()).toThrow('no');
  });

  it('takes a plain function, a generator function, and a promise', async () => {
    expect(await createTask(() => 1)).toBe(1);
    expect(await createTask(Promise.resolve(2))).toBe(2);
    const steps = createTask(function* () {
      const three = (yield sleep(0, 3)) as number;
      const four = (yield Promise.resolve(4)) as number;
      yield;
      return three + four;
    });
    expect(await steps).toBe(7);
    expect(() => createTask(5 as never)).toThrow(TypeError);
  });

  it('runs one after the other, in the order in which they were made and woken', async () => {
    const log: string[] = [];
    const work = async (name: string) => {
      for (let i = 0; i < 3; i++) {
        log.push(`${name}${i}`);
        await sleep(0);
      }
    };
    const tasks = ['a', 'b', 'c'].map(name => createTask(() => work(name)));
    for (const task of tasks) await task;
    expect(log.join(' ')).toBe('a0 b0 c0 a1 b1 c1 a2 b2 c2');
  });

  it('knows itself, in nested functions too, and has a name', async () => {
    const inner = async (): Promise<string | undefined> => {
      await sleep(0);
      return currentTask()?.name;
    };
    const middle = async (): Promise<unknown[]> => [await inner(), currentTask()?.name];
    const names = await createTask(
      async task => [task.name, ...(await middle()), currentTask() === task],
      { name: 'reader' },
    );
    expect(names).toEqual(['reader', 'reader', 'reader', true]);
    expect(currentTask()).toBe(null);
    expect(createTask(() => 0).name).toMatch(/^Task-\d+$/);
  });

  it('is among all tasks until it is done', async () => {
    const task: Task<unknown> = createTask(() => sleep(0));
    expect(allTasks().has(task)).toBe(true);
    await task;
    expect(allTasks().has(task)).toBe(false);
  });

  it('says what it is', async () => {
    const task = createTask(() => 1, { name: 'one' });
    expect(String(task)).toBe('<Task one pending>');
    await task;
    expect(String(task)).toBe('<Task one finished>');
    expect(String(new Future())).toBe('<Future pending>');
  });
});

describe('cancelling', () => {
  it('throws at the await, and the task is cancelled when it is thrown on', async () => {
    const log: string[] = [];
    const task = createTask(() => told(log, () => sleep(1000)));
    await settled();
    expect([task.cancel('enough'), task.done()]).toEqual([true, false]);
    await expect(task).rejects.toThrow(CancelledError);
    expect(log).toEqual(['CancelledError: enough']);
    expect([task.cancelled(), task.done(), task.cancel()]).toEqual([true, true, false]);
    expect(() => task.result()).toThrow(CancelledError);
    expect(() => task.exception()).toThrow(CancelledError);
  });

  it('reaches nested async functions, again and again', async () => {
    const log: string[] = [];
    const rest = async (): Promise<void> => {
      await sleep(0);
      await sleep(0);
    };
    const task = createTask(async () => {
      for (;;) {
        await rest();
        await rest();
        log.push('round');
        if (log.length === 3) await told(log, never);
      }
    });
    while (log.length < 3) await sleep(0);
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect(log).toEqual(['round', 'round', 'round', 'CancelledError: ']);
  });

  it('before the start keeps the coroutine from running', async () => {
    const body = vi.fn();
    const task = createTask(body);
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect(body).not.toHaveBeenCalled();
  });

  it('may be refused, and dealt with', async () => {
    const task: Task<string> = createTask(async task => {
      try {
        await never();
      } catch {
        return `${task.cancelling()} ${task.uncancel()}`;
      }
      return 'went on';
    });
    await settled();
    task.cancel();
    expect(await task).toBe('1 0');
    expect(task.cancelled()).toBe(false);
  });

  it('of itself throws at the next await', async () => {
    const log: string[] = [];
    const task = createTask(async task => {
      task.cancel('by myself');
      log.push('goes on');
      await told(log, never);
    });
    await expect(task).rejects.toThrow('by myself');
    expect(log).toEqual(['goes on', 'CancelledError: by myself']);
  });

  it('that nothing could throw any more makes the task cancelled at its end', async () => {
    const task = createTask(async task => {
      task.cancel();
      return 'too late';
    });
    await expect(task).rejects.toThrow(CancelledError);
    expect(task.cancelled()).toBe(true);
  });

  it('goes on to the task that is awaited, and back', async () => {
    const log: string[] = [];
    const inner = createTask(() => told(log, never));
    const outer = createTask(() => told(log, () => inner));
    await settled();
    outer.cancel('all');
    await expect(outer).rejects.toThrow('all');
    expect([inner.cancelled(), log]).toEqual([
      true,
      ['CancelledError: all', 'CancelledError: all'],
    ]);
  });

  it('wins over a value that came in the same turn', async () => {
    const future = new Future<number>();
    const log: string[] = [];
    const task = createTask(() => told(log, () => future));
    await settled();
    future.setResult(1);
    task.cancel('late');
    await expect(task).rejects.toThrow('late');
    expect(log).toEqual(['CancelledError: late']);
  });

  it('reaches a promise of somebody else, when it is a future first', async () => {
    const log: string[] = [];
    const task = createTask(async () => {
      await ensureFuture(Promise.resolve());
      await told(log, () => ensureFuture(new Promise(() => {})));
    });
    await settled();
    task.cancel();
    await expect(task).rejects.toThrow(CancelledError);
    expect(log).toEqual(['CancelledError: ']);
  });

  it('is told by the signal, and the task waits for a coroutine that took it', async () => {
    const log: string[] = [];
    const task = createTask(async ({ signal }) => {
      await new Promise<void>((_, reject) => {
        signal.onabort = () => setTimeout(() => reject(signal.reason), 1);
      }).catch(error => {
        log.push(`${error.name}: ${error.message}`);
        throw error;
      });
    });
    await settled();
    task.cancel('stop');
    expect(task.done()).toBe(false);
    await expect(task).rejects.toThrow('stop');
    expect(log).toEqual(['CancelledError: stop']);
    expect(task.signal.aborted).toBe(true);
  });

  it('by the signal makes an AbortError a cancelling, and may be refused', async () => {
    const aborted = ({ signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((_, reject) => {
        signal.onabort = () => reject(new DOMException('aborted', 'AbortError'));
      });
    const task = createTask(aborted);
    const refusing = createTask(task => aborted(task).catch(() => 'refused'));
    await settled();
    task.cancel('stop');
    refusing.cancel();
    await expect(task).rejects.toThrow('stop');
    expect(task.cancelled()).toBe(true);
    expect(await refusing).toBe('refused');
  });

  it('leaves a coroutine behind that awaits somebody else and cannot be told', async () => {
    let open = (): void => {};
    const gate = new Promise<void>(resolve => {
      open = resolve;
    });
    const log: string[] = [];
    const task = createTask(async () => {
      await gate;
      log.push('goes on alone');
    });
    const promised = createTask(gate);
    await settled();
    for (const left of [task, promised]) {
      left.cancel();
      expect(left.cancelled()).toBe(true);
    }
    open();
    await settled();
    expect(log).toEqual(['goes on alone']);
  });

  it('throws at any step of a generator, promises of somebody else included', async () => {
    const log: string[] = [];
    const task = createTask(function* () {
      try {
        yield Promise.resolve();
        yield new Promise(() => {});
      } catch (error) {
        log.push((error as Error).message);
        yield sleep(0);
        log.push('cleaned up');
        throw error;
      }
    });
    await settled();
    task.cancel('step');
    await expect(task).rejects.toThrow('step');
    expect(log).toEqual(['step', 'cleaned up']);
  });

  it('does not touch a task that is at its turn while another is cancelled', async () => {
    const log: string[] = [];
    const event = new Event();
    const first = createTask(() => told(log, () => event.wait()));
    const second = createTask(async () => {
      await Promise.resolve();
      first.cancel('first');
      await Promise.resolve();
      await sleep(0);
      log.push('second');
    });
    await second;
    await expect(first).rejects.toThrow('first');
    expect(log.sort()).toEqual(['CancelledError: first', 'second']);
  });
});

describe('a future', () => {
  it('is settled once, and read when it is done', async () => {
    const future = new Future<number>();
    expect(() => future.result()).toThrow(InvalidStateError);
    expect(() => future.exception()).toThrow(InvalidStateError);
    future.setResult(3);
    expect([future.result(), future.exception(), future.cancel()]).toEqual([3, undefined, false]);
    expect(() => future.setResult(4)).toThrow(InvalidStateError);
    expect(() => future.setException(new Error('x'))).toThrow(InvalidStateError);
    expect(await future).toBe(3);
  });

  it('calls its callbacks later, in order, and without those taken back', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const future = new Future<number>();
    const log: unknown[] = [];
    const gone = () => log.push('gone');
    future.addDoneCallback(gone);
    future.addDoneCallback(() => log.push(1));
    future.addDoneCallback(() => {
      throw new Error('a bad one');
    });
    future.addDoneCallback(done => log.push(done === future));
    expect([future.removeDoneCallback(gone), future.removeDoneCallback(gone)]).toEqual([1, 0]);
    future.setResult(0);
    expect(log).toEqual([]);
    await settled();
    future.addDoneCallback(() => log.push('late'));
    await settled();
    expect(log).toEqual([1, true, 'late']);
    expect(report).toHaveBeenCalledOnce();
    expect(() => future.addDoneCallback(null as never)).toThrow(TypeError);
  });

  it('chains as a promise does', async () => {
    const future = new Future<number>();
    const chained = future.then(value => value + 1).then(value => value * 2);
    future.setResult(1);
    expect(await chained).toBe(4);
    expect(await Promise.all([future, 5])).toEqual([1, 5]);
  });
});

describe('sleep', () => {
  it('waits, gives its result, and is one turn for zero or less', async () => {
    const start = performance.now();
    expect(await sleep(0.03, 'slept')).toBe('slept');
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    expect(await sleep(0, 'turn')).toBe('turn');
    expect(await sleep(-5)).toBe(undefined);
  });

  it('refuses what is no number', () => {
    expect(() => sleep(Number.NaN)).toThrow(RangeError);
    expect(() => sleep('1' as never)).toThrow(TypeError);
  });
});

describe('run', () => {
  it('gives what the main coroutine gives, and cancels what it left over', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const log: string[] = [];
    const outside = createTask(never);
    const value = await run(async () => {
      createTask(() => told(log, never));
      createTask(async () => {
        try {
          await never();
        } catch {
          throw new RangeError('at the end');
        }
      });
      await sleep(0);
      return 'done';
    });
    expect([value, log]).toEqual(['done', ['CancelledError: ']]);
    expect(report.mock.calls.map(([, error]) => String(error))).toEqual(['RangeError: at the end']);
    expect(outside.done()).toBe(false);
    outside.cancel();
  });

  it('is for one program at a time', async () => {
    const program = run(async () => {
      await expect(run(async () => {})).rejects.toThrow(RuntimeError);
    });
    await expect(run(async () => {})).rejects.toThrow(RuntimeError);
    await program;
    await expect(
      run(async () => {
        throw new RangeError('main');
      }),
    ).rejects.toThrow('main');
    expect(await run(() => 5)).toBe(5);
  });
});
