// The rows of the picture from top to bottom, and how high each is: the caller, then for each executor its name, its
// queue and its lanes.

import { after } from '../../trace/columns.ts';
import type { Trace } from '../../trace/trace.ts';

export interface Row {
  readonly kind: 'caller' | 'executor' | 'queue' | 'lane';
  readonly y: number;
  readonly height: number;
  /** Index of the executor; -1 for the caller. */
  readonly executor: number;
  /** Index of the lane; -1 for other rows. */
  readonly lane: number;
}

const CALLER = 30;
const NAME = 27;
const QUEUE = 26;
const GAP = 6;

/** Few lanes are high enough to read what stands in them; of many, one sees the pattern. */
function laneHeight(lanes: number): number {
  if (lanes <= 10) return 22;
  if (lanes <= 24) return 17;
  if (lanes <= 60) return 11;
  if (lanes <= 240) return 6;
  return 3;
}

export function rowsOf(trace: Trace): Row[] {
  const lane = laneHeight(trace.lanes.length);
  const rows: Row[] = [];
  let y = 0;
  const add = (kind: Row['kind'], height: number, executor: number, index = -1) => {
    rows.push({ kind, y, height, executor, lane: index });
    y += height;
  };
  add('caller', CALLER, -1);
  for (const executor of trace.executors) {
    add('executor', NAME, executor.index);
    if (executor.what !== 'InlineExecutor') add('queue', QUEUE, executor.index);
    for (const index of executor.lanes) add('lane', lane, executor.index, index);
    y += GAP;
  }
  return rows;
}

export function heightOf(rows: readonly Row[]): number {
  const last = rows.at(-1);
  return last ? last.y + last.height + GAP : 0;
}

/** The row at a height, or `undefined` between rows. */
export function rowAt(rows: readonly Row[], y: number): Row | undefined {
  const row = rows[after(y, rows.length, index => rows[index]?.y ?? 0) - 1];
  return row && y < row.y + row.height ? row : undefined;
}

/** The place of the first row that reaches below `y`. */
export function firstBelow(rows: readonly Row[], y: number): number {
  return Math.max(0, after(y, rows.length, index => rows[index]?.y ?? 0) - 1);
}
