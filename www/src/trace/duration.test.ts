// Durations in three digits.

import { expect, test } from 'vitest';
import { duration } from './duration.ts';

test.each([
  [0.0341, '34 µs'],
  [0.9999, '1.00 ms'],
  [1.239, '1.24 ms'],
  [34.56, '34.6 ms'],
  [340.4, '340 ms'],
  [999.7, '1.00 s'],
  [2312, '2.31 s'],
  [84_000, '1 min 24 s'],
  [119_990, '2 min 0 s'],
  [Number.NaN, ''],
])('%d ms is %j', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
