// Every way through a run, and the signals that come too late.

import { expect, test } from 'vitest';
import { next, type RunSignal, type RunState } from './state.ts';

const failure = { name: 'Error', message: 'no', stack: '' };
const through = (...signals: RunSignal[]) =>
  signals.reduce<RunState>((state, signal, index) => next(state, signal, index * 1000), {
    is: 'idle',
  });

test('a run that finishes counts its time from when the code began', () => {
  const end = through({ signal: 'run' }, { signal: 'started' }, { signal: 'finished' });
  expect(end).toEqual({ is: 'idle', end: { how: 'finished', seconds: 1 } });
});

test('a run that fails keeps the failure, also when it fails to start', () => {
  const failed: RunSignal = { signal: 'failed', failure };
  expect(through({ signal: 'run' }, failed)).toMatchObject({ is: 'idle', end: { how: 'failed' } });
  expect(through({ signal: 'run' }, { signal: 'started' }, failed)).toMatchObject({
    is: 'idle',
    end: { how: 'failed', failure },
  });
});

test('Stop works while starting and while running', () => {
  for (const before of [[], [{ signal: 'started' }]] as RunSignal[][]) {
    const stopping = through({ signal: 'run' }, ...before, { signal: 'stop' });
    expect(stopping.is).toBe('stopping');
    expect(next(stopping, { signal: 'stopped' }, 9000)).toMatchObject({ end: { how: 'stopped' } });
  }
});

test('news of a run that is being stopped, or is over, changes nothing', () => {
  const stopping = through({ signal: 'run' }, { signal: 'stop' });
  expect(next(stopping, { signal: 'finished' }, 5)).toBe(stopping);
  expect(next(stopping, { signal: 'started' }, 5)).toBe(stopping);
  const idle = through();
  for (const signal of ['started', 'finished', 'stop', 'stopped'] as const)
    expect(next(idle, { signal }, 5)).toBe(idle);
});

test('Run while running changes nothing', () => {
  const running = through({ signal: 'run' }, { signal: 'started' });
  expect(next(running, { signal: 'run' }, 5)).toBe(running);
});
