// A bar over loops of every kind: what it passes through, when it shows itself, and what it says then.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  formatMeter,
  Progress,
  type ProgressOptions,
  type ProgressState,
  progress,
  progressElement,
  terminalLine,
} from '../src/progress.js';
import reference from './tqdm-4.70.1.json';

/** Seconds on the clock of these tests. */
let clock = 0;
let states: ProgressState[] = [];
const render = (state: ProgressState): void => void states.push(state);
const counts = () => states.map(state => state.n);
const last = () => states.at(-1);

beforeEach(() => {
  clock = 1000;
  states = [];
  vi.spyOn(performance, 'now').mockImplementation(() => clock * 1000);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('progress', () => {
  it('passes the items of an iterable through, and counts each when the next is asked for', () => {
    const seen: [string, number][] = [];
    const bar = progress(['a', 'b', 'c'], { render, mininterval: 0 });
    for (const item of bar) seen.push([item, bar.n]);
    expect(seen).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
    expect(counts()).toEqual([0, 1, 2, 3, 3]);
    expect(last()).toMatchObject({ n: 3, total: 3, closed: true });
  });

  it('leaves the item out at which the loop stops', () => {
    const closed = vi.fn();
    const source = {
      *[Symbol.iterator]() {
        try {
          yield* [1, 2, 3];
        } finally {
          closed();
        }
      },
    };
    for (const item of progress(source, { render })) if (item === 2) break;
    expect(last()).toMatchObject({ n: 1, closed: true });
    expect(closed).toHaveBeenCalledOnce();
  });

  it('passes an async iterable through, thenables too', async () => {
    const thenable = { then: () => expect.fail('nobody may await it') };
    const values: unknown[] = [thenable, thenable];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const value = values.pop();
          return Promise.resolve({ done: value === undefined, value });
        },
      }),
    };
    let seen = 0;
    for await (const item of progress(source, { render, total: 2 })) if (item === thenable) seen++;
    expect(seen).toBe(2);
    expect(last()).toMatchObject({ n: 2, closed: true });
  });

  it('lets for await do with an array what it does without a bar', async () => {
    const seen: number[] = [];
    for await (const item of progress([Promise.resolve(1), Promise.resolve(2)], { render }))
      seen.push(item);
    expect(seen).toEqual([1, 2]);
  });

  it('ends with the error of the iterable', async () => {
    const fail = () => {
      throw new RangeError('no more');
    };
    const broken = { [Symbol.iterator]: () => ({ next: fail }) };
    expect(() => [...progress(broken, { render })]).toThrow('no more');
    expect(last()).toMatchObject({ closed: true });
    const late = { [Symbol.asyncIterator]: () => ({ next: async () => fail() }) };
    const next = progress(late, { render })[Symbol.asyncIterator]().next();
    await expect(next).rejects.toThrow('no more');
    expect(last()).toMatchObject({ closed: true });
  });

  it('takes the total from a length or a size', () => {
    progress(new Set([1, 2]), { render });
    progress('four', { render });
    progress([1], { render, total: 5 });
    progress([1][Symbol.iterator](), { render });
    progress([1], { render, total: Number.POSITIVE_INFINITY });
    expect(states.map(state => state.total)).toEqual([2, 4, 5, undefined, undefined]);
  });

  it('refuses what it cannot iterate or call', () => {
    expect(() => progress(7 as never)).toThrow(TypeError);
    expect(() => progress([], { render: 'line' as never })).toThrow(TypeError);
    expect(() => progress([], { total: '7' as never })).toThrow(TypeError);
    expect(() => progress([], { smoothing: 2 })).toThrow(RangeError);
  });
});

describe('a bar', () => {
  it.each(
    (
      reference.runs as [
        ProgressOptions,
        [number, number][],
        [number, number, number | null, string][],
      ][]
    ).map(([options, steps, shown]) => ({ options, steps, shown })),
  )('shows what tqdm shows of the same run: $options', ({ options, steps, shown }) => {
    const lines: string[] = [];
    const bar = new Progress({
      ...options,
      render: state => {
        render(state);
        const { n, total, elapsed, desc, ...rest } = state;
        lines.push(formatMeter(n, total, elapsed, { ...rest, prefix: desc }));
      },
    });
    for (const [time, units] of steps) {
      clock += time;
      bar.update(units);
    }
    clock += 0.05;
    bar.close();
    expect(lines).toEqual(shown.map(([, , , line]) => line));
    for (const [index, [n, elapsed, rate]] of shown.entries()) {
      expect(states[index]?.n).toBe(n);
      expect(states[index]?.elapsed).toBeCloseTo(elapsed, 6);
      if (rate !== null) expect(states[index]?.rate).toBeCloseTo(rate, 6);
    }
  });

  it('shows itself at most ten times a second, and what came too soon a little later', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const bar = new Progress({ total: 10, render });
    bar.update();
    bar.update();
    expect(counts()).toEqual([0]);
    clock += 0.1;
    vi.advanceTimersByTime(100);
    expect(counts()).toEqual([0, 2]);
    clock += 0.05;
    bar.update();
    bar.close();
    expect(counts()).toEqual([0, 2, 3]);
    clock += 1;
    vi.advanceTimersByTime(1000);
    expect(counts()).toEqual([0, 2, 3]);
  });

  it('knows the time that remains', () => {
    const bar = new Progress({ total: 20, render });
    expect(last()).toMatchObject({ rate: undefined, remaining: undefined });
    clock += 4;
    bar.update(8);
    expect(last()).toMatchObject({ n: 8, total: 20, elapsed: 4, rate: 2, remaining: 6 });
  });

  it('changes its texts, begins anew, and is closed once', () => {
    const bar = new Progress({ total: 4, render });
    bar.update(4);
    bar.setDescription('pages');
    bar.setPostfix({ loss: 0.123456, best: 'b ' });
    expect(last()).toMatchObject({ desc: 'pages', postfix: 'loss=0.123, best=b' });
    bar.reset(9);
    expect(last()).toMatchObject({ n: 0, total: 9, elapsed: 0 });
    bar.close();
    bar.close();
    bar.update();
    expect(states.filter(state => state.closed)).toHaveLength(1);
    expect(bar.n).toBe(0);
  });

  it('goes on counting when a renderer fails', () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const fail = () => {
      throw new Error('no screen');
    };
    expect([...progress([1, 2], { render: [fail, render] })]).toEqual([1, 2]);
    expect(last()).toMatchObject({ n: 2 });
    expect(report).toHaveBeenCalled();
  });

  it('shows nothing when it is disabled', () => {
    expect([...progress([1, 2], { render, disable: true })]).toEqual([1, 2]);
    expect(states).toEqual([]);
  });
});

describe('a terminal line', () => {
  it('is written over, and stays', () => {
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    const bar = new Progress({
      total: 2,
      mininterval: 0,
      desc: 'long',
      render: terminalLine({ write }),
    });
    bar.setDescription('d');
    clock += 1;
    bar.update(2);
    bar.close();
    expect(text).toBe(
      '\rlong:   0%|          | 0/2 [00:00<?, ?it/s]' +
        '\rd:   0%|          | 0/2 [00:00<?, ?it/s]   ' +
        '\rd: 100%|██████████| 2/2 [00:01<00:00,  2.00it/s]' +
        '\rd: 100%|██████████| 2/2 [00:01<00:00,  2.00it/s]\n',
    );
  });

  it('goes when it is not to stay', () => {
    let text = '';
    const bar = new Progress({
      leave: false,
      render: terminalLine({
        write: part => {
          text += part;
        },
      }),
    });
    bar.close();
    expect(text).toBe(`\r0it [00:00, ?it/s]\r${' '.repeat(18)}\r`);
  });
});

describe('a progress element', () => {
  const element = () => ({
    max: -1,
    value: -1 as number | undefined,
    removeAttribute(name: string) {
      if (name === 'value') this.value = undefined;
    },
  });

  it('has the total as its maximum, and the numbers beside it', () => {
    const [moved, label] = [element(), { textContent: '' }];
    const bar = new Progress({
      total: 8,
      render: progressElement(moved as HTMLProgressElement, { label }),
    });
    clock += 2;
    bar.update(2);
    expect([moved.max, moved.value]).toEqual([8, 2]);
    expect(label.textContent).toBe(' 25% 2/8 [00:02<00:06,  1.00it/s]');
  });

  it('only shows that something goes on where nobody knows the total, and that it ended', () => {
    const moved = element();
    const bar = new Progress({ render: progressElement(moved as HTMLProgressElement) });
    expect(moved.value).toBe(undefined);
    bar.close();
    expect(moved.value).toBe(moved.max);
  });

  it('is refused where there is none', () => {
    expect(() => progressElement(null as never)).toThrow(TypeError);
  });
});
