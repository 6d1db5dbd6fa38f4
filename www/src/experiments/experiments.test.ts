// The gallery as a whole: every program is there, short, and beside its original; and search finds it.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GROUPS } from './catalogue.ts';
import { EXPERIMENTS } from './index.ts';
import { tokensOf } from './python.ts';
import { search } from './search.ts';

const MOST_LINES = 25;
const linesOf = (code: string) => code.split('\n').filter(line => !/^\s*(\/\/|$)/.test(line));
const filesIn = (folder: string, ending: string) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter(name => name.endsWith(ending))
    .map(name => name.slice(0, -ending.length))
    .sort();

const ids = EXPERIMENTS.map(({ id }) => id);

test('every program and every original stands in the catalogue, once', () => {
  expect([...ids].sort()).toEqual([...new Set(ids)].sort());
  expect(filesIn('./programs/', '.js')).toEqual([...ids].sort());
  expect(filesIn('./python/', '.py')).toEqual([...ids].sort());
});

test('every title and every idea is one of a kind', () => {
  for (const key of ['title', 'idea', 'watch', 'words'] as const)
    expect(new Set(EXPERIMENTS.map(each => each[key])).size).toBe(EXPERIMENTS.length);
  expect(GROUPS.every(({ entries }) => entries.length > 0)).toBe(true);
});

describe.each(EXPERIMENTS)('$id', ({ code, python, words, watch }) => {
  test(`has at most ${MOST_LINES} lines of code, and says in a comment what it shows`, () => {
    expect(linesOf(code).length).toBeLessThanOrEqual(MOST_LINES);
    expect(code).toMatch(/^\/\/ /);
    expect(code).toContain('export default');
  });

  test('stands beside its original', () => {
    expect(python.trim()).not.toBe('');
    expect(words).toMatch(/[.:]$/);
    expect(watch).toMatch(/\.$/);
    expect(
      tokensOf(python)
        .map(({ text }) => text)
        .join(''),
    ).toBe(python);
  });
});

test.each([
  ['', EXPERIMENTS.length],
  ['mandelbrot rust', 1],
  ['no such words at all', 0],
])('searching for %j finds %d', (text, count) => {
  expect(search(EXPERIMENTS, text)).toHaveLength(count);
});

test('what no title has is found in the programs', () => {
  expect(search(EXPERIMENTS, 'Semaphore(3)').map(({ id }) => id)).toEqual(['throttle']);
  expect(search(EXPERIMENTS, 'FIRST_EXCEPTION').map(({ id }) => id)).toContain('wait');
});

test('Python is coloured by what it is', () => {
  const kinds = Object.fromEntries(
    tokensOf('with Pool(4) as p:  # "no"\n    print(f"x")').map(({ kind, text }) => [text, kind]),
  );
  expect(kinds).toMatchObject({
    with: 'keyword',
    Pool: 'class',
    '4': 'number',
    print: 'function',
    'f"x"': 'string',
    '# "no"': 'comment',
  });
});
