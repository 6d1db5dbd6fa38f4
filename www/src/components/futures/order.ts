// Which futures the table shows, and in which order.

import { laneOf, WORDS } from '../../trace/sentence.ts';
import type { Trace } from '../../trace/trace.ts';

export const COLUMNS = [
  'id',
  'task',
  'arguments',
  'state',
  'worker',
  'waited',
  'ran',
  'result',
] as const;
export type ColumnName = (typeof COLUMNS)[number];

export interface Order {
  readonly by: ColumnName;
  readonly down: boolean;
}

export interface Filter {
  /** Looked for in id, task, arguments, worker and result, whatever the case. */
  readonly text: string;
  /** A word of Python's, or empty for all. */
  readonly state: string;
}

/** A number where the text is one, so that 9 comes before 10. */
function sortable(text = ''): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** What a column sorts by. Numbers that are not known yet come last. */
function keyOf(trace: Trace, by: ColumnName, now: number): (future: number) => number | string {
  switch (by) {
    case 'id':
      return future => future;
    case 'task':
      return future => trace.task[future] ?? '';
    case 'arguments':
      return future => sortable(trace.args[future]);
    case 'state':
      return future => trace.stateAt(future, now);
    case 'worker':
      return future => trace.lane.get(future);
    case 'waited':
      return future => trace.waited(future, now);
    case 'ran':
      return future => trace.ran(future, now);
    case 'result':
      return future => sortable(trace.text[future]);
  }
}

function matches(trace: Trace, { text, state }: Filter, now: number): (future: number) => boolean {
  const wanted = text.trim().toLowerCase();
  const has = (value: string | undefined) => value?.toLowerCase().includes(wanted) === true;
  return future => {
    if (state !== '' && WORDS[trace.stateAt(future, now)] !== state) return false;
    return (
      wanted === '' ||
      String(trace.id[future]) === wanted ||
      has(trace.task[future]) ||
      has(trace.args[future]) ||
      has(trace.text[future]) ||
      has(laneOf(trace, future))
    );
  };
}

/** The futures that the table shows at a moment. Those that are not submitted yet are left out. */
export function ordered(trace: Trace, filter: Filter, order: Order, now: number): Int32Array {
  const chosen = new Int32Array(trace.size);
  const fits = matches(trace, filter, now);
  const all = filter.text.trim() === '' && filter.state === '';
  let length = 0;
  for (let future = 0; future < trace.size; future++)
    if (WORDS[trace.stateAt(future, now)] !== '' && (all || fits(future)))
      chosen[length++] = future;
  const shown = chosen.subarray(0, length);
  if (order.by === 'id') return order.down ? shown.reverse() : shown;

  const key = keyOf(trace, order.by, now);
  const keys = new Map<number, number | string>();
  for (const future of shown) keys.set(future, key(future));
  const direction = order.down ? -1 : 1;
  return shown.sort((a, b) => {
    const [left, right] = [keys.get(a) as number, keys.get(b) as number];
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
    // Numbers before words.
    if (typeof left !== typeof right) return typeof left === 'number' ? -direction : direction;
    return left < right ? -direction : left > right ? direction : a - b;
  });
}
