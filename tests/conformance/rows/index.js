// All rows, and how a cell is named: `<row> <executor> <world>`.

import { cellsOf } from '../where.js';
import { asCompleted } from './as_completed.js';
import { executor } from './executor.js';
import { map } from './map.js';

export const ROWS = [...executor, ...map, ...asCompleted];

/** All cells of all rows. */
export const CELLS = ROWS.flatMap(cellsOf);

export const keyOf = ({ row, executor, world }) => `${row} ${executor} ${world}`;

const byId = new Map(ROWS.map(row => [row.id, row]));

/** The cell with this name. */
export function find(key) {
  const [id, executor, world] = key.split(' ');
  return { row: byId.get(id), executor, world };
}
