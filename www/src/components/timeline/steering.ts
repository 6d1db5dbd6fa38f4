// Finding futures in the picture: under the pointer, and from one to the next by keys.

import type { Trace } from '../../trace/trace.ts';
import { type Row, rowAt } from './rows.ts';
import { AXIS, type Scene, timeOf } from './scene.ts';

/** The future at a point of the picture, or near it where it is only a pixel wide; -1 if there is none. */
export function futureAt(scene: Scene, x: number, y: number): number {
  if (x < scene.gutter || y < AXIS) return -1;
  const row = rowAt(scene.rows, y - AXIS + scene.scroll);
  const lane = row && scene.trace.lanes[row.lane];
  if (!lane) return -1;
  const { trace, now } = scene;
  const time = timeOf(scene, x);
  const reach = timeOf(scene, x + 2) - time;
  const place = trace.sliceBefore(lane, time);
  let [best, distance] = [-1, reach];
  for (const each of [place, place + 1]) {
    if (each < 0 || each >= lane.slices.length) continue;
    const future = lane.slices.get(each);
    const start = trace.started.get(future);
    if (start > now) continue;
    const end = start + trace.ran(future, now);
    const away = time < start ? start - time : time > end ? time - end : 0;
    if (away === 0) return future;
    if (away < distance) [best, distance] = [future, away];
  }
  return best;
}

/** The next or the previous future on the same lane; the same one at the end of it. */
export function alongLane(trace: Trace, future: number, step: 1 | -1): number {
  const lane = trace.lanes[trace.lane.get(future)];
  if (!lane) return future;
  const place = trace.placeInLane(future) + step;
  return place < 0 || place >= lane.slices.length ? future : lane.slices.get(place);
}

/** The future on the next lane up or down that was running, or ran last, when this one started. */
export function acrossLanes(
  trace: Trace,
  rows: readonly Row[],
  future: number,
  step: 1 | -1,
): number {
  const lanes = rows.filter(row => row.kind === 'lane').map(row => row.lane);
  const time = trace.started.get(future);
  for (
    let at = lanes.indexOf(trace.lane.get(future)) + step;
    at >= 0 && at < lanes.length;
    at += step
  ) {
    const lane = trace.lanes[lanes[at] as number];
    if (lane && lane.slices.length > 0)
      return lane.slices.get(Math.max(0, trace.sliceBefore(lane, time)));
  }
  return future;
}

/** Where the keys begin: the first future of the uppermost lane that has one. */
export function firstFuture(trace: Trace, rows: readonly Row[]): number {
  for (const row of rows) {
    const lane = trace.lanes[row.lane];
    if (lane && lane.slices.length > 0) return lane.slices.get(0);
  }
  return -1;
}

/** The lanes between two heights of the picture. */
export function lanesBetween(
  rows: readonly Row[],
  scroll: number,
  y0: number,
  y1: number,
): number[] {
  const [top, bottom] = [Math.min(y0, y1) - AXIS + scroll, Math.max(y0, y1) - AXIS + scroll];
  return rows
    .filter(row => row.kind === 'lane' && row.y + row.height > top && row.y < bottom)
    .map(row => row.lane);
}
