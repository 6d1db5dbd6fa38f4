// `AsyncExecutor`, `InlineExecutor`, and executors that users write.

import { describe, expect, it } from 'vitest';
import {
  AsyncExecutor,
  BlockingNotAllowedError,
  CancelledError,
  Executor,
  Future,
  InlineExecutor,
  partial,
  RuntimeError,
  task,
  tasksOf,
  withExecutor,
  withExecutorSync,
} from '../src/index.js';
import { aTurn, collect, FALSY, gate, messageOf, rejected, thrown } from './support.js';

const KINDS = { AsyncExecutor, InlineExecutor };
const module = new URL('./module-of-tasks.ts', import.meta.url);

describe.each(Object.entries(KINDS))('%s', (_name, Kind) => {
  it('calls a task with its arguments, as they are', async () => {
    await withExecutor(new Kind(), async executor => {
      const thing = { f: () => 1 };
      expect(await executor.submit((a, b) => [a, b], thing, 2)).toEqual([thing, 2]);
      expect((await executor.submit(a => [a], thing))[0]).toBe(thing);
      expect(await executor.submit(async (a: number) => a + 1, 1)).toBe(2);
      expect(await executor.submit(Math.max, 1, 2)).toBe(2);
    });
  });

  it('what a task throws becomes its error, and the executor goes on', async () => {
    await withExecutor(new Kind(), async executor => {
      const error = new Error('no');
      const refuse = () => {
        throw error;
      };
      expect(await executor.submit(refuse).exception()).toBe(error);
      expect(await rejected(executor.submit(async () => refuse()))).toBe(error);
      const nasty = {
        get then(): never {
          throw error;
        },
      };
      expect(await executor.submit(() => nasty).exception()).toBe(error);
      expect(await executor.submit(() => 1)).toBe(1);
    });
  });

  it.each(FALSY.map(value => [value]))('a task that throws %s fails', async value => {
    await withExecutor(new Kind(), async executor => {
      const refuse = () => {
        throw value;
      };
      const fails = [
        executor.submit(refuse),
        executor.submit(async () => refuse()),
        executor.map(refuse, [1]).next(),
      ];
      for (const promise of fails) expect(Object.is(await rejected(promise), value)).toBe(true);
      let seen: unknown = 'nothing';
      executor.submit(refuse).addDoneCallback(f => {
        seen = f.exceptionSync();
      });
      await aTurn();
      if (value === undefined) expect(messageOf(seen)).toBe('the task threw undefined');
      else expect(Object.is(seen, value)).toBe(true);
    });
  });

  it('imports what is named by address, once', async () => {
    await withExecutor(new Kind(), async executor => {
      const { double, count } = tasksOf<typeof import('./module-of-tasks.js')>(module);
      expect(await executor.submit(double, 4)).toBe(8);
      expect(await collect(executor.map(double, [1, 2, 3]))).toEqual([2, 4, 6]);
      expect([await executor.submit(count), await executor.submit(count)]).toEqual(
        [1, 2].map(n => n + before),
      );
      before += 2;
      expect(await executor.submit(partial(double, 5))).toBe(10);
      const missing = await executor.submit(task(module, 'nothing')).exception();
      expect(messageOf(missing)).toMatch(/has no export nothing; it has/);
      const absent = await executor.submit(task('file:///nowhere.js', 'x')).exception();
      expect(messageOf(absent)).toMatch('nowhere.js could not be imported');
      expect(
        messageOf(await executor.submit(tasksOf<{ double(): void }>().double).exception()),
      ).toMatch('serves no task double');
    });
  });

  it('refuses what is no task at the call', async () => {
    const executor = new Kind();
    for (const bad of [undefined, null, 'double', 5, {}])
      expect(thrown(() => executor.submit(bad as never))).toBeInstanceOf(TypeError);
    expect(thrown(() => executor.map(undefined as never, [1] as never))).toBeInstanceOf(TypeError);
    await executor.shutdown();
  });

  it('shutdown refuses what comes later, lets the rest run, and may be called again', async () => {
    const executor = new Kind();
    const hold = gate();
    const running = executor.submit(() => hold.promise);
    const other = executor.submit(async () => 2);
    const ended = executor.shutdown();
    const refusal = thrown(() => executor.submit(() => 1));
    expect(refusal).toBeInstanceOf(RuntimeError);
    expect(messageOf(refusal)).toBe('cannot schedule new futures after shutdown');
    expect(thrown(() => executor.map(() => 1, [1] as never))).toBeInstanceOf(RuntimeError);
    expect(await collect(executor.map((n: number) => n, []))).toEqual([]);
    expect(await other).toBe(2);
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await aTurn();
    expect([over, running.done()]).toEqual([false, false]);
    hold.open();
    await ended;
    expect(running.done()).toBe(true);
    await executor.shutdown({ wait: false, cancelFutures: true });
    await executor.shutdown();
    for (const bad of [null, true, { cancel: true }])
      expect(thrown(() => executor.shutdown(bad as never))).toBeInstanceOf(TypeError);
  });

  it('blocks for what is done, and refuses to block for what is not', async () => {
    const executor = new Kind();
    const hold = gate();
    const future = executor.submit(() => hold.promise);
    await aTurn();
    expect(thrown(() => future.resultSync())).toBeInstanceOf(BlockingNotAllowedError);
    expect(thrown(() => [...executor.map(() => hold.promise, [1] as never)])).toBeInstanceOf(
      BlockingNotAllowedError,
    );
    expect(messageOf(thrown(() => executor.shutdownSync()))).toMatch('await executor.shutdown()');
    hold.open();
    await executor.shutdown();
    executor.shutdownSync();
    expect(future.resultSync()).toBeUndefined();
  });

  it('notes when calls begin and end', async () => {
    await withExecutor(new Kind(), async executor => {
      const future = executor.submit(async () => 1);
      await future;
      const { submitted, started = 0, finished = 0 } = future;
      expect(submitted <= started && started <= finished && started > 0).toBe(true);
    });
  });

  it('an abort signal that is aborted already cancels; one that aborts later leaves what runs', async () => {
    await withExecutor(new Kind(), async executor => {
      let calls = 0;
      const future = executor.submitWith({ signal: AbortSignal.abort() }, () => calls++);
      expect([future.cancelled(), await rejected(future)]).toEqual([
        true,
        expect.any(CancelledError),
      ]);
      const controller = new AbortController();
      const hold = gate<number>();
      const running = executor.submitWith({ signal: controller.signal }, () => hold.promise);
      await aTurn();
      controller.abort();
      hold.open(7);
      expect([await running, calls]).toEqual([7, 0]);
      for (const bad of [undefined, null, { signal: {} }, { signals: controller.signal }])
        expect(thrown(() => executor.submitWith(bad as never, () => 1))).toBeInstanceOf(TypeError);
    });
  });

  it('await using and using shut it down', async () => {
    const symbols = [
      Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'),
      Symbol.dispose ?? Symbol.for('Symbol.dispose'),
    ] as const;
    for (const symbol of symbols) {
      const executor = new Kind();
      await executor[symbol as typeof Symbol.asyncDispose]();
      expect(thrown(() => executor.submit(() => 1))).toBeInstanceOf(RuntimeError);
    }
  });
});

let before = 0;

describe('AsyncExecutor', () => {
  it('begins nothing inside submit, so that it can be cancelled', async () => {
    await withExecutor(new AsyncExecutor(), async executor => {
      const seen: number[] = [];
      const futures = [1, 2, 3].map(n => executor.submit(() => seen.push(n)));
      expect([seen, futures[1]!.cancel(), executor.queued]).toEqual([[], true, 2]);
      await futures[2];
      expect(seen).toEqual([1, 3]);
    });
  });

  it('runs at most maxWorkers at a time, in the order of submission', async () => {
    await withExecutor(new AsyncExecutor({ maxWorkers: 3 }), async executor => {
      const began: number[] = [];
      const gates = Array.from({ length: 8 }, () => gate());
      const futures = gates.map((hold, n) =>
        executor.submit(() => {
          began.push(n);
          return hold.promise;
        }),
      );
      await aTurn();
      expect([began, executor.workers, executor.queued]).toEqual([[0, 1, 2], 3, 5]);
      gates[1]!.open();
      await futures[1];
      await aTurn();
      expect([began, futures[3]!.running(), futures[4]!.running()]).toEqual([
        [0, 1, 2, 3],
        true,
        false,
      ]);
      expect(futures[4]!.cancel()).toBe(true);
      for (const hold of gates) hold.open();
      await Promise.all(futures.filter(future => !future.cancelled()));
      expect(began).toEqual([0, 1, 2, 3, 5, 6, 7]);
    });
  });

  it('ten thousand at once are ordinary, with a limit and without', async () => {
    for (const options of [{}, { maxWorkers: 1 }, { maxWorkers: 1000 }])
      await withExecutor(new AsyncExecutor(options), async executor => {
        const count = 10_000;
        let most = 0;
        const futures = Array.from({ length: count }, (_, n) =>
          executor.submit(async () => {
            most = Math.max(most, executor.workers);
            await Promise.resolve();
            return n;
          }),
        );
        const values = await Promise.all(futures);
        expect(values.every((value, n) => value === n)).toBe(true);
        expect(most <= (options.maxWorkers ?? count)).toBe(true);
      });
  });

  it('a hundred thousand plain calls cost each what one of a thousand costs, and leave the event loop its turns', async () => {
    await withExecutor(new AsyncExecutor({ maxWorkers: 2 }), async executor => {
      let turns = 0;
      const timer = setInterval(() => turns++);
      const futures = Array.from({ length: 100_000 }, (_, n) => executor.submit(() => n));
      expect(await futures.at(-1)).toBe(99_999);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
    });
  });

  it('a task may submit and await its own executor, if the limit leaves room', async () => {
    await withExecutor(new AsyncExecutor({ maxWorkers: 2 }), async executor => {
      const depth = (n: number): Promise<number> =>
        n === 0 ? Promise.resolve(0) : executor.submit(depth, n - 1).then(value => value + 1);
      expect(await executor.submit(depth, 1)).toBe(1);
    });
  });

  it('shutdown cancels what has not begun, on request', async () => {
    const executor = new AsyncExecutor({ maxWorkers: 2 });
    const hold = gate<string>();
    const futures = Array.from({ length: 50 }, () => executor.submit(() => hold.promise));
    await aTurn();
    const seen: boolean[] = [];
    futures[49]!.addDoneCallback(f => seen.push(f.cancelled()));
    const ended = executor.shutdown({ cancelFutures: true });
    expect(seen).toEqual([true]);
    expect(futures.filter(future => future.cancelled()).length).toBe(48);
    hold.open('ran');
    await ended;
    expect(await futures[0]).toBe('ran');
    expect(futures.every(future => future.done())).toBe(true);
  });

  it('submit, cancel at once, shutdown: returns', async () => {
    const executor = new AsyncExecutor();
    const future = executor.submit(() => 1);
    future.cancel();
    await executor.shutdown();
    expect(future.cancelled()).toBe(true);
  });

  it('one abort cancels all that wait, and nobody listens when they are done', async () => {
    await withExecutor(new AsyncExecutor({ maxWorkers: 1 }), async executor => {
      const controller = new AbortController();
      const { signal } = controller;
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        listeners++;
        add(...args);
      };
      signal.removeEventListener = (...args: Parameters<typeof remove>) => {
        listeners--;
        remove(...args);
      };
      const submit = (f: () => unknown) => executor.submitWith({ signal }, f);
      expect(await Promise.all([submit(() => 1), submit(() => 2)])).toEqual([1, 2]);
      expect(listeners).toBe(0);
      const hold = gate();
      const first = submit(() => hold.promise);
      const others = Array.from({ length: 1000 }, () => submit(() => 1));
      await aTurn();
      expect(listeners).toBe(1);
      controller.abort(new Error('enough'));
      expect(others.every(future => future.cancelled())).toBe(true);
      expect([first.cancelled(), listeners]).toEqual([false, 1]);
      hold.open();
      await first;
      expect(listeners).toBe(0);
    });
  });

  it('a bad maxWorkers is refused', () => {
    for (const bad of [0, -1]) {
      const error = thrown(() => new AsyncExecutor({ maxWorkers: bad }));
      expect([error, messageOf(error)]).toEqual([
        expect.any(RangeError),
        `maxWorkers must be at least 1, not ${bad}`,
      ]);
    }
    for (const bad of ['2', 1.5, Number.NaN, null, true])
      expect(thrown(() => new AsyncExecutor({ maxWorkers: bad as never }))).toBeInstanceOf(
        TypeError,
      );
    expect(thrown(() => new AsyncExecutor({ workers: 1 } as never))).toBeInstanceOf(TypeError);
    expect(thrown(() => new AsyncExecutor(4 as never))).toBeInstanceOf(TypeError);
  });

  it('a future that its task settles by hand is not settled again', async () => {
    await withExecutor(new AsyncExecutor({ maxWorkers: 1 }), async executor => {
      const future: Future<string> = executor.submit(() => {
        future.setResult('by hand');
        return 'by return';
      });
      expect([await future, await executor.submit(() => 'next')]).toEqual(['by hand', 'next']);
    });
  });
});

describe('InlineExecutor', () => {
  it('runs inside submit, in order, and its futures are done', () => {
    const executor = new InlineExecutor();
    const seen: number[] = [];
    const futures = [1, 2, 3].map(n => executor.submit(() => seen.push(n)));
    expect([seen, futures.every(future => future.done())]).toEqual([[1, 2, 3], true]);
    expect([...executor.map((a: number, b: number) => a * b, [1, 2], [3, 4])]).toEqual([3, 8]);
    expect(thrown(() => [...executor.map(() => JSON.parse('{'), [1] as never)])).toBeInstanceOf(
      SyntaxError,
    );
  });

  it('nests', () => {
    const executor = new InlineExecutor();
    const factorial = (n: number): number =>
      n === 0 ? 1 : n * executor.submit(factorial, n - 1).resultSync();
    expect(executor.submit(factorial, 10).resultSync()).toBe(3_628_800);
  });
});

describe('withExecutor', () => {
  it('gives the value of its body, and waits for all work, also when the body throws', async () => {
    for (const fails of [false, true]) {
      const executor = new AsyncExecutor();
      let done = 0;
      const result = withExecutor(executor, async () => {
        executor.submit(async () => {
          await aTurn();
          done++;
        });
        if (fails) throw new Error('body');
        return 'value';
      });
      if (fails) expect(messageOf(await rejected(result))).toBe('body');
      else expect(await result).toBe('value');
      expect([done, thrown(() => executor.submit(() => 1))]).toEqual([1, expect.any(RuntimeError)]);
    }
  });

  it('has a blocking form', () => {
    const executor = new InlineExecutor();
    expect(withExecutorSync(executor, inner => inner.submit(() => 5).resultSync())).toBe(5);
    expect(thrown(() => executor.submit(() => 1))).toBeInstanceOf(RuntimeError);
    expect(
      messageOf(
        thrown(() =>
          withExecutorSync(new InlineExecutor(), () => {
            throw new Error('body');
          }),
        ),
      ),
    ).toBe('body');
  });
});

describe('an executor of one’s own', () => {
  class Reversed extends Executor {
    readonly waiting: (() => void)[] = [];
    override submit<A extends unknown[], R>(fn: unknown, ...args: A): Future<Awaited<R>> {
      const future = new Future<Awaited<R>>();
      this.waiting.push(() => {
        if (future.setRunningOrNotifyCancel())
          future.setResult((fn as (...args: A) => Awaited<R>)(...args));
      });
      return future;
    }
    run() {
      for (const call of this.waiting.splice(0).reverse()) call();
    }
  }

  it('needs submit alone: map, submitWith and withExecutor are built on it', async () => {
    const executor = new Reversed();
    const values = executor.map(
      partial((a: number, b: number) => a * b, 10),
      [1, 2, 3],
    );
    const controller = new AbortController();
    const aborted = executor.submitWith({ signal: controller.signal }, () => 1);
    controller.abort();
    const never = executor.submitWith({ signal: controller.signal }, () => 1);
    expect([aborted.cancelled(), never.cancelled(), executor.waiting.length]).toEqual([
      true,
      true,
      4,
    ]);
    executor.run();
    expect(await collect(values)).toEqual([10, 20, 30]);
    await executor.shutdown();
  });

  it('without submit says so', () => {
    class Empty extends Executor {}
    const error = thrown(() => new Empty().submit(() => 1));
    expect([error, messageOf(error)]).toEqual([
      expect.any(RuntimeError),
      'Empty has no submit of its own',
    ]);
  });
});
