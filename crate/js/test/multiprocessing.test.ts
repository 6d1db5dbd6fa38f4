// What a pool of `multiprocessing` makes of its executor's futures: results, callbacks, and iterators that feed on an
// input. The workers are played by the test.

import { describe, expect, it } from 'vitest';
import { BrokenExecutor } from '../src/errors.js';
import { CancelledError, Future, TimeoutError } from '../src/index.js';
import { Crew } from '../src/multiprocessing/crew.js';
import { Imap } from '../src/multiprocessing/imap.js';
import { AsyncResult, type Callbacks } from '../src/multiprocessing/result.js';
import type { Workers } from '../src/multiprocessing/workers.js';
import { aTurn, collect, messageOf, rejected, reported, thrown } from './support.js';

/** Workers that end calls when the test says so, and what became of them. */
function stage() {
  const futures: Future<unknown>[] = [];
  const sent: unknown[][] = [];
  const shutdowns: unknown[] = [];
  const send = (items: unknown[][]): Future<unknown> => {
    const future = new Future<unknown>();
    futures.push(future);
    sent.push(items.map(([item]) => item));
    return future;
  };
  const workers: Workers = {
    workers: 2,
    shutdown: async options => {
      shutdowns.push(options);
    },
    shutdownSync: options => {
      shutdowns.push(options);
    },
    send: (_fn, args) => send([args]),
    sender: () => send,
    stop: () => {
      for (const future of futures) future.cancel();
    },
    stopped: () => new BrokenExecutor('the pool was terminated'),
  };
  return { futures, sent, shutdowns, workers, send, crew: new Crew(workers) };
}

const made = (crew: Crew, futures: Future<unknown>[], callbacks: Callbacks<unknown> = {}) =>
  new AsyncResult<unknown>(crew, futures, values => values, callbacks);

describe('AsyncResult', () => {
  it('is ready when all calls are, and calls back before whoever waits goes on', async () => {
    const { crew } = stage();
    const futures = [new Future<unknown>(), new Future<unknown>()] as const;
    const order: unknown[] = [];
    const result = made(crew, [...futures], { callback: value => order.push(['called', value]) });
    const waiting = result.get().then(value => order.push(['got', value]));
    futures[1].setResult(2);
    await aTurn();
    expect([result.ready(), order]).toEqual([false, []]);
    futures[0].setResult(1);
    expect(order).toEqual([]);
    await waiting;
    const both = [1, 2];
    expect(order).toEqual([
      ['called', both],
      ['got', both],
    ]);
    expect([result.ready(), result.successful(), result.getSync()]).toEqual([true, true, both]);
  });

  it('calls back in the look that finds it ready, and once', () => {
    const { crew } = stage();
    const future = new Future<unknown>();
    let calls = 0;
    const result = made(crew, [future], { callback: () => calls++ });
    future.setResult(1);
    expect([result.ready(), result.ready(), calls]).toEqual([true, true, 1]);
    result.waitSync();
    expect([result.getSync(0), calls]).toEqual([[1], 1]);
  });

  it('fails with the error that came first, and with that same one each time', async () => {
    const { crew } = stage();
    const futures = [new Future<unknown>(), new Future<unknown>(), new Future<unknown>()] as const;
    const heard: unknown[] = [];
    const result = made(crew, [...futures], {
      callback: () => heard.push('called'),
      errorCallback: error => heard.push(error),
    });
    const first = new Error('first');
    futures[2].setException(first);
    futures[0].setException(new Error('second'));
    expect(result.ready()).toBe(false);
    futures[1].setResult(1);
    expect([await rejected(result.get()), thrown(() => result.getSync())]).toEqual([first, first]);
    expect([heard, result.successful()]).toEqual([[first], false]);
  });

  it('over nothing is ready at once, and calls nobody', () => {
    const { crew } = stage();
    const heard: unknown[] = [];
    const result = made(crew, [], { callback: value => heard.push(value) });
    expect([result.ready(), result.getSync(), heard]).toEqual([true, [], []]);
  });

  it('times out, and goes on', async () => {
    const { crew } = stage();
    const future = new Future<unknown>();
    const result = made(crew, [future]);
    await result.wait({ timeout: 0.001 });
    expect(result.ready()).toBe(false);
    expect(await rejected(result.get({ timeout: 0.001 }))).toBeInstanceOf(TimeoutError);
    expect(thrown(() => result.getSync(0))).toBeInstanceOf(TimeoutError);
    expect(messageOf(thrown(() => result.successful()))).toContain('not ready');
    future.setResult(3);
    expect(await result.get({ timeout: 0 })).toEqual([3]);
  });

  it('refuses options that are none', () => {
    const result = made(stage().crew, []);
    for (const bad of [{ timeOut: 1 }, 5, null]) {
      expect(thrown(() => result.get(bad as never))).toBeInstanceOf(TypeError);
      expect(thrown(() => result.wait(bad as never))).toBeInstanceOf(TypeError);
    }
  });

  it('reports what a callback throws, or rejects with, and is ready all the same', async () => {
    const { crew } = stage();
    const reports = await reported(async () => {
      for (const callback of [
        () => {
          throw new Error('thrown');
        },
        async () => {
          throw new Error('rejected');
        },
      ]) {
        const future = new Future<unknown>();
        const result = made(crew, [future], { callback });
        future.setResult(1);
        expect(await result.get()).toEqual([1]);
        await aTurn();
      }
    });
    expect(reports.map(([, error]) => messageOf(error))).toEqual(['thrown', 'rejected']);
  });

  it('of a pool that was terminated fails', async () => {
    const { crew, workers } = stage();
    const result = made(crew, [workers.send(() => 1, []), workers.send(() => 1, [])]);
    crew.terminate();
    expect(messageOf(await rejected(result.get()))).toBe('the pool was terminated');
  });

  it('tells a call that was cancelled from a pool that was terminated', async () => {
    const { crew, workers } = stage();
    const future = workers.send(() => 1, []);
    const result = made(crew, [future]);
    future.cancel();
    expect(await rejected(result.get())).toBeInstanceOf(CancelledError);
  });
});

describe('imap', () => {
  const plan = { chunksize: 1, ordered: true };

  it('takes its input without being asked for values', () => {
    const { crew, send, sent } = stage();
    new Imap(crew, send, [1, 2, 3].values(), plan);
    expect(sent).toEqual([[1], [2], [3]]);
  });

  it('pauses an endless input when many calls are in flight, and goes on when some are done', async () => {
    const { crew, send, sent, futures } = stage();
    const input = (function* () {
      for (;;) yield 0;
    })();
    const values = new Imap(crew, send, input, plan);
    let before = 0;
    while (sent.length > before) {
      before = sent.length;
      await aTurn();
    }
    expect(before).toBeGreaterThan(1000);
    expect(before).toBeLessThan(10_000);
    for (const future of futures.slice(0, 3000)) future.setResult(1);
    await aTurn();
    expect(sent.length).toBeGreaterThan(before);
    await values.return();
    expect([input.next().done, (await values.next()).done]).toEqual([true, true]);
  });

  it('gives values in order, or as they come', async () => {
    for (const ordered of [true, false]) {
      const { crew, send, futures } = stage();
      const values = new Imap(crew, send, [1, 2, 3].values(), { chunksize: 1, ordered });
      const all = collect(values);
      for (const index of [2, 0, 1]) futures[index]?.setResult(index);
      expect(await all).toEqual(ordered ? [0, 1, 2] : [2, 0, 1]);
    }
  });

  it('gives each value once where a look at one call finds another done', async () => {
    const { crew, send, futures } = stage();
    const values = new Imap(crew, send, [1, 2].values(), plan);
    const [first, second] = futures as [Future<unknown>, Future<unknown>];
    const { here } = first;
    first.here = () => {
      first.here = here;
      second.setResult('b');
      return here.call(first);
    };
    first.setResult('a');
    expect(await collect(values)).toEqual(['a', 'b']);
  });

  it('sends chunks, and ends at the first that fails', async () => {
    const { crew, send, sent, futures } = stage();
    const values = new Imap(crew, send, [1, 2, 3, 4, 5].values(), { chunksize: 2, ordered: true });
    expect(sent).toEqual([[1, 2], [3, 4], [5]]);
    futures[0]?.setResult(['a', 'b']);
    futures[1]?.setException(new Error('lost'));
    futures[2]?.setResult(['e']);
    expect([await values.next(), await values.next()].map(({ value }) => value)).toEqual([
      'a',
      'b',
    ]);
    expect(messageOf(await rejected(values.next()))).toBe('lost');
    expect((await values.next()).done).toBe(true);
  });

  it('serves several steps at once in their order, and forgets those that timed out', async () => {
    const { crew, send, futures } = stage();
    const values = new Imap(crew, send, [1, 2].values(), plan);
    const late = values.next({ timeout: 0.001 });
    const [first, second, third] = [values.next(), values.next({ timeout: 60 }), values.next()];
    expect(await rejected(late)).toBeInstanceOf(TimeoutError);
    futures[1]?.setResult(2);
    futures[0]?.setResult(1);
    expect(await Promise.all([first, second, third])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  it('gives an error of the input after all values, in any order', async () => {
    for (const ordered of [true, false]) {
      const { crew, send, futures } = stage();
      const input = (function* () {
        yield 1;
        throw new Error('of the input');
      })();
      const values = new Imap(crew, send, input, { chunksize: 1, ordered });
      const step = values.next();
      futures[0]?.setResult(1);
      expect((await step).value).toBe(1);
      expect(messageOf(await rejected(values.next()))).toBe('of the input');
      expect((await values.next()).done).toBe(true);
    }
  });

  it('of a pool that is terminated fails, and ends its input', async () => {
    const { crew, send } = stage();
    let ended = false;
    const input = (function* () {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    })();
    const values = new Imap(crew, send, input, plan);
    const step = values.next();
    crew.terminate();
    expect([messageOf(await rejected(step)), ended]).toEqual(['the pool was terminated', true]);
  });
});

describe('the end of a pool', () => {
  it('waits, when it is closed, until inputs are used up', async () => {
    const { crew, send, shutdowns, sent } = stage();
    const slow = (function* () {
      for (let n = 0; n < 3; n++) {
        const end = performance.now() + 5;
        while (performance.now() < end);
        yield n;
      }
    })();
    new Imap(crew, send, slow, { chunksize: 1, ordered: true });
    expect(sent.length).toBeLessThan(3);
    crew.close();
    expect(shutdowns).toEqual([]);
    await crew.join();
    expect([sent.length, shutdowns]).toEqual([3, [{ wait: false }, undefined]]);
  });

  it('takes, when it blocks, the rest of all inputs', () => {
    const { crew, send, shutdowns, sent } = stage();
    const slow = (function* () {
      for (let n = 0; n < 3; n++) {
        const end = performance.now() + 5;
        while (performance.now() < end);
        yield n;
      }
    })();
    new Imap(crew, send, slow, { chunksize: 1, ordered: true });
    crew.close();
    crew.joinSync();
    expect([sent.length, shutdowns]).toEqual([3, [{ wait: false }, undefined]]);
  });
});
