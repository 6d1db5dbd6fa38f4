// A trace while it runs: what the core put into its ring, drained and made into events.

import {
  type Address,
  ASYNC,
  NONE,
  PROCESS,
  RECORD_AT,
  RECORD_BYTES,
  RECORD_DETAIL,
  RECORD_EXECUTOR,
  RECORD_FORMS,
  RECORD_FUTURE,
  RECORD_KIND,
  RECORD_LENGTHS,
  RECORD_TEXT,
  RECORD_WORKER,
  TEXT_CUT,
  TEXT_ENCODED,
  THREAD,
  TRACE_BLOCKED,
  TRACE_CANCELLED,
  TRACE_EXECUTOR,
  TRACE_FINISHED,
  TRACE_RUNS,
  TRACE_STARTED,
  TRACE_SUBMITTED,
  TRACE_UNBLOCKED,
  TRACE_WORKER_ENDED,
  TRACE_WORKER_STARTED,
} from '../abi.js';
import type { Agent } from '../agent.js';
import { now } from '../clock.js';
import { type Breakage, RuntimeError } from '../errors.js';
import { checkCount, checkOptions } from '../options.js';
import { currentRealm } from '../realm.js';
import type { ExecutorKind, TraceEvent } from './events.js';
import { previewOf, previewOfCall, shorten } from './preview.js';

/** Events that there is room for, if nobody says otherwise, and the most that one may ask for. */
const CAPACITY = 16_384;
const MOST_CAPACITY = 1 << 20;
/** As many records are taken out of the ring at a time. */
const BATCH = 256;

/** How to trace. */
export interface TraceOptions {
  /**
   * How many events there is room for between two drains; the next power of two is taken. 16,384 if not given. Each takes
   * 144 bytes of pool memory.
   */
  readonly capacity?: number | undefined;
}

/** A trace that was started. */
export interface Trace {
  /**
   * Takes the events that have come since the last call, oldest first: what agents did that work on this memory, blocked
   * or not. Cheap where there are none, so call it as often as you like, for instance in each animation frame.
   *
   * If the memory breaks, the next drain ends what was open, with the reason, and later ones give nothing more.
   *
   * @param limit the most events that are taken, so that a page can take many in pieces; all that are there if not given.
   * How many were lost is told besides
   * @throws TypeError or RangeError for a `limit` that is no integer, or is below 1
   */
  drain(limit?: number): TraceEvent[];
  /** Ends the trace, and gives its memory back; what was not drained is lost. Calling it again is harmless. */
  stop(): void;
}

/**
 * Starts to trace what happens on this agent's pool memory: each future that is submitted from now on, by any agent, to
 * any executor, and the workers that run them. There is one trace at a time on one memory. Without isolation each realm has
 * a memory of its own, so trace in the realm that makes the executors.
 *
 * Without a trace, each step of a call costs one look at a word; with one, a call of nothing takes about half as long again.
 * Nobody waits for the trace: where it is full, events are lost, and counted.
 *
 * ```js
 * await ready();
 * const trace = startTracing();
 * await executor.submit(isPrime, 97);
 * const events = trace.drain();
 * trace.stop();
 * console.log(...events.filter(event => 'future' in event).map(event => event.kind));   // submitted started finished
 * ```
 *
 * @throws RuntimeError where the agent is not ready, or its memory is traced already; TypeError or RangeError for a bad
 * `capacity`, and RangeError where memory is exhausted
 */
export function startTracing(options: TraceOptions = {}): Trace {
  checkOptions('startTracing', options, ['capacity']);
  const capacity = checkCount('capacity', options.capacity ?? CAPACITY);
  if (capacity > MOST_CAPACITY)
    throw new RangeError(`capacity must be at most ${MOST_CAPACITY}, not ${capacity}`);
  const agent = currentRealm()?.agent;
  if (agent === undefined)
    throw new RuntimeError(
      'there is no pool memory to trace yet: `await ready()` before startTracing()',
    );
  const refusal = agent.inside(() => agent.core.cf_trace_start(capacity));
  if (refusal === TRACE_RUNS)
    throw new RuntimeError('this memory is traced already: stop() that trace first');
  if (refusal !== 0)
    throw new RangeError(`no pool memory is left for a trace of ${capacity} events`);
  return new Session(agent);
}

/** A future that has not ended. */
interface Open {
  readonly executor: number;
  worker: number;
  last: number;
}

class Session implements Trace {
  readonly #agent: Agent;
  readonly #block: Address;
  #over = false;
  /** What was announced already: two agents may announce the same at the same time. */
  readonly #executors = new Set<number>();
  /** The last time on each worker that has not ended, by executor and number. */
  readonly #workers = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #open = new Map<number, Open>();

  constructor(agent: Agent) {
    this.#agent = agent;
    this.#block = agent.inside(() => agent.core.cf_alloc(BATCH * RECORD_BYTES)) ?? 0;
    if (this.#block !== 0) return;
    this.stop();
    throw new RangeError('no pool memory is left for a trace');
  }

  drain(limit = MOST_CAPACITY): TraceEvent[] {
    checkCount('limit', limit);
    const agent = this.#agent;
    const { core, words } = agent;
    const events: TraceEvent[] = [];
    if (this.#over) return events;
    if (Atomics.load(words, core.cf_poison_address() / 4) !== 0) agent.look();
    if (agent.dead === undefined)
      agent.inside(() => {
        // No more than there is room for, or fast workers would keep it here for ever.
        for (let left = limit; left > 0; left -= BATCH) {
          const wanted = Math.min(left, BATCH);
          if (this.#take(events, wanted) < wanted) break;
        }
        const count = core.cf_trace_lost() >>> 0;
        if (count > 0) events.push({ kind: 'dropped', count });
      });
    if (agent.dead !== undefined) this.#break(agent.dead, events);
    return events;
  }

  stop(): void {
    const agent = this.#agent;
    if (this.#over) return;
    this.#over = true;
    agent.inside(() => {
      agent.core.cf_trace_stop();
      if (this.#block !== 0) agent.core.cf_free(this.#block, BATCH * RECORD_BYTES);
    });
  }

  #take(events: TraceEvent[], wanted: number): number {
    const { core, bytes } = this.#agent;
    const count = core.cf_trace_drain(this.#block, wanted);
    // A copy, since decoders of text refuse shared memory in some engines.
    const records = new Records(bytes.slice(this.#block, this.#block + count * RECORD_BYTES));
    for (let index = 0; index < count; index++) {
      const event = this.#checked(new Reader(records, index));
      if (event !== undefined) events.push(event);
    }
    return count;
  }

  /** The event, unless it was announced before. */
  #checked(record: Reader): TraceEvent | undefined {
    const { kind, executor } = record;
    if (kind === TRACE_EXECUTOR) {
      if (this.#executors.has(executor)) return undefined;
      this.#executors.add(executor);
      return record.executorEvent();
    }
    const worker = keyOf(executor, record.worker);
    const known = this.#workers.has(worker);
    if (kind === TRACE_WORKER_STARTED && (known || this.#ended.has(worker))) return undefined;
    // In a call that is older than the trace.
    if ((kind === TRACE_BLOCKED || kind === TRACE_UNBLOCKED) && !known) return undefined;
    // Agents note times by their own clocks, which may be a little behind each other's.
    const open = this.#open.get(record.future);
    const at = Math.max(record.at, open?.last ?? 0, this.#workers.get(worker) ?? 0);
    this.#note(record, worker, at);
    return record.event(at);
  }

  /** Keeps the books of what is open. */
  #note({ kind, executor, future, worker }: Reader, key: number, at: number): void {
    if (worker >= 0 && kind !== TRACE_WORKER_ENDED) this.#workers.set(key, at);
    const open = this.#open.get(future);
    if (kind === TRACE_SUBMITTED) this.#open.set(future, { executor, worker: -1, last: at });
    else if (kind === TRACE_STARTED && open !== undefined) {
      open.worker = worker;
      open.last = at;
    } else if (kind === TRACE_FINISHED || kind === TRACE_CANCELLED) this.#open.delete(future);
    else if (kind === TRACE_WORKER_ENDED) {
      this.#workers.delete(key);
      this.#ended.add(key);
    }
  }

  /** The memory is dead, and with it all that was open. */
  #break({ reason }: Breakage, events: TraceEvent[]): void {
    this.#over = true;
    const at = now();
    for (const [future, { executor, worker }] of this.#open)
      events.push({
        kind: 'finished',
        at,
        executor,
        future,
        worker,
        outcome: 'exception',
        text: shorten(reason),
      });
    for (const key of this.#workers.keys()) {
      const executor = Math.floor(key / MOST_NUMBERS);
      const worker = key % MOST_NUMBERS;
      events.push({ kind: 'worker-ended', at, executor, worker, reason });
    }
  }
}

const MOST_NUMBERS = 2 ** 32;

/** One number for the worker of an executor. */
function keyOf(executor: number, worker: number): number {
  return executor * MOST_NUMBERS + worker;
}

/** Records in private memory. */
class Records {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.u32 = new Uint32Array(bytes.buffer);
    this.f64 = new Float64Array(bytes.buffer);
  }
}

const fromUtf8 = new TextDecoder();

/** UTF-8 as a string; most of it is short and ASCII, for which a loop is faster. */
function decodeText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 127) return fromUtf8.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A record of the ring. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly kind: number;
  readonly executor: number;
  readonly future: number;
  readonly worker: number;
  readonly at: number;

  constructor({ bytes, u32, f64 }: Records, index: number) {
    this.#bytes = bytes;
    this.#start = index * RECORD_BYTES;
    const word = (at: number) => u32[(this.#start + at) / 4] ?? 0;
    this.kind = this.#byte(RECORD_KIND);
    this.executor = word(RECORD_EXECUTOR);
    this.future = word(RECORD_FUTURE);
    this.worker = word(RECORD_WORKER) === NONE ? -1 : word(RECORD_WORKER);
    this.at = f64[(this.#start + RECORD_AT) / 8] ?? 0;
  }

  executorEvent(): TraceEvent {
    const { at, executor, future } = this;
    const maxWorkers = future === NONE ? Number.POSITIVE_INFINITY : future;
    const what = whatOf(this.#byte(RECORD_DETAIL));
    return { kind: 'executor', at, executor, name: this.#text(0), what, maxWorkers };
  }

  event(at: number): TraceEvent | undefined {
    const { executor, future, worker } = this;
    switch (this.kind) {
      case TRACE_SUBMITTED:
        return {
          kind: 'submitted',
          at,
          executor,
          future,
          task: this.#text(0),
          args: this.#text(1, previewOfCall),
        };
      case TRACE_STARTED:
        return { kind: 'started', at, executor, future, worker };
      case TRACE_FINISHED: {
        const outcome = this.#byte(RECORD_DETAIL) === 0 ? 'result' : 'exception';
        const text = this.#text(0);
        return { kind: 'finished', at, executor, future, worker, outcome, text };
      }
      case TRACE_CANCELLED:
        return { kind: 'cancelled', at, executor, future };
      case TRACE_WORKER_STARTED:
        return { kind: 'worker-started', at, executor, worker, name: this.#text(0) };
      case TRACE_WORKER_ENDED:
        return { kind: 'worker-ended', at, executor, worker, reason: this.#text(0) };
      case TRACE_BLOCKED:
        return { kind: 'blocked', at, executor, worker, on: this.#text(0) };
      case TRACE_UNBLOCKED:
        return { kind: 'unblocked', at, executor, worker };
      default:
        return undefined;
    }
  }

  /** One of the two texts; `decode` is for what was encoded. */
  #text(which: number, decode = previewOf): string {
    const first = this.#byte(RECORD_LENGTHS);
    const start = this.#start + RECORD_TEXT + (which === 0 ? 0 : first);
    const end = start + this.#byte(RECORD_LENGTHS + which);
    const form = this.#byte(RECORD_FORMS + which);
    if ((form & TEXT_ENCODED) !== 0) return decode(this.#bytes.subarray(start, end));
    return shorten(decodeText(this.#bytes, start, end), (form & TEXT_CUT) !== 0);
  }

  #byte(at: number): number {
    return this.#bytes[this.#start + at] ?? 0;
  }
}

function whatOf(detail: number): ExecutorKind {
  if (detail === THREAD) return 'ThreadPoolExecutor';
  if (detail === PROCESS) return 'ProcessPoolExecutor';
  return detail === ASYNC ? 'AsyncExecutor' : 'InlineExecutor';
}
