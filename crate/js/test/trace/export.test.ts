// Events as files: what Perfetto and spreadsheets need of them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chromeTrace, type TraceEvent, traceCsv } from '../../src/trace.js';

interface Made {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  id?: number;
  cat?: string;
  bp?: string;
  args?: Record<string, unknown>;
}

const EXECUTORS = [1, 2];
const WORKERS = [0, 1];

/** Whatever events may come, in any order, as after losses. */
const anyEvents: fc.Arbitrary<TraceEvent[]> = fc
  .array(
    fc.record({
      pick: fc.nat(9),
      step: fc.double({ min: -0.01, max: 5, noNaN: true }),
      executor: fc.constantFrom(...EXECUTORS),
      worker: fc.constantFrom(...WORKERS),
      future: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 60 },
  )
  .map(steps => {
    let at = 1_790_000_000_000;
    return steps.map(({ pick, step, executor, worker, future }): TraceEvent => {
      at += step;
      const all: TraceEvent[] = [
        { kind: 'executor', at, executor, name: 'p', what: 'ThreadPoolExecutor', maxWorkers: 2 },
        { kind: 'submitted', at, executor, future, task: 'f', args: '1' },
        { kind: 'submitted', at, executor, future: future + 10, task: 'g', args: '' },
        { kind: 'started', at, executor, future, worker },
        { kind: 'started', at, executor, future: future + 10, worker },
        { kind: 'finished', at, executor, future, worker, outcome: 'result', text: '2' },
        { kind: 'cancelled', at, executor, future },
        { kind: 'blocked', at, executor, worker, on: 'a lock' },
        { kind: 'unblocked', at, executor, worker },
        { kind: 'worker-ended', at, executor, worker, reason: 'gone' },
      ];
      return all[pick] as TraceEvent;
    });
  });

function madeOf(events: TraceEvent[]): Made[] {
  // As a file has it.
  return (JSON.parse(JSON.stringify(chromeTrace(events))) as { traceEvents: Made[] }).traceEvents;
}

/** Events by thread. */
function threadsOf(made: Made[]): Made[][] {
  const threads = new Map<string, Made[]>();
  for (const event of made) {
    const key = `${event.pid} ${event.tid}`;
    threads.set(key, [...(threads.get(key) ?? []), event]);
  }
  return [...threads.values()];
}

/** Whether slices end within those in which they begin. */
function nests(slices: Made[]): boolean {
  const open: number[] = [];
  return slices.every(({ ts, dur = 0 }) => {
    while (open.length > 0 && (open.at(-1) as number) <= ts + 1e-9) open.pop();
    const around = open.at(-1);
    open.push(ts + dur);
    return around === undefined || ts + dur <= around + 1e-3;
  });
}

const AT = 1_790_000_000_000;
const CALL: TraceEvent[] = [
  { kind: 'executor', at: AT, executor: 1, name: 'w', what: 'ProcessPoolExecutor', maxWorkers: 2 },
  { kind: 'submitted', at: AT + 1, executor: 1, future: 1, task: 'square', args: '3' },
  { kind: 'submitted', at: AT + 1.5, executor: 1, future: 2, task: 'wait', args: '' },
  { kind: 'worker-started', at: AT + 2, executor: 1, worker: 0, name: 'w_0' },
  { kind: 'started', at: AT + 2.25, executor: 1, future: 1, worker: 0 },
  { kind: 'blocked', at: AT + 2.5, executor: 1, worker: 0, on: 'a lock' },
  { kind: 'unblocked', at: AT + 2.75, executor: 1, worker: 0 },
  {
    kind: 'finished',
    at: AT + 3,
    executor: 1,
    future: 1,
    worker: 0,
    outcome: 'exception',
    text: 'RangeError: no tea',
  },
  { kind: 'cancelled', at: AT + 4, executor: 1, future: 2 },
  { kind: 'worker-ended', at: AT + 5, executor: 1, worker: 0, reason: '' },
];

describe('chromeTrace', () => {
  test('a call is a slice on its worker, with an arrow from its submit, and waits before it', () => {
    const made = madeOf(CALL);
    const slices = made.filter(({ ph }) => ph === 'X');
    expect(slices.map(({ name, tid, ts, dur }) => [name, tid, ts, dur])).toEqual([
      ['submit square', 1_000_000, 1000, 0],
      ['submit wait', 1_000_000, 1500, 0],
      ['square', 1, 2250, 750],
      ['blocked on a lock', 1, 2500, 250],
    ]);
    expect(slices[2]?.args).toEqual({ future: 1, args: '3', exception: 'RangeError: no tea' });
    const arrows = made.filter(({ ph }) => ph === 's' || ph === 'f');
    expect(arrows.map(({ ph, id, tid, ts, bp }) => [ph, id, tid, ts, bp])).toEqual([
      ['s', 1, 1_000_000, 1000, undefined],
      ['f', 1, 1, 2250, 'e'],
    ]);
    const waits = made.filter(({ cat }) => cat === 'queue');
    expect(waits.map(({ ph, id, ts, name }) => [ph, id, ts, name])).toEqual([
      ['b', 1, 1000, 'square waits'],
      ['b', 2, 1500, 'wait waits'],
      ['e', 1, 2250, 'square waits'],
      ['e', 2, 4000, 'wait waits'],
    ]);
    const counts = made.filter(({ ph }) => ph === 'C').map(({ args }) => args?.calls);
    expect(counts).toEqual([1, 2, 1, 0]);
    const instants = made.filter(({ ph }) => ph === 'i').map(({ name, tid }) => [name, tid]);
    expect(instants).toEqual([
      ['RangeError: no tea', 1],
      ['cancelled', 1_000_000],
      ['left', 1],
    ]);
  });

  test('executors are processes, workers are threads, and all have their names', () => {
    const names = madeOf(CALL).filter(({ ph, name }) => ph === 'M' && name.endsWith('_name'));
    expect(names.map(({ pid, tid, args }) => [pid, tid, args?.name])).toEqual([
      [1, 0, 'w (ProcessPoolExecutor)'],
      [1, 1_000_000, 'submitted'],
      [1, 1, 'w_0'],
    ]);
  });

  test('a call that has not ended is drawn to the end of the trace', () => {
    const made = madeOf(CALL.slice(0, 6));
    const slices = made.filter(({ ph, tid }) => ph === 'X' && tid === 1);
    expect(slices.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ['square', 2250, 250],
      ['blocked on a lock', 2500, 0],
    ]);
    expect(slices[0]?.args?.unfinished).toBe(true);
  });

  test('whatever comes, times of a thread never go back, slices nest, arrows and waits have both ends', () => {
    fc.assert(
      fc.property(anyEvents, events => {
        const made = madeOf(events);
        for (const thread of threadsOf(made.filter(({ ph }) => ph !== 'M'))) {
          for (const [before, after] of thread.slice(1).map((event, i) => [thread[i], event]))
            expect((before as Made).ts).toBeLessThanOrEqual((after as Made).ts);
          expect(nests(thread.filter(({ ph }) => ph === 'X'))).toBe(true);
        }
        for (const [begin, end] of [
          ['s', 'f'],
          ['b', 'e'],
        ]) {
          const ids = (phase: string | undefined) =>
            made
              .filter(({ ph }) => ph === phase)
              .map(({ id }) => id)
              .sort();
          expect(ids(end)).toEqual(ids(begin));
        }
        for (const { pid, tid, ts, dur = 0 } of made) {
          expect([pid, tid, ts, dur].every(Number.isFinite)).toBe(true);
          expect(dur).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('events that were lost are said', () => {
    const made = madeOf([...CALL, { kind: 'dropped', count: 7 }]);
    expect(made.find(({ name }) => name === '7 events were lost')?.ph).toBe('i');
  });

  test('nothing gives a trace without events', () => {
    expect(madeOf([])).toEqual([]);
  });
});

describe('traceCsv', () => {
  test('each event is a line, with a column for each property', () => {
    const [head, ...lines] = traceCsv(CALL).split('\r\n');
    expect(head?.startsWith('at,kind,executor,future,worker,')).toBe(true);
    expect(lines).toHaveLength(CALL.length + 1);
    expect(lines[1]).toBe('1790000000001,submitted,1,1,,,,,square,3,,,,,');
  });

  test('what separates cells is quoted', () => {
    const text = 'one, "two"\nthree';
    const [, line] = traceCsv([
      { kind: 'finished', at: 1, executor: 1, future: 1, worker: -1, outcome: 'result', text },
    ]).split('\r\n');
    expect(line).toBe('1,finished,1,1,-1,,,,,,result,"one, ""two""\nthree",,,');
  });
});
