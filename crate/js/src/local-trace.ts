// What executors without workers tell the trace of their agent. They run where they are, so they keep their own books:
// each call takes the lowest place that is free, and that is its worker.

import {
  EXECUTOR_NUMBER,
  FUTURE_NUMBER,
  NONE,
  TRACE_CANCELLED,
  TRACE_EXECUTOR,
  TRACE_FINISHED,
  TRACE_STARTED,
  TRACE_SUBMITTED,
  TRACE_WORKER_ENDED,
  TRACE_WORKER_STARTED,
} from './abi.js';
import type { Agent } from './agent.js';
import { now } from './clock.js';
import { currentRealm } from './realm.js';

/** As many items of an array are shown. */
const FEW = 4;

const counts = new Map<string, number>();

/** An executor in the trace. */
export class LocalTrace {
  readonly #what: number;
  readonly #most: number;
  readonly #class: string;
  #name = '';
  #agent: Agent | undefined;
  #executor = 0;
  /** The trace that was told of the executor, and of how many places. */
  #generation = 0;
  #told = 0;
  readonly #taken: boolean[] = [];

  /** `most` calls at a time; `called` is the name of the class. */
  constructor(what: number, most: number, called: string) {
    this.#what = what;
    this.#most = most;
    this.#class = called;
  }

  /** A call is submitted; gives its place in the trace, if there is a trace. */
  submitted(task: string, args: readonly unknown[]): Traced | undefined {
    const agent = currentRealm()?.agent;
    if (agent?.tracing !== true || !this.#announced(agent)) return undefined;
    const future = agent.inside(() => agent.core.cf_trace_number(FUTURE_NUMBER)) ?? 0;
    const traced = new Traced(this, this.#generation, future);
    return this.put(TRACE_SUBMITTED, traced, 0, task, args.map(textOf).join(', '))
      ? traced
      : undefined;
  }

  /** @internal Takes a place. */
  take(): number {
    let place = this.#taken.indexOf(false);
    if (place < 0) place = this.#taken.length;
    this.#taken[place] = true;
    return place;
  }

  /** @internal Gives it back. */
  release(place: number): void {
    this.#taken[place] = false;
  }

  /** The executor was shut down, and all has ended. */
  ended(): void {
    if (!this.#runs(this.#generation)) return;
    for (let place = 0; place < this.#told; place++) this.#put(TRACE_WORKER_ENDED, 0, place, 0);
    this.#told = 0;
  }

  /** @internal Whether the trace has it. */
  put(
    kind: number,
    { generation, future, place }: Traced,
    detail: number,
    first: string,
    second?: string,
  ): boolean {
    if (!this.#runs(generation)) return false;
    for (; place >= this.#told; this.#told++) {
      const name = `${this.#name}_${this.#told}`;
      if (!this.#put(TRACE_WORKER_STARTED, 0, this.#told, 0, name)) return false;
    }
    return this.#put(kind, future, place < 0 ? NONE : place, detail, first, second);
  }

  /** Whether it is that trace which runs now. */
  #runs(generation: number): boolean {
    const agent = this.#agent;
    return agent?.tracing === true && generation === generationOf(agent);
  }

  #announced(agent: Agent): boolean {
    const generation = generationOf(agent);
    if (generation === this.#generation && agent === this.#agent) return true;
    if (agent !== this.#agent) {
      this.#agent = agent;
      this.#executor = agent.inside(() => agent.core.cf_trace_number(EXECUTOR_NUMBER)) ?? 0;
    }
    if (this.#name === '') {
      const count = counts.get(this.#class) ?? 0;
      counts.set(this.#class, count + 1);
      this.#name = `${this.#class}-${count}`;
    }
    const most = Math.min(this.#most, NONE);
    if (!this.#put(TRACE_EXECUTOR, most, NONE, this.#what, this.#name)) return false;
    this.#generation = generation;
    this.#told = 0;
    return true;
  }

  #put(
    kind: number,
    future: number,
    worker: number,
    detail: number,
    first = '',
    second = '',
  ): boolean {
    const agent = this.#agent;
    if (agent?.tracing !== true) return false;
    const put = agent.inside(() => {
      const lengths = agent.traceTexts(first, second);
      const { core, scratch } = agent;
      const numbers = [kind, this.#executor, future, worker, detail] as const;
      return core.cf_trace_put(...numbers, scratch, ...lengths, now());
    });
    return put === 1;
  }
}

function generationOf(agent: Agent): number {
  return agent.inside(() => agent.core.cf_trace_generation()) ?? 0;
}

/** A call in the trace. */
export class Traced {
  readonly #trace: LocalTrace;
  readonly generation: number;
  readonly future: number;
  /** -1 before it has begun. */
  place = -1;
  #over = false;

  constructor(trace: LocalTrace, generation: number, future: number) {
    this.#trace = trace;
    this.generation = generation;
    this.future = future;
  }

  started(): void {
    this.place = this.#trace.take();
    this.#trace.put(TRACE_STARTED, this, 0, '');
  }

  /** The call has ended; only the first time counts. */
  finished(failed: boolean, text: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#trace.put(TRACE_FINISHED, this, Number(failed), text);
    if (this.place >= 0) this.#trace.release(this.place);
  }

  cancelled(): void {
    if (this.#over) return;
    this.#over = true;
    this.#trace.put(TRACE_CANCELLED, this, 0, '');
  }
}

/** A value in few characters. A getter, or a proxy of somebody's, may throw in here: that is shown instead. */
export function textOf(value: unknown): string {
  try {
    if (Array.isArray(value)) {
      const items = value.slice(0, FEW).map(item => (Array.isArray(item) ? '[…]' : textOf(item)));
      return `[${items.join(', ')}${value.length > FEW ? ', …' : ''}]`;
    }
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (typeof value === 'string') return `'${value.slice(0, 100)}'`;
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function') return `function ${value.name}`;
    if (typeof value === 'object' && value !== null)
      return Object.prototype.toString.call(value).slice(8, -1);
    return String(value);
  } catch (error) {
    return `(a getter threw ${typeof error})`;
  }
}
