// The curve that user code draws: where its points lie, and what is said to who cannot see it.

import { expect, test } from 'vitest';
import { chartOf } from './chart.ts';

const circles = (svg: string) =>
  Array.from(svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g), ([, x, y]) => [Number(x), Number(y)]);

test('points lie in proportion, and higher is more', () => {
  const [a, b, c] = circles(
    chartOf(
      't',
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
      {},
    ).svg,
  ) as [number, number][];
  expect((b?.[0] ?? 0) * 2).toBeCloseTo((a?.[0] ?? 0) + (c?.[0] ?? 0), 0);
  expect(a?.[1]).toBeGreaterThan(b?.[1] ?? 0);
  expect(b?.[1]).toBeGreaterThan(c?.[1] ?? 0);
});

test('on a logarithmic scale equal factors are equally far apart', () => {
  const { svg } = chartOf(
    't',
    [
      [1, 1],
      [10, 1],
      [100, 1],
    ],
    { logarithmic: true },
  );
  const [a, b, c] = circles(svg).map(([x]) => x as number);
  expect((b as number) - (a as number)).toBeCloseTo((c as number) - (b as number), 0);
});

test('the caption tells every number, and no title breaks the picture', () => {
  const { svg, caption } = chartOf(
    '<b> & "c"',
    [
      [1, 0.5],
      [4, 0.25],
    ],
    {},
  );
  expect(caption).toContain('1: 0.5, 4: 0.25');
  expect(svg).not.toContain('<b>');
});

test.each([
  [[]],
  [[[1, 1]]],
  [
    [
      [1, Number.NaN],
      [2, 1],
    ],
  ],
])('%j is no curve', points => {
  expect(() => chartOf('t', points as [number, number][], {})).toThrow(TypeError);
});
