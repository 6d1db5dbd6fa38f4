// Counters between a test and its tasks, so that neither ever waits for a length of time.
//
//   isolated   words in shared memory, which every agent of the page has: a pool's worker may block for one
//   plain      the page holds them; workers add to them, and ask for them, over a BroadcastChannel
//
// A counter is its number. What runs in the realm of the test itself, as an AsyncExecutor's tasks do, takes the same
// calls, and never blocks.

/** What a worker is told when it is made. */
let words;
let channel;
/** The page's own, where nothing is shared; and who waits for one of them. */
let held;
const waiting = [];
let mayBlock = false;
let ready;
/** Settles when this agent knows its counters. */
const set = new Promise(resolve => {
  ready = resolve;
});

/** The counters are in `buffer`; where `blocking`, this agent waits for them by blocking. */
export function share(buffer, blocking = false) {
  words = new Int32Array(buffer);
  mayBlock = blocking;
  ready();
}

/** This agent holds the counters; others reach them over the channel. */
export function hold(name) {
  held = new Map();
  channel = new BroadcastChannel(name);
  channel.onmessage = ({ data: { ask, number, amount, id } }) => {
    const answer = () => channel.postMessage({ answer: id });
    if (ask === 'add') answer(add(number, amount));
    else if (ask === 'reached') void reached(number, amount).then(answer);
    else void take(number).then(answer);
  };
  ready();
}

/** Another agent holds the counters. */
export function askFor(name) {
  channel = new BroadcastChannel(name);
  ready();
}

const asked = new Map();

function request(ask, number, amount) {
  channel.onmessage ??= ({ data: { answer } }) => {
    asked.get(answer)?.();
    asked.delete(answer);
  };
  const id = crypto.randomUUID();
  return new Promise(resolve => {
    asked.set(id, resolve);
    channel.postMessage({ ask, number, amount, id });
  });
}

/** Calls `step` when this agent knows its counters, which is now unless it has just been made. */
function known(step) {
  return words || held || channel ? step() : set.then(step);
}

/** Raises a counter. Where that takes a while, gives a promise. */
export function add(number, amount = 1) {
  return known(() => {
    if (words) {
      Atomics.add(words, number, amount);
      Atomics.notify(words, number);
      return undefined;
    }
    if (!held) return request('add', number, amount);
    held.set(number, get(number) + amount);
    for (const look of waiting.splice(0)) look();
    return undefined;
  });
}

/** What a counter is now. Where nothing is shared, only the page can tell. */
export function get(number) {
  return words ? Atomics.load(words, number) : (held.get(number) ?? 0);
}

/** Waits until a counter is at least `amount`. Gives a promise where this agent does not block. */
export function reached(number, amount = 1, blocking = mayBlock) {
  return known(() => {
    if (!words && !held) return request('reached', number, amount);
    return until(number, blocking, () => get(number) >= amount);
  });
}

/** Waits until a counter is above zero, and lowers it by one. */
export function take(number, blocking = mayBlock) {
  return known(() => {
    if (!words && !held) return request('take', number);
    return until(number, blocking, () => {
      for (;;) {
        const count = get(number);
        if (count < 1) return false;
        if (!words) return held.set(number, count - 1) !== undefined;
        if (Atomics.compareExchange(words, number, count, count - 1) === count) return true;
      }
    });
  });
}

function until(number, blocking, condition) {
  if (!blocking) return later(number, condition);
  for (;;) {
    const seen = get(number);
    if (condition()) return undefined;
    Atomics.wait(words, number, seen);
  }
}

async function later(number, condition) {
  for (;;) {
    const seen = words && get(number);
    if (condition()) return;
    if (!words) await new Promise(resolve => waiting.push(resolve));
    else await Atomics.waitAsync(words, number, seen).value;
  }
}
