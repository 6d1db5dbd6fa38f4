// The lines of a progress bar against those that tqdm itself printed; tqdm-4.70.1.json holds them, with their arguments.

import { describe, expect, it } from 'vitest';
import {
  formatInterval,
  formatMeter,
  formatNum,
  formatSizeof,
  type MeterOptions,
} from '../src/progress/format.js';
import reference from './tqdm-4.70.1.json';

describe(`as tqdm ${reference.version} prints it`, () => {
  it('seconds as a clock shows them', () => {
    for (const [seconds, expected] of reference.interval as [number, string][])
      expect(formatInterval(seconds)).toBe(expected);
  });

  it('sizes with a prefix', () => {
    for (const [args, expected] of reference.sizeof as [[number, string?, number?], string][])
      expect(formatSizeof(...args)).toBe(expected);
  });

  it('numbers in few characters', () => {
    for (const [number, expected] of reference.num as [number, string][])
      expect(formatNum(number)).toBe(expected);
  });

  it.each(
    (reference.meter as [number, number | null, number, MeterOptions, string][]).map(
      ([n, total, elapsed, options, expected]) => ({ n, total, elapsed, options, expected }),
    ),
  )('$expected', ({ n, total, elapsed, options, expected }) => {
    expect(formatMeter(n, total ?? undefined, elapsed, options)).toBe(expected);
  });
});

it('a name that tqdm does not have is refused', () => {
  expect(() => formatMeter(1, 2, 3, { barFormat: '{speed}' })).toThrow(RangeError);
});
