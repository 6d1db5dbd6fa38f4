// What stands in a row of the table.

import type { Row } from '../../compare/comparison.ts';
import { times } from '../../format.ts';

export interface Cells {
  readonly median: string;
  readonly range: string;
  readonly speedUp: string;
  readonly efficiency: string;
}

const NOTHING: Cells = { median: '…', range: '', speedUp: '', efficiency: '' };

/** `61.2–136 ms`: a unit that both have is written once. */
function between(least: string, most: string): string {
  const [number, unit] = least.split(' ');
  return most.endsWith(` ${unit}`) ? `${number}–${most}` : `${least} – ${most}`;
}

/** `duration` writes milliseconds. Before there is a number the row is all but empty. */
export function cellsOf(row: Row | undefined, duration: (milliseconds: number) => string): Cells {
  if (!row) return NOTHING;
  const { way, median, least, most, speedUp, efficiency } = row;
  const known = Number.isFinite(speedUp);
  return {
    median: duration(median * 1000),
    range: between(duration(least * 1000), duration(most * 1000)),
    speedUp: known ? times(speedUp) : '',
    // One after the other is no crew.
    efficiency: way === 'sequence' ? '–' : known ? `${Math.round(efficiency * 100)} %` : '',
  };
}
