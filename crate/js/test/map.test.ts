// `map` on the executors that need no worker: what it takes, when it submits, how it ends.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AsyncExecutor,
  CancelledError,
  Executor,
  type Future,
  InlineExecutor,
  type MapOptions,
  TimeoutError,
} from '../src/index.js';
import { aTurn, collect, gate, messageOf, rejected, thrown } from './support.js';

const square = (n: number) => n * n;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Counts up for ever, and notes how far it came, and whether it was told to stop. */
function counter() {
  const seen = { pulled: 0, closed: false };
  function* count() {
    try {
      for (;;) yield seen.pulled++;
    } finally {
      seen.closed = true;
    }
  }
  return { seen, items: count() };
}

describe.each(Object.entries({ AsyncExecutor, InlineExecutor }))('map of %s', (_name, Kind) => {
  it('gives the values in order, of any iterables in step, the shortest wins', async () => {
    const executor = new Kind();
    expect(await collect(executor.map(square, numbers(20)))).toEqual(numbers(20).map(square));
    expect(await collect(executor.map(Math.pow, new Set([2, 3, 4]), [1, 2]))).toEqual([2, 9]);
    const pair = (a: unknown, b: unknown) => `${a}${b}`;
    expect(await collect(executor.map(pair, 'abc', new Map([[1, 2]]).keys()))).toEqual(['a1']);
    expect(await collect(executor.map(square, []))).toEqual([]);
    await executor.shutdown();
  });

  it('is the same with every buffersize, and chunksize is ignored', async () => {
    const executor = new Kind();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 12 }),
        fc.option(fc.integer({ min: 1, max: 15 }), { nil: undefined }),
        async (items, buffersize) => {
          expect(await collect(executor.map(square, items, { buffersize }))).toEqual(
            items.map(square),
          );
        },
      ),
      { numRuns: 50 },
    );
    for (const chunksize of [0, -1, 'x', 2.5])
      expect(await collect(executor.map(square, [1, 2], { chunksize } as never))).toEqual([1, 4]);
    await executor.shutdown();
  });

  it('without iterables is empty, with options and without', async () => {
    const executor = new Kind();
    const map = executor.map.bind(executor) as (...args: unknown[]) => AsyncIterable<unknown>;
    for (const args of [[], [{}], [{ buffersize: 3 }], [undefined]])
      expect(await collect(map(square, ...args))).toEqual([]);
    await executor.shutdown();
  });

  it('refuses bad options at the call', () => {
    const executor = new Kind();
    const map = (options: unknown) => executor.map(square, [1], options as MapOptions);
    for (const buffersize of ['3', 1.5, null, {}, Number.NaN, true]) {
      const error = thrown(() => map({ buffersize }));
      expect([error, messageOf(error)]).toEqual([
        expect.any(TypeError),
        `buffersize must be an integer, not ${buffersize}`,
      ]);
    }
    for (const buffersize of [0, -1])
      expect(thrown(() => map({ buffersize }))).toBeInstanceOf(RangeError);
    expect(thrown(() => map({ timeout: '1' }))).toBeInstanceOf(TypeError);
    expect(messageOf(thrown(() => map({ bufferSize: 1 })))).toBe(
      'map has no option bufferSize; it has timeout, chunksize, buffersize',
    );
  });

  it('tells options from iterables, and says which argument is wrong', () => {
    const executor = new Kind();
    const map = executor.map.bind(executor) as (...args: unknown[]) => unknown;
    async function* later() {}
    const wrong: [unknown[], RegExp][] = [
      [[5], /argument 1: number is not iterable/],
      [[[1], null], /argument 2: null is not iterable/],
      [[{ timeout: 1 }, [1]], /argument 1: options must come last/],
      [[[1], { timeout: 1 }, {}], /argument 2: options must come last/],
      [
        [later()],
        /argument 1: object is not iterable \(an async iterable: collect its items first\)/,
      ],
      [[Promise.resolve([1])], /argument 1: object is not iterable/],
      [[{ 0: 'a', length: 1 }], /map has no option 0/],
    ];
    for (const [args, message] of wrong) {
      const error = thrown(() => map(square, ...args));
      expect(error).toBeInstanceOf(TypeError);
      expect(messageOf(error)).toMatch(message);
    }
  });

  it('an item’s error comes in its place, then the end; the rest is cancelled', async () => {
    const executor = new Kind();
    const error = new RangeError('two');
    const values = executor.map((n: number) => {
      if (n === 2) throw error;
      return n;
    }, numbers(5));
    expect([(await values.next()).value, (await values.next()).value]).toEqual([0, 1]);
    expect(await rejected(values.next())).toBe(error);
    for (let i = 0; i < 2; i++)
      expect(await values.next()).toEqual({ done: true, value: undefined });
    await executor.shutdown();
  });

  it('an iterable that throws at the call is an error of the call', async () => {
    const executor = new Kind();
    const error = new Error('input');
    let closed = false;
    function* throwing() {
      yield 1;
      throw error;
    }
    function* other() {
      try {
        for (;;) yield 1;
      } finally {
        closed = true;
      }
    }
    expect(thrown(() => executor.map(Math.pow, other(), throwing()))).toBe(error);
    expect(closed).toBe(true);
    await executor.shutdown();
  });

  it('an iterable that throws later is an error of that step, and ends the map', async () => {
    const executor = new Kind();
    const error = new Error('input');
    function* throwing() {
      yield 1;
      yield 2;
      throw error;
    }
    const values = executor.map(square, throwing(), { buffersize: 2 });
    expect(await rejected(values.next())).toBe(error);
    expect((await values.next()).done).toBe(true);
    await executor.shutdown();
  });

  it('without buffersize takes all input in the call; with it, exactly as much as is in flight', async () => {
    const executor = new Kind();
    const { seen, items } = counter();
    const values = executor.map(square, items, { buffersize: 4 });
    expect(seen).toEqual({ pulled: 4, closed: false });
    expect((await values.next()).value).toBe(0);
    expect(seen.pulled).toBe(5);
    expect((await values.next()).value).toBe(1);
    expect(seen.pulled).toBe(6);
    await values.return?.();
    expect(seen).toEqual({ pulled: 6, closed: true });
    expect((await values.next()).done).toBe(true);
    const [one, two] = [counter(), counter()];
    const pairs = executor.map(Math.max, one.items, two.items, { buffersize: 1 });
    for (const n of numbers(5)) expect((await pairs.next()).value).toBe(n);
    await executor.shutdown();
    expect(await rejected(pairs.next())).toMatchObject({ name: 'RuntimeError' });
  });

  it('the end of a loop by break ends it', async () => {
    const executor = new Kind();
    const { seen, items } = counter();
    for await (const value of executor.map(square, items, { buffersize: 2 })) if (value > 3) break;
    expect(seen.closed).toBe(true);
    await executor.shutdown();
  });

  it('steps that are asked for at once come in order', async () => {
    const executor = new Kind();
    const values = executor.map(async (n: number) => n, numbers(4));
    const steps = await Promise.all(numbers(6).map(() => values.next()));
    expect(steps.map(step => (step.done ? 'end' : step.value))).toEqual([0, 1, 2, 3, 'end', 'end']);
    await executor.shutdown();
  });
});

describe('a map that waits', () => {
  it('submits everything, also if nobody asks', async () => {
    const executor = new AsyncExecutor();
    let calls = 0;
    executor.map(() => calls++, numbers(7));
    await executor.shutdown();
    expect(calls).toBe(7);
  });

  it('the time counts from the call, for all values together; what is there is given past it', async () => {
    const executor = new AsyncExecutor({ maxWorkers: 2 });
    const hold = gate<number>();
    const began: number[] = [];
    const values = executor.map(
      (n: number) => {
        began.push(n);
        return n < 2 ? n : hold.promise;
      },
      numbers(6),
      { timeout: 0.03 },
    );
    await new Promise(resolve => setTimeout(resolve, 50));
    expect([(await values.next()).value, (await values.next()).value]).toEqual([0, 1]);
    const error = await rejected(values.next());
    expect([error, messageOf(error)]).toEqual([
      expect.any(TimeoutError),
      '4 calls of map were not done after 0.03 s',
    ]);
    expect((await values.next()).done).toBe(true);
    hold.open(1);
    await executor.shutdown();
    expect(began).toEqual([0, 1, 2, 3]);
  });

  it('with a time-out of 0 gives what is there', async () => {
    const inline = new InlineExecutor();
    expect(await collect(inline.map(square, [1, 2], { timeout: 0 }))).toEqual([1, 4]);
    expect([...inline.map(square, [1, 2], { timeout: 0 })]).toEqual([1, 4]);
    const hold = gate();
    const values = inline.map(() => hold.promise, [1], { timeout: 0 });
    expect(thrown(() => [...values])).toBeInstanceOf(TimeoutError);
    hold.open();
    await inline.shutdown();
  });

  it('a task’s own TimeoutError is that item’s error', async () => {
    const executor = new AsyncExecutor();
    const own = new TimeoutError('mine');
    const values = executor.map(() => Promise.reject(own), [1], { timeout: 5 });
    expect(await rejected(values.next())).toBe(own);
    await executor.shutdown();
  });

  it('cancels what has not begun when it ends early, and a step that waits then ends', async () => {
    const executor = new AsyncExecutor({ maxWorkers: 1 });
    const hold = gate<number>();
    let calls = 0;
    const values = executor.map(() => {
      calls++;
      return hold.promise;
    }, numbers(9));
    await aTurn();
    const step = values.next();
    await values.return?.();
    hold.open(5);
    expect((await step).done).toBe(true);
    await executor.shutdown();
    expect(calls).toBe(1);
  });

  it('a cancelled item is an error in its place', async () => {
    const futures: Future<unknown>[] = [];
    class Noting extends Executor {
      readonly #inner = new AsyncExecutor();
      override submit<A extends unknown[], R>(
        ...call: Parameters<typeof Executor.prototype.submit<A, R>>
      ) {
        const future = this.#inner.submit(...call);
        futures.push(future);
        return future;
      }
    }
    const values = new Noting().map(square, [1, 2, 3]);
    futures[1]!.cancel();
    expect((await values.next()).value).toBe(1);
    expect(await rejected(values.next())).toBeInstanceOf(CancelledError);
    expect(futures[2]!.done()).toBe(true);
  });

  it('a hundred thousand items are no trouble, at once or through a buffer', async () => {
    const executor = new AsyncExecutor();
    for (const options of [{}, { buffersize: 100 }]) {
      let sum = 0;
      for await (const value of executor.map((n: number) => n, numbers(100_000), options))
        sum += value;
      expect(sum).toBe((100_000 * 99_999) / 2);
    }
    await executor.shutdown();
  });
});
