// How much of a picture that stands is right still: all that lies before whatever has changed since. So a picture of ten
// thousand futures costs no more than what is new in it.

import type { Blocked } from '../../trace/trace.ts';
import { type Scene, xOf } from './scene.ts';

/** The place from which on `scene` has to be drawn where `before` stands; the gutter's edge for all of it. */
export function staleFrom(scene: Scene, before: Scene | undefined): number {
  if (!before || !alike(scene, before)) return scene.gutter;
  const { trace, rows } = scene;
  let time = Math.min(before.now, trace.undrawn);
  for (const { lane: index } of rows) {
    const lane = trace.lanes[index];
    if (!lane) continue;
    const last = lane.slices.get(trace.sliceBefore(lane, before.now));
    // What ran at that moment has grown, and its text may have more room.
    if (!(trace.ended.get(last) <= before.now)) time = least(time, trace.started.get(last));
    time = least(time, blockedSince(lane.blocked, before.now));
  }
  // The line of the moment stands a little further left.
  return Math.max(scene.gutter, Math.floor(xOf(scene, time)) - 2);
}

/** Without what is not known. */
const least = (a: number, b: number) => (b < a ? b : a);

/** Since when a worker stood still at a moment; NaN where it did not. */
function blockedSince({ from, to }: Blocked, time: number): number {
  let last = from.length - 1;
  while (last >= 0 && from.get(last) > time) last--;
  return to.get(last) <= time ? Number.NaN : from.get(last);
}

const SAME = [
  'trace',
  'rows',
  'width',
  'height',
  'gutter',
  'scroll',
  'zero',
  'palette',
  'patterns',
] as const;

/** Whether only time has passed between the two. */
function alike(scene: Scene, before: Scene): boolean {
  return (
    SAME.every(name => scene[name] === before[name]) &&
    scene.view.from === before.view.from &&
    scene.view.to === before.view.to &&
    scene.now >= before.now &&
    scene.depths.every((depth, index) => depth === before.depths[index])
  );
}
