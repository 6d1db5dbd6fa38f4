// Errors of tasks that nobody asks for are reported once; those that somebody asked for are not.

import { describe, expect, it } from 'vitest';
import { AsyncExecutor, type Executor, type Future, InlineExecutor, wait } from '../src/index.js';
import { aTurn, reported } from './support.js';

interface Node {
  getBuiltinModule(name: 'v8'): { setFlagsFromString(flags: string): void };
  getBuiltinModule(name: 'vm'): { runInNewContext(code: string): () => void };
}
const { process } = globalThis as unknown as { process: Node };
process.getBuiltinModule('v8').setFlagsFromString('--expose-gc');
const collectGarbage = process.getBuiltinModule('vm').runInNewContext('gc');

function refuse(): never {
  throw new Error('unheard');
}

const ABOUT = 'concurrent-futures: nobody asked for the error of the task refuse:';

/** Makes a failing call, has `ask` deal with its future, shuts down, and gives what was reported. */
async function reportsAfter(
  executor: Executor,
  ask: (future: Future<never>) => unknown,
): Promise<unknown[][]> {
  return reported(async () => {
    const future = executor.submit(refuse);
    await wait([future]);
    await ask(future);
    await executor.shutdown();
    await aTurn();
    await aTurn();
  });
}

describe.each(Object.entries({ AsyncExecutor, InlineExecutor }))('%s', (_name, Kind) => {
  it('reports at shutdown what nobody asked for, once', async () => {
    const executor = new Kind();
    const reports = await reportsAfter(executor, () => {});
    expect(reports).toEqual([[ABOUT, expect.objectContaining({ message: 'unheard' })]]);
    const again = await reported(async () => {
      await executor.shutdown();
      await aTurn();
    });
    expect(again).toEqual([]);
  });

  it.each<[string, (future: Future<never>) => unknown]>([
    ['result', future => future.result().catch(() => {})],
    ['exception', future => future.exception()],
    [
      'await',
      async future => {
        try {
          await future;
        } catch {}
      },
    ],
    ['then', future => future.then(undefined, () => {})],
    [
      'resultSync',
      future => {
        try {
          future.resultSync();
        } catch {}
      },
    ],
    ['exceptionSync', future => future.exceptionSync()],
    ['snapshot', future => future.snapshot()],
    ['a callback that asks', future => future.addDoneCallback(f => f.exceptionSync())],
  ])('%s counts as asked', async (_form, ask) => {
    expect(await reportsAfter(new Kind(), ask)).toEqual([]);
  });

  it.each<[string, (future: Future<never>) => unknown]>([
    ['done', future => future.done()],
    ['wait', future => wait([future], { returnWhen: 'FIRST_EXCEPTION' })],
    ['a callback that does not ask', future => future.addDoneCallback(f => f.done())],
    ['toString', future => String(future)],
  ])('%s does not', async (_form, ask) => {
    expect((await reportsAfter(new Kind(), ask)).length).toBe(1);
  });

  it('who waited for the shutdown may still ask', async () => {
    const reports = await reported(async () => {
      const executor = new Kind();
      const futures = [executor.submit(refuse), executor.submit(refuse)];
      await executor.shutdown();
      for (const future of futures) await future.exception();
      await aTurn();
      await aTurn();
    });
    expect(reports).toEqual([]);
  });

  it('of many it shows some, and says how many more there are', async () => {
    const reports = await reported(async () => {
      const executor = new Kind();
      for (let i = 0; i < 25; i++) executor.submit(refuse);
      await executor.shutdown();
      await aTurn();
      await aTurn();
    });
    expect(reports.map(([text]) => text)).toEqual([
      ...Array(10).fill(ABOUT),
      'concurrent-futures: nobody asked for 15 more errors of tasks',
    ]);
  });

  it('a cancelled call is no error, and neither is what a map left behind', async () => {
    const reports = await reported(async () => {
      const executor = new Kind();
      executor.submit(() => 1).cancel();
      const values = executor.map(refuse, [1, 2, 3]);
      await values.next().catch(() => {});
      const closed = executor.map(refuse, [1, 2, 3]);
      await closed.return?.();
      await executor.shutdown();
      await aTurn();
      await aTurn();
    });
    expect(reports).toEqual([]);
  });

  it('a map that nobody advances is reported', async () => {
    const reports = await reported(async () => {
      const executor = new Kind();
      executor.map(refuse, [1, 2]);
      await executor.shutdown();
      await aTurn();
      await aTurn();
    });
    expect(reports.length).toBe(2);
  });

  it('when the future is collected, it is reported then, and not again', async () => {
    const executor = new Kind();
    const reports = await reported(async all => {
      for (let i = 0; i < 3; i++) executor.submit(refuse);
      for (let round = 0; round < 50 && all.length < 3; round++) {
        await aTurn();
        collectGarbage();
      }
    });
    expect(reports.map(([text]) => text)).toEqual([ABOUT, ABOUT, ABOUT]);
    const atShutdown = await reported(async () => {
      await executor.shutdown();
      await aTurn();
      await aTurn();
    });
    expect(atShutdown).toEqual([]);
  });
});
