// The pools that this page can have: without isolation there are no threads.

import {
  BrokenProcessPool,
  BrokenThreadPool,
  isolated,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from '../../dist/index.js';

const threads = isolated();

export const KINDS = {
  ...(threads && { threads: ThreadPoolExecutor }),
  processes: ProcessPoolExecutor,
};

/** Each with the error of a pool that is broken. */
export const POOLS = [
  ...(threads ? [[ThreadPoolExecutor, BrokenThreadPool]] : []),
  [ProcessPoolExecutor, BrokenProcessPool],
];

/** For what is the same on all of them. */
export const [[AnyPool, AnyBroken]] = POOLS;
