// How the visible part of time moves.

import { expect, test } from 'vitest';
import { clamp, fit, focus, growing, nice, pan, reveal, ticks, tickText, zoom } from './view.ts';

const ALL = { from: 0, to: 1000 };

test('zooming keeps the moment under the pointer where it is', () => {
  const view = { from: 100, to: 300 };
  const zoomed = zoom(view, 2, 150);
  expect(zoomed).toEqual({ from: 125, to: 225 });
  expect((150 - zoomed.from) / (zoomed.to - zoomed.from)).toBe(0.25);
  expect(zoom(zoomed, 0.5, 150)).toEqual(view);
});

test('panning moves by a share of the width', () => {
  expect(pan({ from: 100, to: 300 }, 0.25)).toEqual({ from: 150, to: 350 });
});

test('the view cannot leave what there is, nor shrink or grow without end', () => {
  const far = clamp({ from: 5000, to: 5200 }, ALL);
  expect(far.to - far.from).toBeCloseTo(200);
  expect(far.from).toBeLessThan(ALL.to);
  const wide = clamp({ from: -9000, to: 9000 }, ALL);
  expect(wide.to - wide.from).toBeLessThan(1500);
  const tiny = clamp({ from: 500, to: 500.0001 }, ALL);
  expect(tiny.to - tiny.from).toBeCloseTo(0.02);
});

test('fit shows all, focus shows a span with air', () => {
  const all = fit(ALL);
  expect(all.from).toBeLessThan(0);
  expect(all.to).toBeGreaterThan(1000);
  const span = focus(100, 200);
  expect(span.from).toBeLessThan(100);
  expect(span.to).toBeGreaterThan(200);
});

test('a growing picture stands still until time has reached its edge', () => {
  const widths = [60, 70, 80, 90, 97].map(to => growing({ from: 0, to }).to);
  expect(new Set(widths)).toEqual(new Set([80, 100]));
  for (let to = 1; to < 1e5; to *= 1.7) expect(growing({ from: 0, to }).to).toBeGreaterThan(to);
});

test('what is in sight is not moved, what is not comes into sight', () => {
  const view = { from: 100, to: 200 };
  expect(reveal(view, 120, 150)).toBe(view);
  for (const [from, to] of [
    [300, 310],
    [10, 20],
    [195, 205],
  ] as const) {
    const moved = reveal(view, from, to);
    expect(moved.from).toBeLessThanOrEqual(from);
    expect(moved.to).toBeGreaterThanOrEqual(to);
    expect(moved.to - moved.from).toBeCloseTo(100);
  }
});

test.each([
  [0.7, 1],
  [1, 1],
  [1.2, 2],
  [3, 5],
  [6, 10],
  [230, 500],
])('nice(%d) is %d', (value, expected) => {
  expect(nice(value)).toBeCloseTo(expected);
});

test('marks are evenly spaced, and no two have the same text', () => {
  for (const span of [0.05, 0.4, 3, 70, 900, 12_345, 300_000]) {
    const { step, times } = ticks({ from: 1234.5, to: 1234.5 + span }, 600);
    expect(times.length).toBeGreaterThan(2);
    expect(times.length).toBeLessThan(12);
    expect(new Set(times.map(time => tickText(time, step))).size).toBe(times.length);
  }
});

test.each([
  [0, 1, '0'],
  [250, 50, '250 ms'],
  [500, 100, '0.5 s'],
  [2500, 500, '2.5 s'],
  [0.35, 0.05, '350 µs'],
  [1.5, 0.1, '1.5 ms'],
])('%d ms with a step of %d is written %j', (time, step, text) => {
  expect(tickText(time, step)).toBe(text);
});
