// What happened in an area of the picture: a span of time on some lanes.

import { DONE, FAILED, type Trace } from './trace.ts';

export interface Area {
  /** Milliseconds on the trace's clock. */
  readonly from: number;
  readonly to: number;
  /** Indices of lanes. */
  readonly lanes: readonly number[];
}

export interface Stats {
  readonly futures: number;
  readonly failed: number;
  /** Milliseconds in which workers ran, within the area. */
  readonly busy: number;
  /** The share of the area's time in which its lanes ran: 0 to 1. */
  readonly use: number;
  /** Milliseconds in which workers stood still, within the area. */
  readonly blocked: number;
  /** Of the whole running times of the area's futures, in milliseconds; NaN without any. */
  readonly median: number;
  readonly longest: number;
}

/** The part of `from`…`to` that lies in the area. */
const within = ({ from: low, to: high }: Area, from: number, to: number) =>
  Math.max(0, Math.min(to, high) - Math.max(from, low));

export function statsOf(trace: Trace, area: Area, now: number): Stats {
  const times: number[] = [];
  let [failed, busy, blocked] = [0, 0, 0];
  for (const index of area.lanes) {
    const lane = trace.lanes[index];
    if (!lane) continue;
    const { slices } = lane;
    for (
      let place = Math.max(0, trace.sliceBefore(lane, area.from));
      place < slices.length;
      place++
    ) {
      const future = slices.get(place);
      const start = trace.started.get(future);
      if (start > area.to) break;
      const end = start + trace.ran(future, now);
      if (end < area.from) continue;
      busy += within(area, start, end);
      const state = trace.stateAt(future, now);
      if (state === FAILED) failed++;
      if (state === FAILED || state === DONE) times.push(end - start);
    }
    for (let place = 0; place < lane.blocked.from.length; place++) {
      const end = lane.blocked.to.get(place);
      blocked += within(area, lane.blocked.from.get(place), Number.isNaN(end) ? now : end);
    }
  }
  times.sort((a, b) => a - b);
  const middle = times.length >> 1;
  const median =
    times.length % 2 === 1
      ? (times[middle] ?? Number.NaN)
      : ((times[middle - 1] ?? Number.NaN) + (times[middle] ?? Number.NaN)) / 2;
  const all = (area.to - area.from) * area.lanes.length;
  return {
    futures: times.length,
    failed,
    busy,
    use: all > 0 ? busy / all : 0,
    blocked,
    median,
    longest: times.at(-1) ?? Number.NaN,
  };
}
