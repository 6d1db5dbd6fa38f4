// `wait` and `asCompleted` over futures made by hand.

import { describe, expect, it } from 'vitest';
import {
  ALL_COMPLETED,
  asCompleted,
  BlockingNotAllowedError,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  TimeoutError,
  wait,
  waitSync,
} from '../src/index.js';
import { aTurn, collect, messageOf, rejected, thrown } from './support.js';

const some = (count: number) => Array.from({ length: count }, () => new Future<number>());

function ended(kind: 'value' | 'error' | 'cancel'): Future<number> {
  const future = new Future<number>();
  if (kind === 'cancel') future.cancel();
  else if (kind === 'value') future.setResult(1);
  else future.setException(new Error('no'));
  return future;
}

/** Whether the promise is still pending after a turn. */
async function waits(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await aTurn();
  return !settled;
}

describe('wait', () => {
  it('for the first: comes back as one is done or cancelled, at once if one is', async () => {
    for (const end of [
      (f: Future<number>) => f.setResult(1),
      (f: Future<number>) => f.setException(new Error('no')),
      (f: Future<number>) => f.cancel(),
    ]) {
      const futures = some(3);
      const found = wait(futures, { returnWhen: FIRST_COMPLETED });
      expect(await waits(found)).toBe(true);
      end(futures[1]!);
      const { done, notDone } = await found;
      expect([[...done], [...notDone]]).toEqual([[futures[1]], [futures[0], futures[2]]]);
    }
    const mixed = [ended('cancel'), new Future<number>(), ended('value')];
    const { done, notDone } = await wait(mixed, { returnWhen: FIRST_COMPLETED });
    expect([[...done], [...notDone]]).toEqual([[mixed[0], mixed[2]], [mixed[1]]]);
  });

  it('for the first error: values and cancels do not count; else it waits for all', async () => {
    const futures = [...some(3), ended('value'), ended('cancel')];
    const found = wait(futures, { returnWhen: FIRST_EXCEPTION });
    futures[0]!.setResult(1);
    futures[1]!.cancel();
    expect(await waits(found)).toBe(true);
    futures[2]!.setException(undefined);
    expect((await found).done.size).toBe(5);
    const failed = [new Future<number>(), ended('error')];
    expect((await wait(failed, { returnWhen: FIRST_EXCEPTION })).notDone.size).toBe(1);
    const fine = some(2);
    const all = wait(fine, { returnWhen: FIRST_EXCEPTION });
    for (const future of fine) future.setResult(1);
    expect((await all).notDone.size).toBe(0);
  });

  it('for all: values, errors and cancels', async () => {
    const futures = some(3);
    const found = wait(futures, { returnWhen: ALL_COMPLETED });
    futures[0]!.setResult(1);
    futures[1]!.setException(new Error('no'));
    expect(await waits(found)).toBe(true);
    futures[2]!.cancel();
    const { done, notDone } = await found;
    expect([[...done], notDone.size]).toEqual([futures, 0]);
  });

  it('comes back when the time is over, without an error', async () => {
    const futures = [ended('value'), new Future<number>()];
    for (const timeout of [0, 0.01, -1]) {
      const { done, notDone } = await wait(futures, { timeout });
      expect([[...done], [...notDone]]).toEqual([[futures[0]], [futures[1]]]);
    }
  });

  it('merges duplicates, takes any iterable, and nothing at all', async () => {
    const future = ended('value');
    const { done } = await wait(new Set([future, future]).values());
    expect([...done]).toEqual([future]);
    expect((await wait([future, future])).done.size).toBe(1);
    const empty = await wait([]);
    expect([empty.done.size, empty.notDone.size]).toEqual([0, 0]);
  });

  it('a hundred thousand futures cost each what one of a thousand costs', async () => {
    const futures = some(100_000);
    const found = wait(futures);
    for (const future of futures) future.setResult(1);
    expect((await found).done.size).toBe(100_000);
  });

  it('refuses bad arguments at the call', () => {
    const future = ended('value');
    for (const bad of [undefined, null, 5, future, [1], [Promise.resolve()]])
      for (const call of [wait, waitSync, asCompleted])
        expect(thrown(() => call(bad as never))).toBeInstanceOf(TypeError);
    expect(thrown(() => wait([future], { returnWhen: 'SOMETIMES' as never }))).toBeInstanceOf(
      RangeError,
    );
    for (const bad of [5, null, { timeOut: 1 }, { timeout: 'x' }])
      for (const call of [wait, waitSync, asCompleted])
        expect(thrown(() => call([future], bad as never))).toBeInstanceOf(TypeError);
  });
});

describe('waitSync', () => {
  it('answers where enough is done, or no time is given', () => {
    const [done, pending] = [ended('value'), new Future<number>()];
    expect(waitSync([done]).done.size).toBe(1);
    expect(waitSync([done, pending], { returnWhen: FIRST_COMPLETED }).notDone.size).toBe(1);
    expect(waitSync([done, pending], { timeout: 0 }).notDone.size).toBe(1);
  });

  it('refuses to wait for what only this event loop can end', () => {
    expect(thrown(() => waitSync([new Future()]))).toBeInstanceOf(BlockingNotAllowedError);
    expect(thrown(() => [...asCompleted([new Future()])])).toBeInstanceOf(BlockingNotAllowedError);
  });
});

describe('asCompleted', () => {
  it('gives what is done first, then the others as they end, each once', async () => {
    const pending = some(3);
    const futures = [...pending, ended('error'), ended('cancel'), pending[0]!];
    const seen: number[] = [];
    const all = (async () => {
      for await (const future of asCompleted(futures)) seen.push(futures.indexOf(future));
    })();
    await aTurn();
    expect(seen).toEqual([3, 4]);
    pending[2]!.setResult(1);
    pending[0]!.cancel();
    await aTurn();
    pending[1]!.setException(new Error('no'));
    await all;
    expect(seen).toEqual([3, 4, 2, 0, 1]);
  });

  it('says how many of how many were late, after what is done', async () => {
    for (const timeout of [0, 0.01]) {
      const futures = [...some(2), ended('value'), ended('cancel')];
      const found = asCompleted(futures, { timeout });
      expect([(await found.next()).value, (await found.next()).value]).toEqual(futures.slice(2));
      const error = await rejected(found.next());
      expect([error, messageOf(error)]).toEqual([
        expect.any(TimeoutError),
        '2 (of 4) futures unfinished',
      ]);
      expect((await found.next()).done).toBe(true);
    }
  });

  it('the time counts from the call, and what is done by then still comes', async () => {
    const futures = some(2);
    const found = asCompleted(futures, { timeout: 0.01 });
    await new Promise(resolve => setTimeout(resolve, 30));
    futures[1]!.setResult(1);
    expect((await found.next()).value).toBe(futures[1]);
    expect(await rejected(found.next())).toBeInstanceOf(TimeoutError);
  });

  it('steps that are asked for at once are served in order, and end together', async () => {
    const futures = some(10_000);
    const found = asCompleted(futures);
    const steps = Array.from({ length: 10_001 }, () => found.next());
    for (const future of futures) future.setResult(1);
    const results = await Promise.all(steps);
    expect(results.slice(0, -1).every((step, n) => step.value === futures[n])).toBe(true);
    expect(results.at(-1)?.done).toBe(true);
    const late = asCompleted(some(2), { timeout: 0.01 });
    const [first, second] = [late.next(), late.next()];
    expect(messageOf(await rejected(first))).toBe('2 (of 2) futures unfinished');
    expect((await second).done).toBe(true);
  });

  it('iterates without waiting over what is done, also by a plain loop', () => {
    const futures = [ended('value'), ended('cancel')];
    expect([...asCompleted(futures)]).toEqual(futures);
    const late = asCompleted([...futures, new Future<number>()], { timeout: 0 });
    const seen: unknown[] = [];
    const error = thrown(() => {
      for (const future of late) seen.push(future);
    });
    expect([seen, messageOf(error)]).toEqual([futures, '1 (of 3) futures unfinished']);
  });

  it('closed early, it gives nothing more', async () => {
    const futures = some(2);
    const found = asCompleted(futures);
    const step = found.next();
    await found.return?.();
    expect((await step).done).toBe(true);
    futures[0]!.setResult(1);
    expect(await collect(found)).toEqual([]);
  });
});
