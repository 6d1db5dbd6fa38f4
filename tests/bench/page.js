// The page of the bench: one library, and the workload that the harness asks for.

import { libraryOf } from './catalogue.mjs';
import * as block from './workloads/block.js';
import * as burst from './workloads/burst.js';
import * as call from './workloads/call.js';
import * as factorial from './workloads/factorial.js';
import * as mandelbrot from './workloads/mandelbrot.js';
import * as map from './workloads/map.js';
import * as megabyte from './workloads/megabyte.js';
import * as memory from './workloads/memory.js';
import * as outstanding from './workloads/outstanding.js';
import * as primes from './workloads/primes.js';
import * as start from './workloads/start.js';

const WORKLOADS = {
  block,
  burst,
  call,
  factorial,
  mandelbrot,
  map,
  megabyte,
  memory,
  outstanding,
  primes,
  start,
};

const FILES = {
  comlink: () => import('./libraries/comlink.js'),
  multithreading: () => import('./libraries/multithreading.js'),
  ours: () => import('./libraries/ours.js'),
  'p-map': () => import('./libraries/p-map.js'),
  poolifier: () => import('./libraries/poolifier.js'),
  raw: () => import('./libraries/raw.js'),
  rayon: () => import('./libraries/rayon.js'),
  rust: () => import('./libraries/rust.js'),
  threads: () => import('./libraries/threads.js'),
  workerpool: () => import('./libraries/workerpool.js'),
  worktank: () => import('./libraries/worktank.js'),
};

/** What was measured so far: a workload that is stopped in its middle keeps what it had. */
let measured = {};

globalThis.measured = () => JSON.stringify({ values: measured });

globalThis.runWorkload = async (libraryName, workloadName, size) => {
  measured = {};
  const tell = values => Object.assign(measured, values);
  try {
    const { file, form } = libraryOf(libraryName);
    const workload = WORKLOADS[workloadName];
    workload.prepare?.();
    const module = await FILES[file]();
    const library = form === undefined ? module : module[form];
    tell((await workload.run(library, workload.sizes[size], tell)) ?? {});
    return JSON.stringify({ values: measured });
  } catch (error) {
    return JSON.stringify({ values: measured, error: `${error?.message || error?.name || error}` });
  }
};
