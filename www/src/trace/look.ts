// What the person looks at: the moment of a replay, the future under the pointer, the chosen one, an area. Picture and
// table share it, so that they go in step.

import { computed, effect, signal } from '@preact/signals';
import { changes, clock, live, trace } from './feed.ts';
import type { Area } from './stats.ts';

/** A future under the pointer, in the picture or in the table; -1 for none. */
export const hovered = signal(-1);
/** The future that was chosen; -1 for none. */
export const selected = signal(-1);
export const area = signal<Area | undefined>(undefined);
/** The moment that a replay has come to; `undefined` for the end of what there is. */
export const moment = signal<number | undefined>(undefined);

/** Whether a replay goes on by itself. */
export const playing = signal(false);
/** The moment of a replay as numbers and words tell it: while it plays, ten times a second is enough to read. */
export const toldMoment = signal<number | undefined>(undefined);

/** Milliseconds between two of them. */
const CALM = 100;

/** The moment that is shown, in milliseconds on the trace's clock. */
export function shownMoment(): number {
  const known = trace.peek();
  if (!known) return 0;
  return moment.peek() ?? (live.peek() ? clock(known) : known.last);
}

/** How many futures are in each state at the moment that is shown, by their codes. */
export const shownCounts = computed(() => {
  changes.value;
  const known = trace.value;
  if (!known) return new Int32Array(6);
  // A copy: the same array again would not count as a change.
  const time = toldMoment.value;
  return time === undefined ? known.counts.slice() : known.countsAt(time);
});

let toldAt = 0;
effect(() => {
  const time = moment.value;
  const now = performance.now();
  if (playing.value && time !== undefined && now - toldAt < CALM) return;
  toldAt = now;
  toldMoment.value = time;
});

// Another run is another picture.
effect(() => {
  trace.value;
  hovered.value = -1;
  selected.value = -1;
  area.value = undefined;
  moment.value = undefined;
});
