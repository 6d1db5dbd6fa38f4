// Takes the events of the run that is on into its trace, once a frame, and tells the page that there is more to see.
//
// On an isolated page the events lie in the pools' shared memory, and the page reads them there, also while main()
// blocks. Otherwise the driver worker reads its own and sends them.

import { batch, signal } from '@preact/signals';
import type { TraceEvent, Tracing } from './events.ts';
import { Trace } from './trace.ts';

/** The trace of the last run; `undefined` before the first. */
export const trace = signal<Trace | undefined>(undefined);
/** Rises at most ten times a second while the trace grows, and with its last change. For what is slow to show. */
export const changes = signal(0);
/** Whether the trace still grows. */
export const live = signal(false);

/** Milliseconds between two rises of `changes`. */
const CALM = 100;

let tracing: Tracing | undefined;
let recorded: TraceEvent[][] = [];
let timer: (() => void) | undefined;
let told = 0;
let toldVersion = -1;

/** Milliseconds since the trace's time 0, by the page's clock. */
export const clock = ({ origin }: Trace): number =>
  performance.timeOrigin + performance.now() - origin;

/** All events of the trace, as they came. */
export const events = (): TraceEvent[] => recorded.flat();

/** Begins a new trace. `source` is read until it ends; without one, events come by `take`. */
export function begin(source?: Tracing): void {
  tracing?.stop();
  tracing = source;
  recorded = [];
  toldVersion = -1;
  batch(() => {
    trace.value = new Trace(performance.timeOrigin + performance.now());
    live.value = true;
    changes.value++;
  });
  schedule();
}

/** Takes events in that somebody else has read. */
export function take(some: readonly TraceEvent[]): void {
  if (some.length === 0) return;
  recorded.push([...some]);
  trace.value?.apply(some);
}

/** Reads what is left, and ends the trace. */
export function end(): void {
  if (!live.value) return;
  timer?.();
  take(tracing?.drain() ?? []);
  tracing?.stop();
  tracing = undefined;
  batch(() => {
    live.value = false;
    changes.value++;
  });
}

/** Forgets the trace. */
export function forget(): void {
  if (live.value) return;
  recorded = [];
  trace.value = undefined;
}

function schedule(): void {
  // A hidden page has no frames, but its run goes on.
  if (document.hidden) {
    const waiting = setTimeout(step, CALM);
    timer = () => clearTimeout(waiting);
  } else {
    const frame = requestAnimationFrame(step);
    timer = () => cancelAnimationFrame(frame);
  }
}

function step(): void {
  take(tracing?.drain() ?? []);
  const version = trace.value?.version ?? 0;
  const now = performance.now();
  if (version !== toldVersion && now - told >= CALM) {
    told = now;
    toldVersion = version;
    changes.value++;
  }
  schedule();
}
