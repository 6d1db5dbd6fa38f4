// A run as its events tell it: executors, the lanes of their workers, futures, queues. Events are taken in as they come;
// the drawing and the table read from here.
//
// Each agent records on its own, so an event may come before one that is its cause: nothing here needs an order between
// agents, only between the events of one worker.

import { after, Codes, Indices, Times } from './columns.ts';
import type { TraceEvent } from './events.ts';
import { Steps } from './steps.ts';

/** What can be seen of a future. The last three are Python's `finished` and `cancelled`, with how it ended. */
export const PENDING = 0;
export const RUNNING = 1;
export const DONE = 2;
export const FAILED = 3;
export const CANCELLED = 4;
/** Not submitted yet. */
export const UNBORN = 5;

export type What = (TraceEvent & { kind: 'executor' })['what'];

/** Time during which a worker stood still, and what it waited for. */
export interface Blocked {
  readonly from: Times;
  readonly to: Times;
  readonly on: string[];
}

/** A row of the picture: a worker, or the place of one coroutine after another. */
export interface Lane {
  readonly index: number;
  readonly executor: number;
  /** Among those of its executor. */
  readonly number: number;
  readonly name: string;
  since: number;
  /** NaN while it lives. */
  until: number;
  reason: string;
  /** Futures in the order in which they started here. */
  readonly slices: Indices;
  readonly blocked: Blocked;
}

export interface Executor {
  readonly index: number;
  readonly name: string;
  readonly what: What;
  readonly maxWorkers: number;
  readonly at: number;
  /** By their numbers. */
  readonly lanes: number[];
  readonly queue: Steps;
  /** Futures that were cancelled while they waited. */
  readonly cancelled: Indices;
  /** How many futures it was given. */
  futures: number;
}

/** What belongs to one executor while events come in. */
interface Known {
  readonly executor: Executor;
  readonly futures: Map<number, number>;
  readonly lanes: Map<number, Lane>;
  /** Lanes of coroutines without one. */
  readonly free: Lane[];
}

const KINDS: Record<What, string> = {
  ThreadPoolExecutor: 'thread',
  ProcessPoolExecutor: 'process',
  AsyncExecutor: 'coroutine',
  InlineExecutor: 'caller',
};

export class Trace {
  /** The time 0, in milliseconds since 1970. All other times here are milliseconds since then. */
  readonly origin: number;
  readonly executors: Executor[] = [];
  readonly lanes: Lane[] = [];
  /** How many futures are in each state, by its code. */
  readonly counts = new Int32Array(5);
  /** Events that were lost because nobody could take them in fast enough. */
  dropped = 0;
  /** Rises with every change. */
  version = 0;
  /** The earliest time at which something has changed that is not drawn yet. Who draws puts it back to Infinity. */
  undrawn = Number.POSITIVE_INFINITY;
  /** Rises when there are more executors or lanes. */
  structure = 0;
  /** The times of the first and the last event. */
  first = Number.NaN;
  last = 0;

  /** The futures, column by column; a future is an index. */
  readonly submitted = new Times();
  readonly started = new Times();
  readonly ended = new Times();
  readonly state = new Codes();
  readonly lane = new Indices();
  readonly executorOf = new Indices();
  readonly id: number[] = [];
  readonly task: string[] = [];
  readonly args: string[] = [];
  /** The result or the error in words; empty until then. */
  readonly text: string[] = [];

  /** When something was submitted, in the order of the times. */
  readonly submits = new Times();

  readonly #known = new Map<number, Known>();

  constructor(origin: number) {
    this.origin = origin;
  }

  /** How many futures there are. */
  get size(): number {
    return this.id.length;
  }

  /** How many futures are done, in whatever way. */
  get completed(): number {
    const { counts } = this;
    return (counts[DONE] ?? 0) + (counts[FAILED] ?? 0) + (counts[CANCELLED] ?? 0);
  }

  apply(events: readonly TraceEvent[]): void {
    for (const event of events) this.#take(event);
    if (events.length > 0) this.version++;
  }

  /** The state of a future at a moment. */
  stateAt(future: number, time: number): number {
    if (!(this.#birth(future) <= time)) return UNBORN;
    if (this.ended.get(future) <= time) return this.state.get(future);
    return this.started.get(future) <= time ? RUNNING : PENDING;
  }

  /** How many futures are in each state at a moment. */
  countsAt(time: number): Int32Array {
    const counts = new Int32Array(6);
    for (let future = 0; future < this.size; future++) {
      const state = this.stateAt(future, time);
      counts[state] = (counts[state] ?? 0) + 1;
    }
    return counts;
  }

  /** Milliseconds from submit to start, or until `now`; NaN where it never began to wait. */
  waited(future: number, now: number): number {
    const begin = this.submitted.get(future);
    const start = this.started.get(future);
    const end = Number.isNaN(start) ? this.ended.get(future) : start;
    return (Number.isNaN(end) ? now : Math.min(end, now)) - begin;
  }

  /** Milliseconds of running, until `now` at most; NaN where it never ran. */
  ran(future: number, now: number): number {
    const start = this.started.get(future);
    if (!(start <= now)) return Number.NaN;
    const end = this.ended.get(future);
    return (Number.isNaN(end) ? now : Math.min(end, now)) - start;
  }

  /** How many futures were submitted until `time`, if at least `known` of them were. */
  submitsUntil(time: number, known: number): number {
    const { submits } = this;
    // Most often the answer is near.
    let [low, step] = [known, 1];
    while (low + step <= submits.length && submits.get(low + step - 1) <= time) {
      low += step;
      step *= 2;
    }
    const rest = Math.min(step, submits.length - low);
    return low + after(time, rest, index => submits.get(low + index));
  }

  /** The place in a lane's slices of the last one that started at or before `time`; -1 if there is none. */
  sliceBefore(lane: Lane, time: number): number {
    const { slices } = lane;
    return after(time, slices.length, index => this.started.get(slices.get(index))) - 1;
  }

  /** The place of a future among its lane's slices; -1 where it has none. */
  placeInLane(future: number): number {
    const lane = this.lanes[this.lane.get(future)];
    if (!lane) return -1;
    let place = this.sliceBefore(lane, this.started.get(future));
    while (place >= 0 && lane.slices.get(place) !== future) place--;
    return place;
  }

  /** When a future is first heard of. Its submission may have been lost, or may be still to come. */
  #birth(future: number): number {
    const submitted = this.submitted.get(future);
    if (!Number.isNaN(submitted)) return submitted;
    const started = this.started.get(future);
    return Number.isNaN(started) ? this.ended.get(future) : started;
  }

  #take(event: TraceEvent): void {
    const time = event.kind === 'dropped' ? this.last : event.at - this.origin;
    if (event.kind !== 'dropped' && !(this.first <= time)) this.first = time;
    this.last = Math.max(this.last, time);
    this.undrawn = Math.min(this.undrawn, time);
    switch (event.kind) {
      case 'executor':
        this.#open(event.executor, time, event);
        break;
      case 'submitted': {
        const future = this.#future(event.executor, event.future);
        this.submitted.set(future, time);
        this.submits.insert(this.#placeOfSubmit(time), time);
        this.task[future] = event.task;
        this.args[future] = event.args;
        this.#of(event.executor).executor.queue.add(time, 1);
        break;
      }
      case 'started':
        this.#start(event, time);
        break;
      case 'finished': {
        const future = this.#future(event.executor, event.future);
        this.text[future] = event.text;
        this.#end(event.executor, future, time, event.outcome === 'result' ? DONE : FAILED);
        break;
      }
      case 'cancelled': {
        const future = this.#future(event.executor, event.future);
        if (Number.isNaN(this.started.get(future)))
          this.#of(event.executor).executor.cancelled.push(future);
        this.#end(event.executor, future, time, CANCELLED);
        break;
      }
      case 'worker-started':
        this.#lane(event.executor, event.worker, time, event.name).since = time;
        break;
      case 'worker-ended': {
        const lane = this.#lane(event.executor, event.worker, time);
        lane.until = time;
        lane.reason = event.reason;
        this.#unblock(lane, time);
        break;
      }
      case 'blocked': {
        const { blocked } = this.#lane(event.executor, event.worker, time);
        blocked.from.push(time);
        blocked.to.push(Number.NaN);
        blocked.on.push(event.on);
        break;
      }
      case 'unblocked':
        this.#unblock(this.#lane(event.executor, event.worker, time), time);
        break;
      case 'dropped':
        this.dropped += event.count;
        break;
    }
  }

  /** Behind all others, unless another agent was quicker to record. */
  #placeOfSubmit(time: number): number {
    const { submits } = this;
    const last = submits.length - 1;
    return last >= 0 && submits.get(last) > time ? this.submitsUntil(time, 0) : last + 1;
  }

  #open(id: number, time: number, event?: TraceEvent & { kind: 'executor' }): Known {
    const executor: Executor = {
      index: this.#known.get(id)?.executor.index ?? this.executors.length,
      name: event?.name || event?.what || `executor ${id}`,
      what: event?.what ?? 'ThreadPoolExecutor',
      maxWorkers: event?.maxWorkers ?? 0,
      at: time,
      lanes: [],
      queue: new Steps(),
      cancelled: new Indices(),
      futures: 0,
    };
    const before = this.#known.get(id);
    // What came before its executor keeps all that is known of it, under the right name.
    const merged = before ? { ...before.executor, ...named(executor) } : executor;
    const known: Known = before
      ? { ...before, executor: merged }
      : { executor: merged, futures: new Map(), lanes: new Map(), free: [] };
    this.#known.set(id, known);
    this.executors[merged.index] = merged;
    this.structure++;
    return known;
  }

  #of(id: number): Known {
    return this.#known.get(id) ?? this.#open(id, this.last);
  }

  #future(executorId: number, id: number): number {
    const { futures, executor } = this.#of(executorId);
    const found = futures.get(id);
    if (found !== undefined) return found;
    const future = this.size;
    futures.set(id, future);
    executor.futures++;
    this.id.push(id);
    this.task.push('');
    this.args.push('');
    this.text.push('');
    this.submitted.push(Number.NaN);
    this.started.push(Number.NaN);
    this.ended.push(Number.NaN);
    this.state.push(PENDING);
    this.lane.push(-1);
    this.executorOf.push(executor.index);
    this.#count(PENDING, 1);
    return future;
  }

  #lane(executorId: number, worker: number, time: number, name?: string): Lane {
    const known = this.#of(executorId);
    const found = known.lanes.get(worker);
    if (found) return found;
    const lane = this.#addLane(
      known,
      worker,
      name ?? `${KINDS[known.executor.what]} ${worker}`,
      time,
    );
    known.lanes.set(worker, lane);
    return lane;
  }

  #addLane({ executor }: Known, number: number, name: string, time: number): Lane {
    const lane: Lane = {
      index: this.lanes.length,
      executor: executor.index,
      number,
      name: shortName(name, executor),
      since: time,
      until: Number.NaN,
      reason: '',
      slices: new Indices(),
      blocked: { from: new Times(), to: new Times(), on: [] },
    };
    this.lanes.push(lane);
    const { lanes } = executor;
    const place = after(number, lanes.length, at => this.lanes[lanes[at] as number]?.number ?? 0);
    lanes.splice(place, 0, lane.index);
    this.structure++;
    return lane;
  }

  /** Coroutines have no worker: each takes the first lane that is free. */
  #slot(known: Known, time: number): Lane {
    const number = known.executor.lanes.length;
    return (
      known.free.pop() ?? this.#addLane(known, number, `${KINDS.AsyncExecutor} ${number}`, time)
    );
  }

  #start(event: TraceEvent & { kind: 'started' }, time: number): void {
    const known = this.#of(event.executor);
    const future = this.#future(event.executor, event.future);
    const lane =
      known.executor.what === 'AsyncExecutor'
        ? this.#slot(known, time)
        : this.#lane(event.executor, event.worker, time);
    this.started.set(future, time);
    this.lane.set(future, lane.index);
    lane.slices.insert(this.sliceBefore(lane, time) + 1, future);
    known.executor.queue.add(time, -1);
    if (this.state.get(future) === PENDING) this.#become(future, RUNNING);
  }

  #end(executorId: number, future: number, time: number, state: number): void {
    const known = this.#of(executorId);
    const started = this.started.get(future);
    this.ended.set(future, time);
    this.#become(future, state);
    if (started < this.undrawn) this.undrawn = started;
    if (Number.isNaN(started)) known.executor.queue.add(time, -1);
    else if (known.executor.what === 'AsyncExecutor') {
      const lane = this.lanes[this.lane.get(future)];
      if (lane) this.#release(known, lane);
    }
  }

  /** Keeps the free lanes in falling order, so that the uppermost is taken first. */
  #release({ free }: Known, lane: Lane): void {
    const place = after(-lane.index, free.length, index => -(free[index]?.index ?? 0));
    free.splice(place, 0, lane);
  }

  #unblock({ blocked }: Lane, time: number): void {
    const last = blocked.to.length - 1;
    if (last < 0 || !Number.isNaN(blocked.to.get(last))) return;
    blocked.to.set(last, time);
    this.undrawn = Math.min(this.undrawn, blocked.from.get(last));
  }

  #become(future: number, state: number): void {
    this.#count(this.state.get(future), -1);
    this.state.set(future, state);
    this.#count(state, 1);
  }

  #count(state: number, change: number): void {
    this.counts[state] = (this.counts[state] ?? 0) + change;
  }
}

const named = ({ name, what, maxWorkers, at }: Executor) => ({ name, what, maxWorkers, at });

/** A worker whose name begins with its executor's is told apart by the rest of it. */
function shortName(name: string, { name: executor, what }: Executor): string {
  const rest = name.startsWith(executor) ? name.slice(executor.length).replace(/^[-_ ]+/, '') : '';
  return rest === '' ? name : `${KINDS[what]} ${rest}`;
}
