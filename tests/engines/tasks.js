// The tasks of these tests: workers import this file by its address.

import { registerErrorClass } from '../../dist/worker.js';

export const square = n => n * n;

export function refuse(word) {
  throw new RangeError(`no ${word}`);
}

/** Keeps a core busy until the clock says otherwise. */
export function spin(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return milliseconds;
}

/** As `spin`, but says before that it is at it. */
export function spinLoudly(milliseconds, name) {
  const channel = new BroadcastChannel(name);
  channel.postMessage('at it');
  channel.close();
  return spin(milliseconds);
}

export const echo = value => value;

export const later = milliseconds =>
  new Promise(resolve => setTimeout(resolve, milliseconds, milliseconds));

export function throwIt(value) {
  throw value;
}

export const recurse = () => recurse() + 1;

export const closeWorker = () => self.close();

/** Says on one channel that it is up, and ends when it hears on the other that all are. */
export function meet(name) {
  const all = new BroadcastChannel(`all ${name}`);
  return new Promise(resolve => {
    all.onmessage = () => {
      all.close();
      resolve();
    };
    const up = new BroadcastChannel(name);
    up.postMessage('up');
    up.close();
  });
}

/** Answers once on this channel, when the worker's event loop gets a turn after this call. */
export function answerOn(name) {
  const channel = new BroadcastChannel(name);
  channel.onmessage = () => {
    channel.postMessage('yes');
    channel.close();
  };
}

export const pair = (left, right) => `${left}${right}`;

/** For a name waits as `meet` does; gives anything else back. */
export const meetOr = value => (typeof value === 'string' ? meet(value).then(() => value) : value);

/** Squares, by an executor that this worker makes. */
export async function nested(count) {
  const { ProcessPoolExecutor, withExecutor } = await import('../../dist/index.js');
  return withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
    const squares = [];
    for await (const value of executor.map(n => n * n, [...Array(count).keys()]))
      squares.push(value);
    return squares;
  });
}

/** Sleeps on the worker's own event loop, in two tasks at once. */
export async function nap(value) {
  const { gather, sleep } = await import('../../dist/asyncio.js');
  const [first] = await gather(sleep(0.01, value), () => sleep(0.01));
  return first;
}

/** Reads this file from the server. */
export async function fetchLength() {
  const response = await fetch(import.meta.url);
  return (await response.text()).includes('fetchLength');
}

/** An initializer: what it is given, it leaves where tasks find it. */
export function setUp(word, more) {
  globalThis.setUp = [...(globalThis.setUp ?? []), `${word} ${more.n}`];
}

/** The same, not at once. */
export async function setUpLater(word, more) {
  await later(5);
  setUp(word, more);
}

/** What initializers have left, after a while. */
export async function seenAfter(milliseconds) {
  await later(milliseconds);
  return globalThis.setUp;
}

export async function refuseLater(word) {
  await later(5);
  return refuse(word);
}

export function closeWorkerQuietly() {
  try {
    self.close();
  } catch {
    // It goes on as if nothing had happened.
  }
}

/** An initializer that fails in every worker but the first of its pool. */
export function onceThenRefuse() {
  if (!self.name.endsWith('_0')) refuse('second');
}

export const add = (a, b) => a + b;

/** An error of the user's own, known on both sides. */
export class TeaError extends Error {
  name = 'TeaError';
}

registerErrorClass(TeaError);

/** Throws an error with all that one may have. */
export function fail() {
  const inner = new RangeError('inner');
  const error = new TeaError('outer', { cause: inner });
  inner.cause = error;
  error.several = new AggregateError([new SyntaxError('one'), 'two'], 'both');
  error.aborted = new DOMException('stopped', 'AbortError');
  error.code = 418;
  throw error;
}

/** Values that look harmless, until somebody asks them something. */
const nasty = {
  then: () => ({
    get then() {
      throw new RangeError('then');
    },
  }),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  getter: () => ({
    get inner() {
      throw new RangeError('getter');
    },
  }),
  function: () => ({ list: [() => 1] }),
};

export const giveNasty = kind => nasty[kind]();

export const throwNasty = kind => {
  throw nasty[kind]();
};

export const lengthOf = list => list.length;
