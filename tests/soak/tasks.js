// The tasks of the soak. What each gives is a function of its id, so that a value that belongs to another call shows.

import { asCompleted, tasksOf, waitSync } from '../../dist/index.js';
import { transfer } from '../../dist/worker.js';
import { bytesOf, mix } from './values.js';

const own = tasksOf(new URL('./tasks.js', import.meta.url));

export const value = id => mix(id);

/** Gives so many bytes back, and takes some that must be right. */
export function bytes(id, given, size) {
  checkBytes(id, given);
  return bytesOf(id + 1, size);
}

/** As `bytes`, moved instead of copied. */
export function moved(id, given, size) {
  checkBytes(id, given);
  const made = bytesOf(id + 1, size);
  return transfer(made, [made.buffer]);
}

function checkBytes(id, given) {
  const right = bytesOf(id, given.length);
  for (let i = 0; i < right.length; i++)
    if (given[i] !== right[i]) throw new Error(`byte ${i} of the argument of ${id} is wrong`);
}

export function fail(id) {
  throw Object.assign(new RangeError(`fail ${id}`), { id });
}

export const valueOrFail = (id, failing) => (failing ? fail(id) : mix(id));

export async function failLater(id) {
  await new Promise(resolve => setTimeout(resolve));
  return fail(id);
}

export const overflow = id => overflow(id) + 1;

// (module (func (export "f") unreachable))
const TRAP = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0],
  ...[10, 5, 1, 3, 0, 0, 11],
);

/** A trap of WebAssembly, as a panic in somebody's module is one. */
export const trap = () => new WebAssembly.Instance(new WebAssembly.Module(TRAP)).exports.f();

export const exit = () => self.close();

export const unsendable = () => ({ inner: () => 1 });

export const later = (id, milliseconds) =>
  new Promise(resolve => setTimeout(resolve, milliseconds, mix(id)));

export function spin(id, milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return mix(id);
}

/** Never ends by itself; tells whoever made this worker that it has begun. */
export function linger(id, busy) {
  self.postMessage({ lingers: id });
  if (busy) for (;;);
  return new Promise(() => {});
}

const WAYS = {
  resultSync: (executor, ids) =>
    ids.map(id => executor.submit(own.value, id)).map(future => future.resultSync()),
  waitSync(executor, ids) {
    const futures = ids.map(id => executor.submit(own.value, id));
    const { done, notDone } = waitSync(futures);
    if (done.size !== ids.length || notDone.size > 0) throw new Error('waitSync came back early');
    return futures.map(future => future.resultSync());
  },
  asCompleted(executor, ids) {
    const futures = ids.map(id => executor.submit(own.value, id));
    const seen = new Set(asCompleted(futures));
    if (seen.size !== ids.length) throw new Error('asCompleted left one out');
    return futures.map(future => future.resultSync());
  },
  map: (executor, ids) => [...executor.map(own.value, ids)],
  await: (executor, ids) => Promise.all(ids.map(id => executor.submit(own.value, id))),
};

/** Has an executor that it is given work, and blocks or awaits. */
export const relay = (executor, way, ids) => WAYS[way](executor, ids);
