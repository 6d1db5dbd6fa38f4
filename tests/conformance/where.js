// Where a row runs: executors by worlds, and why not elsewhere.

/** The executors that a row is stamped on; `future` is for rows about futures that no executor made. */
export const EXECUTORS = ['threads', 'processes', 'async', 'inline'];

/**
 * The ways of waiting: with await on a page; with await in a worker that the page adopted; with blocking calls in that
 * worker; with await on a page without isolation.
 */
export const WORLDS = ['page', 'worker', 'blocking', 'plain'];

/** What holds for every row. */
const NEVER = {
  'threads plain': 'threads need isolation',
  'async blocking': 'a blocked event loop runs no coroutine',
};

/**
 * One row: its number in rows.tsv, where it does not run, and what it does.
 *
 * @param not reasons by executor, by world, or by both with a space between; `false` lifts what holds for every row
 */
export const row = (id, not, body) => ({ id, executors: EXECUTORS, not, body });

/** A row about futures that no executor made. */
export const futureRow = (id, not, body) => ({ id, executors: ['future'], not, body });

/** A row about `multiprocessing`: on a ThreadPool in place of threads, on a Pool in place of processes. */
export const poolRow = (id, not, body) => ({ id, executors: ['threads', 'processes'], not, body });

/** Why a row does not run there; undefined where it does. */
export function reasonAgainst({ not }, executor, world) {
  const both = `${executor} ${world}`;
  if (both in not) return not[both] || undefined;
  return NEVER[both] ?? not[executor] ?? not[world];
}

/** All cells of a row. */
export const cellsOf = row =>
  row.executors.flatMap(executor =>
    WORLDS.map(world => ({
      row: row.id,
      executor,
      world,
      reason: reasonAgainst(row, executor, world),
    })),
  );

// Reasons that many rows have.

export const DONE_AT_SUBMIT = 'its calls are done when submit returns';
export const NO_WORKERS = 'it has no workers';
export const NOTHING_SENT = 'nothing is sent';
/** Rows about workers. */
export const POOLS_ONLY = { async: NO_WORKERS, inline: NO_WORKERS };
/** Rows about what only processes can do. */
export const PROCESSES_ONLY = { threads: 'for processes only', ...POOLS_ONLY };
/** Rows about what only threads can do. */
export const THREADS_ONLY = { processes: 'for threads only', ...POOLS_ONLY };
