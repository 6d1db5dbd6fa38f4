// What the page says of a comparison follows from its numbers alone.

import { expect, test } from 'vitest';
import type { Comparison, Setting, Way } from './comparison.ts';
import { findingOf } from './sentence.ts';

/** Seconds of three rounds around a middle, by way and number of workers. */
type Middles = Partial<Record<Way, Readonly<Record<number, number>>>>;

function comparison(middles: Middles, more: Partial<Comparison> = {}, spread = 0.02): Comparison {
  const settings = Object.entries(middles).flatMap(([way, byWorkers]) =>
    Object.entries(byWorkers).map(
      ([workers, middle]): Setting => ({
        way: way as Way,
        workers: Number(workers),
        seconds: [middle * (1 + spread), middle, middle * (1 - spread)],
      }),
    ),
  );
  const base = { id: 0, title: 'work', tasks: 8, cores: 2, rounds: 3, workers: [1, 2, 4] };
  return { ...base, settings, unavailable: {}, done: 1, total: 1, ...more };
}

const CPU: Middles = {
  sequence: { 1: 1 },
  threads: { 1: 1.02, 2: 0.53, 4: 0.53 },
  processes: { 1: 1.05, 2: 0.55, 4: 0.56 },
  coroutines: { 1: 1, 2: 1.01, 4: 1 },
};
const IO: Middles = {
  sequence: { 1: 0.8 },
  threads: { 1: 0.82, 2: 0.42, 4: 0.21 },
  processes: { 1: 0.85, 2: 0.5, 4: 0.4 },
  coroutines: { 1: 0.8, 2: 0.41, 4: 0.2 },
};
const say = (what: Comparison) => findingOf(what)?.sentences.join(' ') ?? '';

test('where workers win and coroutines do not, the work is CPU-bound, and more workers than cores gain nothing', () => {
  expect(findingOf(comparison(CPU))).toMatchObject({ verdict: 'cpu', head: 'CPU-bound' });
  const said = say(comparison(CPU));
  expect(said).toContain('Threads and processes win alike.');
  expect(said).toContain('1.9× as fast as in sequence');
  expect(said).toContain('Coroutines gain nothing (1.0×).');
  expect(said).toContain('More than 2 workers gain nothing: this browser reports 2 cores.');
});

test('where coroutines win, the work is I/O-bound, and what reaches less is said', () => {
  expect(findingOf(comparison(IO))).toMatchObject({ verdict: 'io', head: 'I/O-bound' });
  const said = say(comparison(IO));
  expect(said).toContain('Coroutines and threads win alike.');
  expect(said).toContain('The fastest here: coroutines, 4 at a time, 4.0×');
  expect(said).toContain('Processes reach 2.0×.');
});

test('with a lock around all threads, only processes win', () => {
  const said = say(comparison({ ...CPU, threads: { 1: 1, 2: 1.01, 4: 1.02 } }));
  expect(said).toContain('Processes win.');
  expect(said).toMatch(/threads gain nothing \(1\.0×\)/i);
});

test('coroutines that are faster by chance alone, whatever their number, do not make the work wait', () => {
  const lucky = { ...CPU, coroutines: { 1: 0.75, 2: 0.74, 4: 0.76 } };
  expect(findingOf(comparison(lucky))?.verdict).toBe('cpu');
  expect(say(comparison(lucky))).toContain('The fastest here: threads with 2 workers');
});

test('where nothing wins, that is what is said', () => {
  const flat: Middles = {
    sequence: { 1: 1 },
    threads: { 1: 1.01, 2: 1 },
    processes: { 1: 1.02, 2: 1.1 },
    coroutines: { 1: 1, 2: 1 },
  };
  expect(findingOf(comparison(flat, { cores: 1 }))?.verdict).toBe('nothing');
  expect(say(comparison(flat, { cores: 1 }))).toContain('reports 1 core');
  expect(say(comparison(flat))).not.toContain('reports 1 core');
});

test('a gain that the spread of the sequence swallows is none', () => {
  const noisy = comparison(
    { ...CPU, threads: { 1: 1, 2: 0.8 }, processes: { 1: 1, 2: 0.9 } },
    {},
    0.5,
  );
  expect(findingOf(noisy)?.verdict).toBe('nothing');
  expect(say(noisy)).toContain('run it again on a quieter machine');
  expect(say(noisy)).toContain('look at the whiskers');
});

test('tasks smaller than their way to a worker are too small to be worth it, with both in numbers', () => {
  const small: Middles = {
    sequence: { 1: 0.002 },
    threads: { 1: 0.1, 2: 0.09 },
    processes: { 1: 0.12, 2: 0.1 },
    coroutines: { 1: 0.004, 2: 0.004 },
  };
  const what = comparison(small, { tasks: 1000 });
  expect(findingOf(what)).toMatchObject({ verdict: 'small', head: 'Too small to be worth it' });
  expect(say(what)).toContain('A task takes 2 µs, and its way to a worker and back 96 µs.');
});

test('what cannot run is left out, and said', () => {
  const { threads: _, ...others } = CPU;
  const settings = comparison(others).settings;
  const none: Setting = { way: 'threads', workers: 2, seconds: [] };
  const what = comparison(CPU, {
    settings: [...settings, none],
    unavailable: { threads: 'needs isolation' },
  });
  expect(say(what)).toContain('Processes win.');
  expect(say(what)).toContain('Threads cannot run on this page.');
});

test('before all is measured, nothing is said', () => {
  const what = comparison(CPU);
  const [first, ...rest] = what.settings;
  expect(findingOf({ ...what, settings: [{ ...first, seconds: [] } as Setting, ...rest] })).toBe(
    undefined,
  );
  expect(findingOf({ ...what, settings: [] })).toBe(undefined);
});
