// How long workers may take to get up, on a clock of the test's.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StartLimit } from '../src/start-limit.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a worker is late after twenty seconds in which none came up', () => {
  const late = vi.fn();
  new StartLimit().watch(late);
  vi.advanceTimersByTime(19_000);
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(late.mock.calls).toEqual([[20]]);
});

test('as long as others come up there is more time, but not for ever', () => {
  const [limit, late] = [new StartLimit(), vi.fn()];
  limit.watch(late);
  for (let seconds = 0; seconds < 85; seconds += 5) {
    vi.advanceTimersByTime(5_000);
    limit.up();
  }
  expect(late).not.toHaveBeenCalled();
  for (let seconds = 0; seconds < 40; seconds += 5) {
    vi.advanceTimersByTime(5_000);
    limit.up();
  }
  expect(late.mock.calls).toEqual([[100]]);
});

test('one that has come up is never late', () => {
  const late = vi.fn();
  const stop = new StartLimit().watch(late);
  vi.advanceTimersByTime(10_000);
  stop();
  vi.advanceTimersByTime(100_000);
  expect(late).not.toHaveBeenCalled();
});
