// Places and ticks of the chart, and the numbers that the rows of the table are made of.

import { expect, test } from 'vitest';
import { cellsOf } from '../components/compare/cells.ts';
import { duration } from '../trace/duration.ts';
import { median, rowsOf } from './comparison.ts';
import { apart, highestOf, scaleOf, ticksTo } from './scale.ts';

test('a scale maps its ends to its ends, also upside down', () => {
  const y = scaleOf([0, 4], [300, 20]);
  expect([y(0), y(2), y(4)]).toEqual([300, 160, 20]);
});

test.each([
  [4, [0, 1, 2, 3, 4]],
  [8, [0, 2, 4, 6, 8]],
  [1, [0, 0.5, 1]],
  [4.3, [0, 2, 4, 6]],
])('ticks up to %d are round and reach it', (most, expected) => {
  const ticks = ticksTo(most);
  expect(ticks).toEqual(expected);
  expect(ticks[0]).toBe(0);
  expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
});

test('labels keep their order, their distance, and their bounds', () => {
  const labels = apart(
    [
      { way: 'threads', y: 100 },
      { way: 'processes', y: 98 },
      { way: 'coroutines', y: 300 },
      { way: 'sequence', y: 299 },
    ],
    16,
    10,
    300,
  );
  expect(labels.map(({ way }) => way)).toEqual(['processes', 'threads', 'sequence', 'coroutines']);
  for (const [i, { y }] of labels.entries()) {
    expect(y).toBeGreaterThanOrEqual(10);
    expect(y).toBeLessThanOrEqual(300);
    if (i > 0) expect(y - (labels[i - 1]?.y ?? 0)).toBeGreaterThanOrEqual(16);
  }
});

test('the median is the middle, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('a row has the ratios to the median in sequence, and the whiskers of its rounds', () => {
  const rows = rowsOf({
    settings: [
      { way: 'sequence', workers: 1, seconds: [1, 1.2, 0.8] },
      { way: 'threads', workers: 2, seconds: [0.5, 0.625, 0.4] },
      { way: 'threads', workers: 4, seconds: [] },
    ],
  });
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({
    median: 0.5,
    least: 0.4,
    most: 0.625,
    speedUp: 2,
    efficiency: 1,
  });
  expect([rows[1]?.lowest, rows[1]?.highest]).toEqual([1.6, 2.5]);
  expect(highestOf([1, 2], rows)).toBe(2.5);
  expect(cellsOf(rows[1], duration)).toEqual({
    median: '500 ms',
    range: '400–625 ms',
    speedUp: '2.00×',
    efficiency: '100 %',
  });
  expect(cellsOf(rows[0], duration)).toMatchObject({ range: '800 ms – 1.20 s', efficiency: '–' });
});

test('before the sequence is measured there are times, and no ratios', () => {
  const [row] = rowsOf({ settings: [{ way: 'threads', workers: 1, seconds: [0.5] }] });
  expect(cellsOf(row, duration)).toEqual({
    median: '500 ms',
    range: '500–500 ms',
    speedUp: '',
    efficiency: '',
  });
  expect(cellsOf(undefined, duration).median).toBe('…');
});
