// What the options of pools may be.

import { THREAD } from './abi.js';
import { checkCount } from './options.js';

/** The most workers of a pool: browsers let more than a few hundred wait without a word. */
export const MOST_WORKERS = 256;

/** How many cores there are, as far as the browser says. */
export function cores(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** The number of workers, checked. */
export function checkWorkers(asked: unknown, fallback: number): number {
  if (asked === undefined) return Math.min(fallback, MOST_WORKERS);
  if (typeof asked !== 'number' || !Number.isInteger(asked))
    throw new TypeError(`maxWorkers must be an integer, not ${String(asked)}`);
  if (asked < 1) throw new RangeError(`maxWorkers must be greater than 0, not ${asked}`);
  if (asked > MOST_WORKERS)
    throw new RangeError(`maxWorkers must be at most ${MOST_WORKERS}, not ${asked}`);
  return asked;
}

/** How many calls a worker of such a pool runs, checked; 0 for any number. */
export function checkTasks(asked: unknown, kind: number): number {
  if (asked === undefined) return 0;
  forProcesses('maxTasksPerChild', kind);
  // More than anybody counts is as good as any number.
  return Math.min(checkCount('maxTasksPerChild', asked), 0x7fff_ffff);
}

/** Whether workers that die are replaced, checked. */
export function checkRespawn(asked: unknown, kind: number): boolean {
  if (asked !== undefined) forProcesses('respawn', kind);
  return checkFlag('respawn', asked);
}

/** An option that is true or false, checked; false if not given. */
export function checkFlag(option: string, asked: unknown): boolean {
  if (asked !== undefined && typeof asked !== 'boolean')
    throw new TypeError(`${option} must be true or false, not ${String(asked)}`);
  return asked === true;
}

function forProcesses(option: string, kind: number): void {
  if (kind === THREAD) throw new TypeError(`the option ${option} is for process pools only`);
}
