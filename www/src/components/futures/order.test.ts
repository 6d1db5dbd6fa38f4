// Sorting and filtering the table of futures.

import { expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/events.ts';
import { Trace } from '../../trace/trace.ts';
import { ordered } from './order.ts';

const ALL = { text: '', state: '' };

/** Three futures: 10 has failed, 11 has a result, 12 waits; 13 was cancelled. */
function example(): Trace {
  const trace = new Trace(0);
  const of = (at: number, future: number) => ({ at, executor: 0, future });
  const events: TraceEvent[] = [
    { kind: 'executor', at: 0, executor: 0, name: 'p', what: 'ThreadPoolExecutor', maxWorkers: 1 },
    ...[10, 11, 12, 13].map(
      (future): TraceEvent => ({
        kind: 'submitted',
        ...of(1, future),
        task: future === 12 ? 'Load' : 'sum',
        args: `'a${future}'`,
      }),
    ),
    { kind: 'started', ...of(2, 10), worker: 0 },
    { kind: 'finished', ...of(9, 10), worker: 0, outcome: 'exception', text: 'RangeError: no' },
    { kind: 'started', ...of(10, 11), worker: 0 },
    { kind: 'finished', ...of(12, 11), worker: 0, outcome: 'result', text: '42' },
    { kind: 'cancelled', ...of(13, 13) },
  ];
  trace.apply(events);
  return trace;
}

const ids = (
  trace: Trace,
  filter = ALL,
  by: Parameters<typeof ordered>[2] = { by: 'id', down: false },
  now = 20,
) => [...ordered(trace, filter, by, now)].map(future => trace.id[future]);

test('by id, up and down', () => {
  expect(ids(example())).toEqual([10, 11, 12, 13]);
  expect(ids(example(), ALL, { by: 'id', down: true })).toEqual([13, 12, 11, 10]);
});

test('by the time that they ran; those that never ran come last in both directions', () => {
  expect(ids(example(), ALL, { by: 'ran', down: false })).toEqual([11, 10, 12, 13]);
  expect(ids(example(), ALL, { by: 'ran', down: true })).toEqual([10, 11, 12, 13]);
});

test('by state in the order of a life, and equal ones by id', () => {
  expect(ids(example(), ALL, { by: 'state', down: false })).toEqual([12, 11, 10, 13]);
});

test.each([
  ['load', [12]],
  ['rangeerror', [10]],
  ['a11', [11]],
  ['13', [13]],
  ['thread 0', [10, 11]],
  ['nowhere', []],
])('the text %j finds %j', (text, found) => {
  expect(ids(example(), { text, state: '' })).toEqual(found);
});

test("Python's word for a state filters, at the moment that is shown", () => {
  const finished = { text: '', state: 'finished' };
  expect(ids(example(), finished)).toEqual([10, 11]);
  expect(ids(example(), finished, { by: 'id', down: false }, 10)).toEqual([10]);
  expect(ids(example(), { text: '', state: 'running' }, { by: 'id', down: false }, 11)).toEqual([
    11,
  ]);
  expect(ids(example(), { text: '', state: 'cancelled' })).toEqual([13]);
});

test('what is not submitted yet is not in the table', () => {
  expect(ids(example(), ALL, { by: 'id', down: false }, 0.5)).toEqual([]);
});

test('arguments that are numbers are sorted as numbers', () => {
  const trace = new Trace(0);
  trace.apply(
    ['10', '9', 'x', '-1'].map(
      (args, future): TraceEvent => ({
        kind: 'submitted',
        at: 1,
        executor: 0,
        future,
        task: 't',
        args,
      }),
    ),
  );
  const by = (down: boolean) =>
    [...ordered(trace, ALL, { by: 'arguments', down }, 2)].map(future => trace.args[future]);
  expect(by(false)).toEqual(['-1', '9', '10', 'x']);
  expect(by(true)).toEqual(['x', '10', '9', '-1']);
});
