// The bench's statistics and tables, and that README quotes the last results.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/toolchain.mjs';
import { BARS } from './bars.mjs';
import { LIBRARIES } from './catalogue.mjs';
import {
  barsTable,
  medianOf,
  number,
  ratioOf,
  summary,
  table,
  toMarkdown,
  withSummary,
} from './report.mjs';
import { median, pairedRatio, quantile } from './statistics.mjs';

const RESULTS = {
  browser: 'Chromium',
  version: '1',
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc1234',
  cores: 2,
  load: [0.5, 7.25],
  rounds: 3,
  workloads: {
    call: {
      title: 'One call',
      metrics: { p50: { title: 'p50', unit: 'µs' }, p99: { title: 'p99', unit: 'µs' } },
      libraries: {
        raw: { values: { p50: [100, 200, 100], p99: [400, 400, 400] } },
        'threads-js': { values: { p50: [20, 100, 30], p99: [100, null, 300] } },
        worktank: { values: {}, error: 'no answer after 55 s' },
      },
    },
  },
};

describe('statistics', () => {
  test('a quantile lies between its neighbours, and does not change its input', () => {
    const values = [30, 10, 20, 40];
    expect([quantile(values, 0), quantile(values, 1), median(values)]).toEqual([10, 40, 25]);
    expect(quantile(values, 0.9)).toBeCloseTo(37);
    expect(values).toEqual([30, 10, 20, 40]);
    expect(() => median([])).toThrow(RangeError);
  });

  test('numbers are put in order as numbers', () => {
    expect(median([9, 100, 1000])).toBe(100);
  });

  test('a ratio is the median of the rounds, so a slow round weighs as any other', () => {
    expect(pairedRatio([20, 100, 30], [100, 200, 100])).toBeCloseTo(0.3);
    expect(pairedRatio([10, 2000, 10], [100, 20_000, 100])).toBeCloseTo(0.1);
  });

  test('a round that one of both lacks is left out', () => {
    expect(pairedRatio([null, 50, undefined, 70], [100, 100, 100])).toBe(0.5);
    expect(pairedRatio([null], [100])).toBeUndefined();
  });
});

describe('tables', () => {
  test('numbers have as many digits as they are worth', () => {
    expect([0.123456, 1.26, 12.6, 126.4, 1264.2, 48_123.9, 0].map(number)).toEqual([
      '0.12',
      '1.3',
      '13',
      '126',
      '1,264',
      '48,124',
      '0',
    ]);
  });

  test('have a line for the head, one for the columns, and one a row', () => {
    expect(table(['', 'a|b'], [['x', '1']]).split('\n')).toEqual([
      '|  | a\\|b |',
      '| --- | ---: |',
      '| x | 1 |',
    ]);
  });

  test('medians and ratios come from the rounds that were measured', () => {
    expect(medianOf(RESULTS, 'call', 'threads-js', 'p99')).toBe(200);
    expect(ratioOf(RESULTS, 'call', 'threads-js', 'p50')).toBeCloseTo(0.3);
    expect(medianOf(RESULTS, 'call', 'worktank', 'p50')).toBeUndefined();
    expect(medianOf(RESULTS, 'burst', 'raw', 'n1000')).toBeUndefined();
  });

  test('what failed shows its error, and what it does not have as a dash', () => {
    const text = toMarkdown(RESULTS, []);
    expect(text).toContain('- worktank 3.0.2: no answer after 55 s');
    expect(text).toContain('| worktank 3.0.2 | – | – |');
    expect(text).toContain('| **ours**, threads, JavaScript tasks | 30 µs (0.3) | 200 µs (0.5) |');
    expect(text).toContain('load of the machine 0.5 to 7.3');
  });

  test('a bar is held at its limit, not held beyond it, and not measured without values', () => {
    const bar = (value, limits) => ({ title: 't', library: 'l', value: () => value, ...limits });
    const outcome = (...args) =>
      barsTable(RESULTS, [bar(...args)])
        .split(' | ')
        .at(-1);
    expect(outcome(2, { atMost: 2 })).toBe('yes |');
    expect(outcome(2.1, { atMost: 2 })).toBe('**no** |');
    expect(outcome(6, { atLeast: 6 })).toBe('yes |');
    expect(outcome(5.9, { atLeast: 6 })).toBe('**no** |');
    expect(outcome(undefined, { atLeast: 6 })).toBe('not measured |');
  });

  test('every bar takes what is missing as not measured', () => {
    for (const { value } of BARS.filter(bar => !bar.title.startsWith('one call')))
      expect(value(RESULTS)).toBeUndefined();
  });

  test('the short one has the reference in its unit, and the others as ratios', () => {
    const lines = summary(RESULTS).split('\n');
    expect(lines[2]).toMatch(/^\| raw `postMessage`, round robin \| 100 µs \| – /);
    expect(lines[3]).toMatch(/^\| \*\*ours\*\*, threads, JavaScript tasks \| 0\.3 \| – /);
    expect(lines[4]).toMatch(/^\| worktank 3\.0\.2 \| fails \| – /);
  });

  test('README without the marks is an error', () => {
    expect(() => withSummary('nothing', 'x')).toThrow('README.md has no');
  });
});

test('each library stands in the list once, and the peers with their versions', () => {
  const { dependencies } = JSON.parse(
    readFileSync(join(ROOT, 'tests', 'bench', 'package.json'), 'utf8'),
  );
  expect(new Set(LIBRARIES.map(({ name }) => name)).size).toBe(LIBRARIES.length);
  const titles = LIBRARIES.map(({ title }) => title);
  for (const [name, version] of Object.entries(dependencies))
    expect(titles.some(title => title.startsWith(`${name} ${version}`))).toBe(true);
});

test('README quotes the last results, and nothing where there are none', () => {
  const file = join(ROOT, 'tests', 'bench', 'results', 'chromium.json');
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const text = existsSync(file) ? summary(JSON.parse(readFileSync(file, 'utf8'))) : '';
  const hint = 'README is older: run `npm run bench -- --last --write-readme`';
  expect(withSummary(readme, text) === readme, hint).toBe(true);
});
