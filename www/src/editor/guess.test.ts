// What the editor offers and explains: read out of the package's declarations, and guessed from the program's text.

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiFiles, readApi, subpathsOf } from '../../build/api-docs.ts';
import { EXPERIMENTS } from '../experiments/index.ts';
import type { ApiDocs } from './api.ts';
import { classOf, entryNamed, explain, importsOf, membersAfter } from './guess.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
let docs: ApiDocs;

beforeAll(() => {
  docs = readApi(apiFiles(ROOT));
}, 60_000);

const names = (offers: readonly { name: string }[]) => offers.map(({ name }) => name);

test('every module that programs may import is documented', () => {
  const modules = subpathsOf(ROOT).map(name => `concurrent-futures/${name}`);
  expect(Object.keys(docs)).toEqual(['concurrent-futures', ...modules, 'playground']);
  for (const entries of Object.values(docs)) expect(entries.length).toBeGreaterThan(0);
});

test('classes and functions of the API have their words and their signature', () => {
  const bare = Object.values(docs)
    .flat()
    .filter(({ kind, doc }) => (kind === 'class' || kind === 'function') && doc === '');
  expect(names(bare)).toEqual([]);
  const pool = entryNamed(docs, 'ThreadPoolExecutor', '');
  expect(pool?.signature).toMatch(/^new ThreadPoolExecutor\(options\?: PoolOptions/);
  expect(pool?.example).toContain('new ThreadPoolExecutor');
  expect(names(pool?.members ?? [])).toEqual(
    expect.arrayContaining(['submit', 'map', 'shutdown', 'workers']),
  );
  expect(names(pool?.members ?? []).filter(name => /^[#_]|onMapped|terminate$/.test(name))).toEqual(
    [],
  );
});

test('the programs of the gallery import only what is documented', () => {
  for (const { code, id } of EXPERIMENTS)
    for (const { module, names: imported } of importsOf(code).filter(
      each => each.module !== 'mandelbrot',
    ))
      for (const name of imported)
        expect(names(docs[module] ?? []), `${id}: ${module}`).toContain(name);
});

describe('a name stands for', () => {
  const text = `
    import * as futures from 'concurrent-futures';
    const executor = new futures.ThreadPoolExecutor({ maxWorkers: 2 });
    const call = executor.submit(tasks.nap, 1);
    for await (const each of futures.asCompleted([call])) console.log(each);
    await withExecutor(new ProcessPoolExecutor(), async workers => {});
    const semaphore = new Semaphore(3);`;
  test.each([
    ['executor', 'ThreadPoolExecutor'],
    ['call', 'Future'],
    ['each', 'Future'],
    ['workers', 'ProcessPoolExecutor'],
    ['semaphore', 'Semaphore'],
    ['tasks', undefined],
  ])('%s: %s', (name, expected) => {
    expect(classOf(name, text)).toBe(expected);
  });

  test('what was written last holds', () => {
    expect(classOf('pool', 'pool = new Old(); pool = new ProcessPoolExecutor();')).toBe(
      'ProcessPoolExecutor',
    );
  });

  test('its class tells what may follow', () => {
    expect(names(membersAfter(docs, 'call', text))).toContain('addDoneCallback');
    expect(names(membersAfter(docs, 'workers', text))).toContain('killWorkers');
    expect(names(membersAfter(docs, 'executor', text))).not.toContain('killWorkers');
    expect(names(membersAfter(docs, 'futures', text))).toContain('asCompleted');
  });
});

test('the same name is explained by the module that is imported', () => {
  const from = (module: string) => `import { Semaphore } from '${module}';`;
  const said = (module: string) => explain(docs, 'Semaphore', undefined, from(module))?.of;
  expect(said('concurrent-futures/asyncio')).toBe('concurrent-futures/asyncio');
  expect(said('concurrent-futures/sync')).toBe('concurrent-futures/sync');
  expect(explain(docs, 'result', 'future', '')?.doc).toMatch(/Waits until the call is done/);
  expect(explain(docs, 'nothingOfOurs', undefined, '')).toBeUndefined();
});
