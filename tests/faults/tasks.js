// The tasks that go wrong: workers import this file by its address. The others are those of tests/engines.

import { WorkerExit } from '../../dist/index.js';

export const square = n => n * n;

/** Says on a channel that it is so far. */
function announce(name) {
  const channel = new BroadcastChannel(name);
  channel.postMessage('now');
  channel.close();
}

function spin() {
  for (;;);
}

export function endless(name) {
  announce(name);
  spin();
}

/** Never ends either, but leaves the event loop its turns. */
export function pending(name) {
  announce(name);
  return new Promise(() => {});
}

export const giveFunction = () => ({ list: [() => 1] });

export function throwFunction() {
  throw { list: [() => 1] };
}

export function refuse() {
  throw new RangeError('no tea');
}

export const reject = () => Promise.reject(new RangeError('no tea, later'));

export const recurse = n => recurse(n + 1) + 1;

/** A timer's error comes while this still runs. */
export function timerThrows() {
  setTimeout(() => {
    throw new RangeError('outside of any task');
  });
  return new Promise(resolve => setTimeout(resolve, 20, 'done'));
}

export function rejectsAside() {
  void Promise.reject(new RangeError('heard by nobody'));
  return new Promise(resolve => setTimeout(resolve, 20, 'done'));
}

export function close() {
  self.close();
}

/** The error of a worker that closed itself is the package's own. */
export const isExit = error => error instanceof WorkerExit;

/** Its value is in the middle of being encoded when somebody hears the name. */
export const encodesForEver = name => ({
  before: Array.from({ length: 1000 }, (_, n) => n),
  get slow() {
    announce(name);
    return spin();
  },
});

/** Has what a big argument is decoded to. */
export const lengthOf = list => list.length;

/** Grows a memory of its own until there is no more, as a module does that allocates too much. */
export function growWithoutEnd() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 64 });
  for (;;) memory.grow(16);
}

/** `unreachable` in a module of the task's own. */
export function trap() {
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0];
  const body = [10, 5, 1, 3, 0, 0, 11];
  const module = new WebAssembly.Module(new Uint8Array([...bytes, ...body]));
  new WebAssembly.Instance(module).exports.t();
}

/** An initializer that closes its worker, and goes on as if nothing had happened. */
export function closeQuietly() {
  try {
    self.close();
  } catch {}
}

export const later = (milliseconds, value) =>
  new Promise(resolve => setTimeout(resolve, milliseconds, value));

/** A reply of so many bytes. */
export const bytesOf = length => new Uint8Array(length);

/** As `later`, and says before that it is at it. */
export function laterLoudly(milliseconds, name) {
  announce(name);
  return later(milliseconds, milliseconds);
}
