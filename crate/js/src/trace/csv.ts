// Events as a table.

import type { TraceEvent } from './events.js';

const COLUMNS = [
  'at',
  'kind',
  'executor',
  'future',
  'worker',
  'name',
  'what',
  'maxWorkers',
  'task',
  'args',
  'outcome',
  'text',
  'reason',
  'on',
  'count',
];

/**
 * Events as comma-separated values (RFC 4180), one line each below a line of names. A column that an event does not have
 * is empty.
 *
 * ```js
 * const csv = traceCsv([{ kind: 'dropped', count: 3 }]);
 * console.log(csv.split('\r\n')[1]);   // ,dropped,,,,,,,,,,,,,3
 * ```
 */
export function traceCsv(events: Iterable<TraceEvent>): string {
  const lines = [COLUMNS.join(',')];
  for (const event of events) {
    const cells = event as unknown as Record<string, string | number | undefined>;
    lines.push(COLUMNS.map(column => cell(cells[column])).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
