// Futures made by hand: every row of Python's table of `Future`.

import { describe, expect, it } from 'vitest';
import {
  BlockingNotAllowedError,
  CancelledError,
  Future,
  InvalidStateError,
  RuntimeError,
  TimeoutError,
} from '../src/index.js';
import { aTurn, FALSY, messageOf, rejected, reported, thrown } from './support.js';

function running(): Future<unknown> {
  const future = new Future();
  future.setRunningOrNotifyCancel();
  return future;
}

function finished(value: unknown = 42): Future<unknown> {
  const future = running();
  future.setResult(value);
  return future;
}

function failed(...error: unknown[]): Future<unknown> {
  const future = running();
  future.setException(error.length > 0 ? error[0] : new TypeError('no'));
  return future;
}

function cancelled(): Future<unknown> {
  const future = new Future();
  future.cancel();
  return future;
}

describe('states', () => {
  it('each has its own answers', () => {
    const seen = [new Future(), running(), cancelled(), finished(), failed()].map(future => [
      future.running(),
      future.done(),
      future.cancelled(),
    ]);
    expect(seen).toEqual([
      [false, false, false],
      [true, false, false],
      [false, true, true],
      [false, true, false],
      [false, true, false],
    ]);
  });

  it('cancel works while pending, and again; not while running or finished', () => {
    const all = [new Future(), cancelled(), running(), finished(), failed()];
    expect(all.map(future => [future.cancel(), future.cancelled()])).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
      [false, false],
    ]);
  });

  it('the text says the state, and what a finished one holds', () => {
    class Thing {}
    expect(
      [
        new Future(),
        running(),
        cancelled(),
        finished(),
        finished(null),
        finished(new Thing()),
        finished(Object.create(null)),
        failed(),
        failed(7),
      ].map(String),
    ).toEqual([
      '<Future state=pending>',
      '<Future state=running>',
      '<Future state=cancelled>',
      '<Future state=finished returned number>',
      '<Future state=finished returned null>',
      '<Future state=finished returned Thing>',
      '<Future state=finished returned object>',
      '<Future state=finished raised TypeError>',
      '<Future state=finished raised number>',
    ]);
  });

  it('it starts once: a second time is an error in every state', () => {
    const fresh = new Future();
    expect(fresh.setRunningOrNotifyCancel()).toBe(true);
    const dropped = cancelled();
    expect(dropped.setRunningOrNotifyCancel()).toBe(false);
    for (const future of [fresh, dropped, finished(), failed()]) {
      const error = thrown(() => future.setRunningOrNotifyCancel());
      expect(error).toBeInstanceOf(RuntimeError);
      expect(messageOf(error)).toBe(`the future was started or settled already: ${future}`);
    }
  });

  it('it is settled once: a second time is an error that shows the state, and changes nothing', async () => {
    const error = new RangeError('first');
    const all: [Future<unknown>, string][] = [
      [finished(1), 'finished'],
      [failed(error), 'finished'],
      [cancelled(), 'cancelled'],
    ];
    for (const [future, state] of all)
      for (const again of [() => future.setResult(2), () => future.setException(new Error('2'))]) {
        const refusal = thrown(again);
        expect(refusal).toBeInstanceOf(InvalidStateError);
        expect(messageOf(refusal)).toBe(`the future is ${state} already: ${future}`);
      }
    expect(await all[0]![0]).toBe(1);
    expect(await all[1]![0].exception()).toBe(error);
    expect(await rejected(all[2]![0])).toBeInstanceOf(CancelledError);
  });

  it('it may be settled without having been started', async () => {
    const future = new Future<number>();
    future.setResult(1);
    expect(await future).toBe(1);
  });

  it('a snapshot shows all of it at once', () => {
    const error = new Error('no');
    expect([new Future(), cancelled(), finished(), failed(error)].map(f => f.snapshot())).toEqual([
      { done: false, cancelled: false, result: undefined, exception: undefined },
      { done: true, cancelled: true, result: undefined, exception: undefined },
      { done: true, cancelled: false, result: 42, exception: undefined },
      { done: true, cancelled: false, result: undefined, exception: error },
    ]);
  });

  it('it notes when it was made, started and ended', () => {
    const future = new Future();
    expect([typeof future.submitted, future.started, future.finished, future.worker]).toEqual([
      'number',
      undefined,
      undefined,
      undefined,
    ]);
    future.setRunningOrNotifyCancel();
    expect([typeof future.started, future.finished]).toEqual(['number', undefined]);
    future.setResult(1);
    const { submitted, started = 0, finished = 0 } = future;
    expect(submitted <= started && started <= finished).toBe(true);
    expect(Math.abs(Date.now() - finished)).toBeLessThan(60_000);
    const dropped = cancelled();
    expect([dropped.started, typeof dropped.finished]).toEqual([undefined, 'number']);
  });
});

describe('waiting', () => {
  it('is ended by a value, an error, or a cancel', async () => {
    const [one, two, three] = [new Future<number>(), new Future(), new Future()];
    const waits = [one.result({ timeout: 60 }), rejected(two.result()), rejected(three)];
    const error = new Error('no');
    one.setResult(1);
    two.setException(error);
    three.cancel();
    const [value, raised, refusal] = await Promise.all(waits);
    expect([value, raised]).toEqual([1, error]);
    expect(refusal).toBeInstanceOf(CancelledError);
  });

  it('exception gives the error, undefined for a value, and rejects for a cancel', async () => {
    const error = new Error('no');
    expect(await failed(error).exception()).toBe(error);
    expect(await finished().exception()).toBeUndefined();
    expect(await rejected(cancelled().exception())).toBeInstanceOf(CancelledError);
    expect(failed(error).exceptionSync()).toBe(error);
    expect(finished().exceptionSync(0)).toBeUndefined();
    const pending = new Future();
    const wait = pending.exception();
    pending.setException(error);
    expect(await wait).toBe(error);
  });

  it('with a time-out of 0 it only looks', async () => {
    for (const future of [new Future(), running()]) {
      for (const promise of [
        future.result({ timeout: 0 }),
        future.exception({ timeout: 0 }),
        future.result({ timeout: -1 }),
      ])
        expect(await rejected(promise)).toBeInstanceOf(TimeoutError);
      expect(thrown(() => future.resultSync(0))).toBeInstanceOf(TimeoutError);
      expect(thrown(() => future.exceptionSync(0))).toBeInstanceOf(TimeoutError);
    }
    expect(await finished().result({ timeout: 0 })).toBe(42);
    expect(finished().resultSync(-1)).toBe(42);
    expect(thrown(() => cancelled().resultSync(0))).toBeInstanceOf(CancelledError);
  });

  it('a time-out ends the wait, not the future', async () => {
    const future = new Future();
    const error = await rejected(future.result({ timeout: 0.01 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(messageOf(error)).toBe('the future was not done after 0.01 s');
    future.setResult(1);
    expect(await future).toBe(1);
  });

  it('a task’s own TimeoutError is told by identity', async () => {
    const own = new TimeoutError('mine');
    expect(await rejected(failed(own).result({ timeout: 5 }))).toBe(own);
  });

  it('blocking for what only this event loop can end is an error at once', () => {
    const error = thrown(() => new Future().resultSync());
    expect(error).toBeInstanceOf(BlockingNotAllowedError);
    expect(messageOf(error)).toMatch('await it');
    expect(thrown(() => new Future().exceptionSync(5))).toBeInstanceOf(BlockingNotAllowedError);
  });

  it('bad time-outs and options are refused at the call', () => {
    const future = finished();
    for (const bad of ['1', Number.NaN, null, {}])
      expect(thrown(() => future.resultSync(bad as never))).toBeInstanceOf(TypeError);
    for (const bad of [5, null, 'x', { timeOut: 1 }, { timeout: '1' }])
      expect(thrown(() => future.result(bad as never))).toBeInstanceOf(TypeError);
    expect(messageOf(thrown(() => future.exception({ seconds: 1 } as never)))).toBe(
      'exception has no option seconds; it has timeout',
    );
  });

  it('the same error is given every time', async () => {
    const error = new Error('no');
    const future = failed(error);
    for (let i = 0; i < 2; i++) {
      expect(await rejected(future.result())).toBe(error);
      expect(await rejected(future)).toBe(error);
      expect(await future.exception()).toBe(error);
      expect(thrown(() => future.resultSync())).toBe(error);
      expect(future.exceptionSync()).toBe(error);
    }
  });

  it.each(FALSY.map(value => [value]))('a thrown %s fails it in every form', async value => {
    const future = failed(value);
    const tell = (error: unknown) => Object.is(error, value);
    expect(await rejected(future).then(tell)).toBe(true);
    expect(await rejected(future.result()).then(tell)).toBe(true);
    expect(tell(thrown(() => future.resultSync()))).toBe(true);
    if (value === undefined) {
      const stand = (await future.exception()) as Error;
      expect([stand instanceof Error, stand.message]).toEqual([true, 'the task threw undefined']);
      expect([future.exceptionSync(), future.snapshot().exception]).toEqual([stand, stand]);
    } else {
      expect(tell(await future.exception())).toBe(true);
      expect(tell(future.exceptionSync())).toBe(true);
      expect(tell(future.snapshot().exception)).toBe(true);
    }
    expect(`${future}`).toMatch('state=finished raised');
  });
});

describe('callbacks', () => {
  it('run in order, once each time they were added, with the future', () => {
    const seen: unknown[] = [];
    const future = new Future<number>();
    const first = (f: Future<number>) => seen.push(['first', f === future, f.resultSync()]);
    future.addDoneCallback(first);
    future.addDoneCallback(() => seen.push('second'));
    future.addDoneCallback(first);
    future.setResult(1);
    expect(seen).toEqual([['first', true, 1], 'second', ['first', true, 1]]);
  });

  it('run for an error and for a cancel too, before the call that ends it returns, and not again', () => {
    const seen: string[] = [];
    for (const end of [
      (f: Future<unknown>) => f.setException(new Error('no')),
      (f: Future<unknown>) => f.cancel(),
    ]) {
      const future = new Future();
      future.addDoneCallback(f => seen.push(`${f} ${f.cancelled()}`));
      end(future);
      future.cancel();
    }
    expect(seen).toEqual([
      '<Future state=finished raised Error> false',
      '<Future state=cancelled> true',
    ]);
  });

  it('added late, run at once', () => {
    for (const future of [finished(), failed(), cancelled()]) {
      const seen: unknown[] = [];
      future.addDoneCallback(f => seen.push(f));
      expect(seen).toEqual([future]);
    }
  });

  it('added by a callback, run at once, before later ones', () => {
    const seen: number[] = [];
    const future = new Future();
    future.addDoneCallback(f => {
      seen.push(1);
      f.addDoneCallback(() => seen.push(2));
      seen.push(3);
    });
    future.addDoneCallback(() => seen.push(4));
    future.setResult(0);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('that throw or reject are reported, and the next ones run', async () => {
    const reports = await reported(async () => {
      const seen: string[] = [];
      for (const future of [new Future<number>(), finished()]) {
        future.addDoneCallback(() => {
          throw new Error('thrown');
        });
        future.addDoneCallback(() => Promise.reject(new Error('rejected')));
        future.addDoneCallback(() => seen.push('next'));
        if (!future.done()) future.setResult(1);
      }
      expect(seen).toEqual(['next', 'next']);
      await aTurn();
    });
    const about =
      'concurrent-futures: a done callback of <Future state=finished returned number> failed:';
    expect(reports.map(([text, error]) => [text, messageOf(error)]).sort()).toEqual(
      ['rejected', 'rejected', 'thrown', 'thrown'].map(message => [about, message]),
    );
  });

  it('run after whoever waits was told', async () => {
    const seen: string[] = [];
    const future = new Future();
    const wait = future.result({ timeout: 0.01 }).then(() => seen.push('waiter'));
    future.addDoneCallback(() => {
      // A slow callback does not make the wait late.
      const end = performance.now() + 20;
      while (performance.now() < end);
      seen.push('callback');
    });
    future.setResult(1);
    await wait;
    expect(seen).toEqual(['callback', 'waiter']);
  });

  it('must be functions', () => {
    expect(thrown(() => new Future().addDoneCallback('f' as never))).toBeInstanceOf(TypeError);
  });

  it('a future in an array passes through await', async () => {
    const future = finished();
    const [same] = await (async () => [future])();
    expect(same).toBe(future);
  });
});
