// The model that a soak is checked against: every call has exactly one outcome, and it is its own.
//
// What a call gives is a function of its id. How else it may end follows from what was done to it, or to the executors
// that it went to: cancelled only where somebody cancels, broken only where somebody ended a worker.

import { BrokenExecutor, CancelledError } from '../../dist/index.js';
import { bytesOf, mix } from './values.js';

const equals = wanted => outcome => outcome.value === wanted;
const fails = (name, words) => outcome =>
  outcome.error?.name === name && outcome.error.message.includes(words);
const hasBytes = (id, size) => {
  const wanted = bytesOf(id + 1, size);
  return ({ value }) =>
    value instanceof Uint8Array &&
    value.length === size &&
    value.every((byte, index) => byte === wanted[index]);
};
const isFailOf =
  ({ id }) =>
  outcome =>
    outcome.error instanceof RangeError &&
    outcome.error.message === `fail ${id}` &&
    outcome.error.id === id;

/** Every form of a call: its arguments, and what it must give. */
export const FORMS = {
  value: { args: ({ id }) => [id], right: ({ id }) => equals(mix(id)) },
  bytes: {
    args: ({ id, given, size }) => [id, bytesOf(id, given), size],
    right: ({ id, size }) => hasBytes(id, size),
  },
  moved: {
    args: ({ id, given, size }) => [id, bytesOf(id, given), size],
    right: ({ id, size }) => hasBytes(id, size),
  },
  later: { args: ({ id, ms }) => [id, ms], right: ({ id }) => equals(mix(id)) },
  spin: { args: ({ id, ms }) => [id, ms], right: ({ id }) => equals(mix(id)) },
  fail: { args: ({ id }) => [id], right: isFailOf },
  failLater: { args: ({ id }) => [id], right: isFailOf },
  overflow: {
    args: ({ id }) => [id],
    right: () => outcome => ['RangeError', 'InternalError'].includes(outcome.error?.name),
  },
  trap: { args: () => [], right: () => fails('RuntimeError', 'unreachable') },
  exit: { args: () => [], right: () => fails('WorkerExit', '') },
  unsendable: {
    args: () => [],
    right: () => fails('DataCloneError', 'the result.inner: a function'),
  },
  linger: { args: ({ id, busy }) => [id, busy], right: () => () => false },
  relay: {
    args: ({ to, way, ids }) => [to.executor, way, ids],
    right:
      ({ ids }) =>
      ({ value }) =>
        Array.isArray(value) &&
        value.length === ids.length &&
        value.every((item, index) => item === mix(ids[index])),
  },
};

const show = ({ value, error }) =>
  error === undefined
    ? `the value ${String(value).slice(0, 80)}`
    : `${error?.name}: ${error?.message}`;

/** How an executor refuses a call, where what was done to it allows that. */
export function mayRefuse(error, { closed, mayBreak }) {
  if (error instanceof BrokenExecutor) return mayBreak;
  return closed && /after shutdown|its pool has ended/.test(error?.message);
}

/** Whether a map on this executor may end like this. */
export function mayEnd(error, by) {
  return mayRefuse(error, by) || (error instanceof CancelledError && by.mayCancel);
}

/** Whether a call may end like this; the way that it must end is another matter. */
function mayFail(call, error) {
  const executors = [call.by, ...(call.to ? [call.to] : [])];
  if (error instanceof CancelledError)
    return call.mayCancel || executors.some(({ mayCancel }) => mayCancel);
  if (error instanceof BrokenExecutor)
    return call.killed === true || executors.some(({ mayBreak }) => mayBreak);
  if ('reason' in call && error === call.reason) return true;
  return call.to !== undefined && mayRefuse(error, call.to);
}

/** What is wrong with how a call ended; undefined where nothing is. */
export function verdict(call, outcome) {
  const told = `call ${call.id} (${call.form} on ${call.by.name}) gave ${show(outcome)}`;
  if (call.cancelled)
    return outcome.error instanceof CancelledError ? undefined : `${told}, but was cancelled`;
  if (FORMS[call.form].right(call)(outcome)) return undefined;
  if ('error' in outcome && mayFail(call, outcome.error)) return undefined;
  return told;
}

/** Being cancelled is told by a new error each time. */
function isSame(first, second) {
  const cancelled = [first, second].map(({ error }) => error instanceof CancelledError);
  return cancelled.every(Boolean) || (first.value === second.value && first.error === second.error);
}

/** What an agent has submitted. */
export class Ledger {
  /** Calls that have an outcome. */
  settled = 0;
  /** Done callbacks that were called. */
  told = 0;
  /** What went wrong, in words. */
  problems = [];
  #open = new Map();

  /** Calls without an outcome. */
  get open() {
    return [...this.#open.values()].map(({ id, form, by, to, future }) => {
      const at = [by, ...(to ? [to] : [])].map(
        ({ name, executor }) => `${name} (${executor.workers} workers, ${executor.queued} queued)`,
      );
      return `${id} (${form}) on ${at.join(' for ')}: ${future}`;
    });
  }

  /** Notes the call that `submit` makes; undefined where the executor refuses it, as it may. */
  make(call, submit) {
    let future;
    try {
      future = submit(FORMS[call.form].args(call));
    } catch (error) {
      if (!mayRefuse(error, call.by)) this.problems.push(`${call.by.name} refused: ${error}`);
      return undefined;
    }
    const entry = { ...call, future, callbacks: 0 };
    if (this.#open.has(call.id)) this.problems.push(`the id ${call.id} is used twice`);
    this.#open.set(call.id, entry);
    future.addDoneCallback(done => {
      this.told += 1;
      entry.callbacks += 1;
      if (done !== future || entry.callbacks > 1)
        this.problems.push(`call ${call.id} told its callback ${entry.callbacks} times`);
    });
    return entry;
  }

  /** Cancels, which must be true to its word. */
  cancel(entry) {
    entry.cancelled = entry.future.cancel();
    if (entry.cancelled && !entry.future.cancelled())
      this.problems.push(`call ${entry.id} says that it was cancelled, and that it was not`);
  }

  /** Waits for the outcome, twice: it must be the same. */
  async settle(entry) {
    const first = await awaited(entry.future);
    this.#settled(entry, first, await awaited(entry.future));
    return first;
  }

  /** As `settle`, by blocking. */
  settleSync(entry) {
    const first = blocked(entry.future);
    this.#settled(entry, first, blocked(entry.future));
    return first;
  }

  #settled(entry, first, second) {
    this.settled += 1;
    if (!this.#open.delete(entry.id))
      this.problems.push(`call ${entry.id} was settled a second time`);
    if (!isSame(first, second))
      this.problems.push(`call ${entry.id} gave ${show(first)}, then ${show(second)}`);
    if (!entry.future.done() || entry.future.running())
      this.problems.push(`call ${entry.id} has an outcome, and says ${entry.future}`);
    const wrong = verdict(entry, first);
    if (wrong !== undefined) this.problems.push(wrong);
  }
}

async function awaited(future) {
  try {
    return { value: await future };
  } catch (error) {
    return { error };
  }
}

function blocked(future) {
  try {
    return { value: future.resultSync() };
  } catch (error) {
    return { error };
  }
}
