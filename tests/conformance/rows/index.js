// All rows, and how a cell is named: `<row> <executor> <world>`.

import { cellsOf } from '../where.js';
import { asCompleted } from './as_completed.js';
import { deadlock } from './deadlock.js';
import { executor } from './executor.js';
import { future } from './future.js';
import { init } from './init.js';
import { interpreterPool } from './interpreter_pool.js';
import { map } from './map.js';
import { moreExecutors } from './more_executors.js';
import { moreFutures } from './more_futures.js';
import { moreMap } from './more_map.js';
import { multiprocessing } from './multiprocessing.js';
import { multiprocessingWorkers } from './multiprocessing_workers.js';
import { processPool } from './process_pool.js';
import { shutdown } from './shutdown.js';
import { threadPool } from './thread_pool.js';
import { wait } from './wait.js';

export const ROWS = [
  ...executor,
  ...map,
  ...asCompleted,
  ...wait,
  ...future,
  ...threadPool,
  ...processPool,
  ...shutdown,
  ...deadlock,
  ...init,
  ...interpreterPool,
  ...moreFutures,
  ...moreMap,
  ...moreExecutors,
  ...multiprocessing,
  ...multiprocessingWorkers,
];

/** All cells of all rows. */
export const CELLS = ROWS.flatMap(cellsOf);

export const keyOf = ({ row, executor, world }) => `${row} ${executor} ${world}`;

const byId = new Map(ROWS.map(row => [row.id, row]));

/** The cell with this name. */
export function find(key) {
  const [id, executor, world] = key.split(' ');
  return { row: byId.get(id), executor, world };
}
