// How long workers may take to get up, on a clock of the test's; and a page that comes back.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StartLimit } from '../src/start-limit.js';

let page: EventTarget;

beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const shown = (persisted: boolean) =>
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
const never = () => expect.unreachable();

test('a worker is late after twenty seconds in which none came up', () => {
  const late = vi.fn();
  new StartLimit().watch(late, never);
  vi.advanceTimersByTime(19_000);
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(late.mock.calls).toEqual([[20]]);
});

test('as long as others come up there is more time, but not for ever', () => {
  const [limit, late] = [new StartLimit(), vi.fn()];
  limit.watch(late, never);
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
  const stop = new StartLimit().watch(late, never);
  vi.advanceTimersByTime(10_000);
  stop();
  vi.advanceTimersByTime(100_000);
  expect(late).not.toHaveBeenCalled();
});

test('a page that comes back tells so until the worker is up, one that is shown for the first time does not', () => {
  const back = vi.fn();
  const stop = new StartLimit().watch(never, back);
  shown(false);
  expect(back).not.toHaveBeenCalled();
  shown(true);
  expect(back).toHaveBeenCalledOnce();
  stop();
  shown(true);
  expect(back).toHaveBeenCalledOnce();
});
