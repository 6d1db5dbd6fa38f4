// The model of a run, from events: first built by hand, for one rule each.

import { expect, test } from 'vitest';
import type { TraceEvent } from './events.ts';
import { Steps } from './steps.ts';
import { CANCELLED, DONE, FAILED, PENDING, RUNNING, Trace, UNBORN } from './trace.ts';

const ORIGIN = 1_000_000;

/** Events of one executor, number 1; times in milliseconds after the origin. */
const say = {
  open: (at: number, what = 'ThreadPoolExecutor', maxWorkers = 2) =>
    ({
      kind: 'executor',
      at: ORIGIN + at,
      executor: 1,
      name: 'pool',
      what,
      maxWorkers,
    }) as TraceEvent,
  submit: (at: number, future: number): TraceEvent => ({
    kind: 'submitted',
    at: ORIGIN + at,
    executor: 1,
    future,
    task: 'work',
    args: String(future),
  }),
  start: (at: number, future: number, worker = 0): TraceEvent => ({
    kind: 'started',
    at: ORIGIN + at,
    executor: 1,
    future,
    worker,
  }),
  finish: (at: number, future: number, outcome: 'result' | 'exception' = 'result', worker = 0) =>
    ({
      kind: 'finished',
      at: ORIGIN + at,
      executor: 1,
      future,
      worker,
      outcome,
      text: outcome,
    }) as TraceEvent,
  cancel: (at: number, future: number): TraceEvent => ({
    kind: 'cancelled',
    at: ORIGIN + at,
    executor: 1,
    future,
  }),
  worker: (at: number, worker: number, name: string): TraceEvent => ({
    kind: 'worker-started',
    at: ORIGIN + at,
    executor: 1,
    worker,
    name,
  }),
};

function traced(...events: TraceEvent[]): Trace {
  const trace = new Trace(ORIGIN);
  trace.apply(events);
  return trace;
}

test('a future goes from pending by running to finished', () => {
  const trace = traced(say.open(0), say.submit(1, 7), say.start(3, 7), say.finish(8, 7));
  expect([0, 1, 2, 3, 7, 8].map(time => trace.stateAt(0, time))).toEqual([
    UNBORN,
    PENDING,
    PENDING,
    RUNNING,
    RUNNING,
    DONE,
  ]);
  expect(trace.waited(0, 100)).toBe(2);
  expect(trace.ran(0, 100)).toBe(5);
  expect(trace.ran(0, 4)).toBe(1);
  expect([trace.id[0], trace.task[0], trace.args[0], trace.text[0]]).toEqual([
    7,
    'work',
    '7',
    'result',
  ]);
});

test('an exception is told from a result, and a cancelled future from both', () => {
  const trace = traced(
    say.open(0),
    say.submit(1, 1),
    say.submit(1, 2),
    say.submit(1, 3),
    say.start(2, 1),
    say.finish(3, 1, 'exception'),
    say.cancel(4, 2),
  );
  expect([...trace.state.values.subarray(0, 3)]).toEqual([FAILED, CANCELLED, PENDING]);
  expect([...trace.counts]).toEqual([1, 0, 0, 1, 1]);
  expect(trace.completed).toBe(2);
  expect([...trace.countsAt(2.5)]).toEqual([2, 1, 0, 0, 0, 0]);
});

test('the queue rises with a submit, falls with a start or a cancel, and is never negative', () => {
  const trace = traced(
    say.open(0),
    say.submit(1, 1),
    say.submit(2, 2),
    say.submit(3, 3),
    say.start(4, 1),
    say.cancel(5, 2),
    say.start(6, 3),
    say.start(7, 4),
  );
  const { queue } = trace.executors[0]!;
  expect([0.5, 1, 2, 3, 4, 5, 6, 7, 99].map(time => queue.at(time))).toEqual([
    0, 1, 2, 3, 2, 1, 0, 0, 0,
  ]);
  expect(queue.max(3.5, 99)).toBe(3);
});

test('events of different agents may come in any order', () => {
  const events = [
    say.open(0),
    say.worker(1, 0, 'pool_0'),
    say.submit(2, 1),
    say.start(3, 1),
    say.finish(4, 1),
    say.submit(2.5, 2),
    say.start(5, 2),
  ];
  const inOrder = traced(...events);
  const late = traced(...events.filter(event => event.kind !== 'submitted'));
  late.apply(events.filter(event => event.kind === 'submitted'));
  for (const time of [2, 2.5, 3, 4, 5]) {
    expect(late.executors[0]!.queue.at(time)).toBe(inOrder.executors[0]!.queue.at(time));
    expect([...late.countsAt(time)]).toEqual([...inOrder.countsAt(time)]);
  }
});

test('an executor that is told of late keeps what was known of it', () => {
  const trace = traced(say.submit(1, 1), say.start(2, 1), say.open(0));
  expect(trace.executors).toHaveLength(1);
  expect(trace.executors[0]).toMatchObject({ name: 'pool', futures: 1, lanes: [0] });
});

test('workers have lanes in the order of their numbers, named without the name of their pool', () => {
  const trace = traced(say.open(0), say.worker(1, 1, 'pool_1'), say.worker(2, 0, 'other'));
  expect(trace.executors[0]!.lanes.map(lane => trace.lanes[lane]?.name)).toEqual([
    'other',
    'thread 1',
  ]);
});

test('coroutines that run at once have lanes of their own, and the next takes the first free one', () => {
  const trace = traced(
    say.open(0, 'AsyncExecutor'),
    ...[1, 2, 3].flatMap(future => [say.submit(future, future), say.start(future, future)]),
    say.finish(4, 2),
    say.finish(5, 1),
    say.submit(6, 4),
    say.start(6, 4),
    say.start(7, 5),
  );
  expect(trace.lanes).toHaveLength(3);
  expect([...trace.lane.values.subarray(0, 5)]).toEqual([0, 1, 2, 0, 1]);
});

test('a worker that is blocked stands still until it goes on, or ends', () => {
  const at = (time: number) => ({ at: ORIGIN + time, executor: 1, worker: 0 });
  const trace = traced(
    say.open(0),
    say.worker(1, 0, 'pool_0'),
    { kind: 'blocked', ...at(2), on: 'a lock' },
    { kind: 'unblocked', ...at(5) },
    { kind: 'blocked', ...at(6), on: 'a future' },
    { kind: 'worker-ended', ...at(9), reason: 'shut down' },
  );
  const { blocked, until, reason } = trace.lanes[0]!;
  expect([...blocked.from.values.subarray(0, 2)]).toEqual([2, 6]);
  expect([...blocked.to.values.subarray(0, 2)]).toEqual([5, 9]);
  expect([until, reason, blocked.on]).toEqual([9, 'shut down', ['a lock', 'a future']]);
});

test('a slice is found by a moment, and a future by its place', () => {
  const trace = traced(
    say.open(0),
    ...[1, 2, 3].flatMap(future => [
      say.submit(0, future),
      say.start(future * 10, future),
      say.finish(future * 10 + 5, future),
    ]),
  );
  const lane = trace.lanes[0]!;
  expect([5, 10, 17, 20, 99].map(time => trace.sliceBefore(lane, time))).toEqual([-1, 0, 0, 1, 2]);
  expect([0, 1, 2].map(future => trace.placeInLane(future))).toEqual([0, 1, 2]);
});

test('the greatest depth of a long queue is the same as one finds step by step', () => {
  const steps = new Steps();
  // Late changes among them; numbers that look random and are the same each time.
  for (let n = 0; n < 3000; n++)
    steps.add(n - (n % 7 === 0 ? 40 : 0), (n * 7919) % 3 === 0 ? -1 : 1);
  for (const [from, to] of [
    [0, 3000],
    [255, 256],
    [256, 511.5],
    [100, 1300],
    [2900, 9999],
    [-5, -1],
  ] as const) {
    let most = steps.at(from);
    for (let time = from; time <= to; time += 0.5) most = Math.max(most, steps.at(time));
    expect(steps.max(from, to)).toBe(most);
    steps.add(from + 0.25, 5);
  }
});

test('submits are found by their time, also those that come late', () => {
  const trace = traced(say.open(0), ...[1, 2, 4, 8, 3, 8, 9].map((at, n) => say.submit(at, n)));
  for (const known of [0, 1, 2])
    expect([2, 3, 7, 8, 9].map(time => trace.submitsUntil(time, known))).toEqual([2, 3, 4, 6, 7]);
});

test('what has changed since the last picture is known by its earliest time', () => {
  const trace = traced(say.open(0), say.submit(5, 1), say.start(10, 1));
  expect(trace.undrawn).toBe(0);
  trace.undrawn = Number.POSITIVE_INFINITY;
  trace.apply([say.submit(30, 2)]);
  expect(trace.undrawn).toBe(30);
  // What ran was drawn as running from its start.
  trace.apply([say.finish(40, 1)]);
  expect(trace.undrawn).toBe(10);
});

test('lost events are counted', () => {
  expect(traced({ kind: 'dropped', count: 3 }, { kind: 'dropped', count: 4 }).dropped).toBe(7);
});

test('ten thousand futures on eight workers are taken in within a few frames', () => {
  const events: TraceEvent[] = [say.open(0, 'ThreadPoolExecutor', 8)];
  for (let future = 0; future < 10_000; future++) events.push(say.submit(future / 1000, future));
  for (let future = 0; future < 10_000; future++) {
    const begin = 20 + Math.floor(future / 8);
    events.push(say.start(begin, future, future % 8));
    events.push(say.finish(begin + 0.9, future, 'result', future % 8));
  }
  const trace = new Trace(ORIGIN);
  const begin = performance.now();
  for (let at = 0; at < events.length; at += 200) trace.apply(events.slice(at, at + 200));
  const took = performance.now() - begin;
  expect(trace.completed).toBe(10_000);
  expect(trace.executors[0]!.queue.max(0, 1e9)).toBe(10_000);
  // Some 10 ms here; a model that is quadratic takes minutes.
  expect(took).toBeLessThan(1500);
});
