// Takes the events of the run that is on into its trace, once a frame, and tells the page that there is more to see.
//
// Neither takes more of a frame than its share. Where many events have come at once, the rest of them waits for the next
// frame; and a frame in which all that is slow to show is shown anew, `busyFrame`, is none in which the picture is drawn.
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
/** Frames between two rises at least: where frames are few, most of them are the picture's. */
const PICTURES = 2;
/** Events that are taken in at a time. */
const SOME = 256;
/** Milliseconds of a frame after which no more are, usually and at most. */
const SHARE = 3;
const MOST_SHARE = 16;

let tracing: Tracing | undefined;
let recorded: TraceEvent[][] = [];
let timer: (() => void) | undefined;
let told = 0;
let toldVersion = -1;
/** Milliseconds of a frame for taking events in. It grows while some are left behind. */
let share = SHARE;
/** The run is over, but not all of its events are read. */
let ending = false;
/** In the next frame `changes` rises. */
let telling = false;
/** The time of the last frame in which it did, and how many frames there were since. */
let toldIn = -1;
let framesSince = 0;

/** Whether this frame has enough to do without drawing the picture. `time` is what its callbacks were given. */
export const busyFrame = (time: number): boolean => live.peek() && (telling || toldIn === time);

/** Milliseconds since the trace's time 0, by the page's clock. */
export const clock = ({ origin }: Trace): number =>
  performance.timeOrigin + performance.now() - origin;

/** All events of the trace, as they came. */
export const events = (): TraceEvent[] => recorded.flat();

/** Begins a new trace. `source` is read until it ends; without one, events come by `take`. */
export function begin(source?: Tracing): void {
  timer?.();
  tracing?.stop();
  tracing = source;
  ending = false;
  recorded = [];
  toldVersion = -1;
  telling = false;
  share = SHARE;
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

/** Ends the trace, once all is read that is left. */
export function end(): void {
  if (!live.value) return;
  ending = true;
  if (drainSome()) finish();
}

/** Reads at once what a trace that ends has left: another one is about to begin. */
export function settle(): void {
  if (!ending) return;
  take(tracing?.drain() ?? []);
  finish();
}

function finish(): void {
  timer?.();
  tracing?.stop();
  tracing = undefined;
  ending = false;
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
    const waiting = setTimeout(() => step(), CALM);
    timer = () => clearTimeout(waiting);
  } else {
    const frame = requestAnimationFrame(step);
    timer = () => cancelAnimationFrame(frame);
  }
}

function step(time?: number): void {
  if (drainSome() && ending) {
    finish();
    return;
  }
  const version = trace.value?.version ?? 0;
  if (telling || time === undefined) {
    telling = false;
    if (time !== undefined) toldIn = time;
    framesSince = 0;
    if (version !== toldVersion) changes.value++;
    told = performance.now();
    toldVersion = version;
  } else
    telling =
      ++framesSince >= PICTURES && version !== toldVersion && performance.now() - told >= CALM;
  schedule();
}

/** Takes events in while the frame's share lasts; gives whether none are left. */
function drainSome(): boolean {
  const start = performance.now();
  while (tracing) {
    const some = tracing.drain(SOME);
    take(some);
    if (some.length < SOME) break;
    if (performance.now() - start < share) continue;
    share = Math.min(MOST_SHARE, share * 1.5);
    return false;
  }
  share = SHARE;
  return true;
}
