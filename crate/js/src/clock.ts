// The clock of all agents, and turns of the event loop.

/** When this agent began; it never changes, but asking for it costs more than all else in `now`. */
let origin: number | undefined;

/** Milliseconds since 1970, comparable between agents. */
export function now(): number {
  origin ??= performance.timeOrigin;
  return origin + performance.now();
}

/** A time that an agent noted by its own clock, which may be a little behind another's. */
export function after(time: number | undefined, earlier: number): number | undefined {
  return time === undefined ? undefined : Math.max(time, earlier);
}

/** A time-out in seconds, as Python counts, in milliseconds; `undefined` waits without end. */
export function toMilliseconds(timeout: number | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  if (typeof timeout !== 'number' || Number.isNaN(timeout))
    throw new TypeError(`timeout must be a number of seconds, not ${String(timeout)}`);
  return Math.max(0, timeout * 1000);
}

/** The longest delay that a timer takes; a longer one fires at once. */
const LONGEST_DELAY = 0x7fff_ffff;

/** Calls `fire` after `delay` milliseconds; gives what takes that back. Never fires early, however long the delay. */
export function alarm(delay: number, fire: () => void): () => void {
  const end = performance.now() + delay;
  let timer: ReturnType<typeof setTimeout>;
  const set = () => {
    const left = end - performance.now();
    timer = left > LONGEST_DELAY ? setTimeout(set, LONGEST_DELAY) : setTimeout(fire, left);
  };
  set();
  return () => clearTimeout(timer);
}

let channel: MessageChannel | undefined;
let waiting: (() => void)[] = [];

/** One turn of the event loop: messages and due timers come first. Cheaper than a timer, and never throttled. */
export function turn(): Promise<void> {
  // In Node an open port would hold up the end of the program.
  const { setImmediate } = globalThis as { setImmediate?: (resume: () => void) => void };
  if (setImmediate !== undefined) return new Promise(resume => setImmediate(resume));
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const resumed = waiting;
      waiting = [];
      for (const resume of resumed) resume();
    };
  }
  const { port2 } = channel;
  return new Promise(resume => {
    if (waiting.push(resume) === 1) port2.postMessage(0);
  });
}
