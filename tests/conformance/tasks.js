// The tasks of the conformance suite. Pools find them by name in entry.worker.js; executors that run in the test's own
// realm are given the functions themselves.

import { transfer } from '../../dist/worker.js';
import { add, reached, take } from './signals.js';

/** `next`, now or when `pending` is over: tasks stay synchronous where their counters are. */
const then = (pending, next) =>
  typeof pending?.then === 'function' ? pending.then(next) : next(pending);

export const power = (base, exponent) => base ** exponent;
export const square = n => n * n;
export const echo = value => value;
export const capture = (...args) => args;
export const nothing = () => undefined;
export const boxed = value => ({ value });
export const where = () => globalThis.name;

/** As Python's divmod. */
export function divide(a, b) {
  if (b === 0) throw new RangeError(`division of ${a} by zero`);
  return [Math.floor(a / b), a % b];
}

export function throwIt(value) {
  throw value;
}

export function refuse(message, code) {
  throw Object.assign(new RangeError(message, { cause: new TypeError('the reason') }), { code });
}

/** What tells one worker's module from another's. */
const id = crypto.randomUUID();
export const realm = () => id;

let current = 'untouched';

/** An initializer: sets what `status` gives, and counts. */
export function initialise(status, counter) {
  current = status;
  return add(counter);
}
export const status = () => current;
/** As `meet`, with the status. */
export const meetStatus = (counter, amount) => then(meet(counter, amount), () => current);

let tickets = 0;
/** A number that grows by one with every call. */
export const ticket = () => tickets++;

let remembered;
export function remember(value) {
  remembered = new WeakRef(value);
}

/** Whether nobody holds what was remembered, after a collection. */
export async function forgotten() {
  for (let round = 0; round < 3; round++) {
    await new Promise(resolve => setTimeout(resolve));
    globalThis.gc();
  }
  return remembered.deref() === undefined;
}

// ── With counters ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Raises a counter. */
export const mark = (counter, value) => then(add(counter), () => value);

/** Says that it runs, waits for the gate, gives `value`. */
export const hold = (started, gate, value) =>
  then(add(started), () => then(reached(gate), () => value));

/** As `hold`, but never blocks its worker. */
export const holdTurning = async (started, gate, value) => {
  await add(started);
  await reached(gate, 1, false);
  return value;
};

/** Waits for the gate, then raises another counter. */
export const holdThenMark = (started, gate, after) =>
  then(add(started), () => then(reached(gate), () => add(after)));

/** As `holdThenMark`, but never blocks its worker. */
export const turnThenMark = async (started, gate, after) => {
  await add(started);
  await reached(gate, 1, false);
  await add(after);
};

/** Says that it runs, waits for the gate, fails. */
export const holdThenThrow = (started, gate, message) =>
  then(add(started), () => then(reached(gate), () => refuse(message)));

/** Gives `value` at once, or, where it is undefined, waits for the gate. */
export const holdIfNothing = (value, started, gate) =>
  value === undefined ? hold(started, gate) : value;

/** Fails with the message, or, where it is empty, waits for the gate. */
export const failOrHold = (message, started, gate) =>
  message ? refuse(message) : hold(started, gate);

/** Says that it runs, and takes one of what the semaphore has. */
export const takeOne = (started, semaphore, value) =>
  then(add(started), () => then(take(semaphore), () => value));

/** Waits until as many as `amount` are there. Gives the name of its worker. */
export const meet = (counter, amount) =>
  then(add(counter), () => then(reached(counter, amount), () => globalThis.name));

/** What `moveOut` has given last. */
let given;

/** So many sevens, moved to whoever asked. */
export function moveOut(length) {
  given = new Uint8Array(length).fill(7);
  return transfer(given, [given.buffer]);
}

export const leftBehind = () => given.length;

// ── What goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Has the page end this worker, and never ends by itself. */
export function crash() {
  self.postMessage({ conformance: 'end me' });
  return new Promise(() => {});
}

/** As `crash`, without a turn of the event loop. */
export function crashBusy() {
  self.postMessage({ conformance: 'end me' });
  for (;;);
}

/** Says that it runs, waits for the gate, crashes. */
export const crashLater = async (started, gate) => {
  await add(started);
  await reached(gate, 1, false);
  await crash();
};

export const exit = () => self.close();

export const crashWhenSent = () => ({
  get value() {
    return crashBusy();
  },
});
export const exitWhenSent = () => ({
  get value() {
    return exit();
  },
});
export const throwWhenSent = () => ({
  get value() {
    throw new Error('not to be read');
  },
});
export const unsendable = () => ({ list: [1, () => 2] });
