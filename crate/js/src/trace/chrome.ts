// Events in the JSON of Chrome's tracing, which Perfetto opens.
//
// | here                     | there                                                             |
// |--------------------------|-------------------------------------------------------------------|
// | an executor              | a process                                                         |
// | a worker                 | a thread: its number and 1, since thread 0 is everybody's idle one |
// | a call that runs         | a slice (X) on the worker's thread                                |
// | a worker that blocks     | a slice within that                                               |
// | a call that waits        | an async slice (b, e), which may overlap others                   |
// | a submit                 | a slice without length on the thread `submitted`, and an arrow (s, f) to the call |
// | calls that wait          | a counter (C)                                                     |
// | a cancel, an error, the end of a worker, lost events | an instant (i)                        |
//
// Times are microseconds since the first event.

import type { TraceEvent } from './events.js';

/** The thread of an executor on which its submits stand. */
const SUBMITTED = 1_000_000;

/** An event of Chrome's. */
interface ChromeEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly [more: string]: unknown;
}

type Of<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

/** Events without a time stand where they came. */
const timeOf = (event: TraceEvent): number | undefined =>
  event.kind === 'dropped' ? undefined : event.at;

/**
 * Events as an object whose JSON Perfetto (https://ui.perfetto.dev) and Chrome's own `chrome://tracing` open.
 *
 * ```js
 * await ready();
 * const trace = startTracing();
 * await executor.submit(isPrime, 97);
 * const file = new Blob([JSON.stringify(chromeTrace(trace.drain()))], { type: 'application/json' });
 * trace.stop();
 * console.log(file.size > 1000);   // true
 * ```
 *
 * @param events what `drain` gave, of all calls one after the other; a part of that may lack what came before, and then
 * shows less
 */
export function chromeTrace(events: Iterable<TraceEvent>): { traceEvents: object[] } & object {
  return new Chrome([...events]).made();
}

/** A slice that has not ended. */
interface Slice {
  readonly name: string;
  readonly start: number;
  readonly args: Record<string, unknown>;
}

/** What is known of a worker. */
interface Thread {
  readonly pid: number;
  readonly tid: number;
  call: Slice | undefined;
  blocked: Slice | undefined;
  /** When what was last on it ended. */
  end: number;
}

class Chrome {
  readonly #events: TraceEvent[];
  readonly #start: number;
  readonly #last: number;
  readonly #made: ChromeEvent[] = [];
  readonly #meta: ChromeEvent[] = [];
  readonly #threads = new Map<string, Thread>();
  readonly #names = new Set<string>();
  /** What is submitted and has not ended. */
  readonly #calls = new Map<number, Of<'submitted'>>();
  readonly #waiting = new Map<number, number>();
  #now = 0;

  constructor(events: TraceEvent[]) {
    this.#events = events;
    const times = events.flatMap(event => timeOf(event) ?? []);
    this.#start = times.reduce((least, at) => Math.min(least, at), times[0] ?? 0);
    this.#last = times.reduce((most, at) => Math.max(most, at), this.#start);
  }

  made(): { traceEvents: object[] } {
    for (const event of this.#events) {
      const at = timeOf(event);
      if (at !== undefined) this.#now = this.#since(at);
      this.#add(event);
    }
    this.#now = this.#since(this.#last);
    for (const thread of this.#threads.values()) this.#close(thread, { unfinished: true });
    for (const future of [...this.#calls.keys()]) this.#waited(future);
    // Parents before what they hold, and a slice before the arrow that ends in it; else as they came.
    const rank = ({ ph }: ChromeEvent) => (ph === 'X' || ph === 'b' ? 0 : 1);
    const length = ({ dur }: ChromeEvent) => (typeof dur === 'number' ? dur : 0);
    this.#made.sort((a, b) => a.ts - b.ts || rank(a) - rank(b) || length(b) - length(a));
    return {
      traceEvents: [...this.#meta, ...this.#made],
      displayTimeUnit: 'ms',
      otherData: { start: new Date(this.#start).toISOString() },
    } as { traceEvents: object[] };
  }

  #add(event: TraceEvent): void {
    switch (event.kind) {
      case 'executor':
        this.#process(event);
        break;
      case 'submitted':
        this.#submitted(event);
        break;
      case 'started':
        this.#started(event);
        break;
      case 'finished':
        this.#finished(event);
        break;
      case 'cancelled':
        this.#waited(event.future);
        this.#instant(event.executor, SUBMITTED, 'cancelled', { future: event.future });
        break;
      case 'worker-started':
        this.#name(event.executor, event.worker + 1, event.name, event.worker);
        break;
      case 'worker-ended':
        this.#workerEnded(event);
        break;
      case 'blocked': {
        const thread = this.#thread(event);
        const start = Math.max(this.#now, thread.end, thread.call?.start ?? 0);
        thread.blocked = { name: `blocked on ${event.on}`, start, args: {} };
        break;
      }
      case 'unblocked':
        this.#unblock(this.#thread(event));
        break;
      case 'dropped':
        this.#instant(0, 0, `${event.count} events were lost`, {}, 'g');
        break;
    }
  }

  #process({ executor, name, what, maxWorkers }: Of<'executor'>): void {
    const title = name.startsWith(what) ? name : `${name} (${what})`;
    this.#metadata('process_name', executor, 0, { name: title });
    this.#metadata('process_labels', executor, 0, { labels: `maxWorkers: ${maxWorkers}` });
    this.#name(executor, SUBMITTED, 'submitted', -1);
  }

  #submitted(event: Of<'submitted'>): void {
    const { executor: pid, future, task, args } = event;
    // Where two traces are shown as one, a number may come twice.
    this.#waited(future);
    this.#calls.set(future, event);
    this.#put('X', `submit ${task}`, pid, SUBMITTED, { dur: 0, args: { future, args } });
    this.#async('b', pid, future, `${task} waits`);
    this.#count(pid, 1);
  }

  #started(event: Of<'started'>): void {
    const { executor: pid, future, worker } = event;
    const thread = this.#thread(event);
    // Whatever was there has ended, if nobody said so.
    this.#close(thread, { unfinished: true });
    const submitted = this.#calls.get(future);
    const start = Math.max(this.#now, thread.end);
    thread.call = {
      name: submitted?.task ?? `future ${future}`,
      start,
      args: { future, args: submitted?.args },
    };
    if (submitted === undefined) return;
    this.#waited(future);
    const flow = { cat: 'submit', id: future };
    this.#put('s', 'submit', pid, SUBMITTED, flow, this.#since(submitted.at));
    this.#put('f', 'submit', pid, worker + 1, { ...flow, bp: 'e' }, start);
  }

  #finished(event: Of<'finished'>): void {
    const { executor: pid, future, worker, outcome, text } = event;
    this.#waited(future);
    const tid = worker < 0 ? SUBMITTED : worker + 1;
    if (outcome === 'exception') this.#instant(pid, tid, text || 'exception', { future });
    if (worker < 0) return;
    const thread = this.#thread(event);
    if (thread.call?.args.future === future) this.#close(thread, { [outcome]: text });
  }

  #workerEnded(event: Of<'worker-ended'>): void {
    const thread = this.#thread(event);
    this.#close(thread, { unfinished: true });
    const { executor: pid, reason } = event;
    this.#instant(pid, thread.tid, reason === '' ? 'left' : `ended: ${reason}`, {});
  }

  /** What runs on the thread ends now. */
  #close(thread: Thread, args: Record<string, unknown>): void {
    this.#unblock(thread);
    this.#slice(thread, thread.call, args);
    thread.call = undefined;
  }

  #unblock(thread: Thread): void {
    this.#slice(thread, thread.blocked, {});
    thread.blocked = undefined;
  }

  #slice(thread: Thread, slice: Slice | undefined, args: Record<string, unknown>): void {
    if (slice === undefined) return;
    const { pid, tid } = thread;
    // Not before what is within it.
    thread.end = Math.max(this.#now, slice.start, thread.end);
    const more = { dur: difference(thread.end, slice.start), args: { ...slice.args, ...args } };
    this.#put('X', slice.name, pid, tid, more, slice.start);
  }

  /** The call waits no longer, if it did. */
  #waited(future: number): void {
    const call = this.#calls.get(future);
    if (call === undefined) return;
    this.#calls.delete(future);
    this.#async('e', call.executor, future, `${call.task} waits`);
    this.#count(call.executor, -1);
  }

  #count(pid: number, change: number): void {
    const waiting = (this.#waiting.get(pid) ?? 0) + change;
    this.#waiting.set(pid, waiting);
    this.#put('C', 'waiting', pid, 0, { args: { calls: waiting } });
  }

  #async(ph: 'b' | 'e', pid: number, future: number, name: string): void {
    this.#put(ph, name, pid, SUBMITTED, { cat: 'queue', id: future });
  }

  #instant(pid: number, tid: number, name: string, args: object, s = 't'): void {
    this.#put('i', name, pid, tid, { s, args });
  }

  #put(ph: string, name: string, pid: number, tid: number, more: object, ts = this.#now): void {
    this.#made.push({ ph, name, pid, tid, ts, ...more });
  }

  #thread({ executor: pid, worker }: { executor: number; worker: number }): Thread {
    const key = `${pid} ${worker}`;
    let thread = this.#threads.get(key);
    if (thread === undefined) {
      thread = { pid, tid: worker + 1, call: undefined, blocked: undefined, end: 0 };
      this.#threads.set(key, thread);
      // Unless it was told already.
      this.#name(pid, worker + 1, `worker ${worker}`, worker);
    }
    return thread;
  }

  #name(pid: number, tid: number, name: string, order: number): void {
    const key = `${pid} ${tid}`;
    if (this.#names.has(key)) return;
    this.#names.add(key);
    this.#metadata('thread_name', pid, tid, { name });
    this.#metadata('thread_sort_index', pid, tid, { sort_index: order });
  }

  #metadata(name: string, pid: number, tid: number, args: object): void {
    this.#meta.push({ ph: 'M', name, pid, tid, ts: 0, args });
  }

  #since(at: number): number {
    return difference(at * 1e3, this.#start * 1e3);
  }
}

/** To the nanosecond. */
function difference(later: number, earlier: number): number {
  return Math.round((later - earlier) * 1e3) / 1e3;
}
