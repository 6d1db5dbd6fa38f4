// The GIL in the workers of a run: one lock that every thread must hold to run the program's code.
//
// As in CPython: who waits asks after 5 ms that the lock be handed over; the holder gives it up at its next checkpoint, and
// waits until another has taken it. A thread that blocks gives it up meanwhile. One that goes back to its event loop, as
// where it awaits, gives it up too: what runs there next takes it again at its first checkpoint.
//
// The lock names its holder. One that has been ended cannot give it back: whoever waits takes it from a holder that has
// come to no checkpoint and given nothing back for a long while. Should that one live after all, as in a long call of a
// module of its own, it sees at its next checkpoint that the lock is another's, and waits for it like everybody.
//
// Only pools made by `threads` take part. In main(), in processes and in coroutines the checkpoints do nothing.

import type { PoolOptions, Task } from 'concurrent-futures';

type Library = typeof import('concurrent-futures');
type Sync = typeof import('concurrent-futures/sync');
type InWorkers = typeof import('concurrent-futures/worker');

const here = (path: string) => new URL(path, import.meta.url).href;
const load = (path: string) => import(/* @vite-ignore */ here(path)) as Promise<unknown>;
const [library, sync, inWorkers] = (await Promise.all(
  ['lib/index.js', 'lib/sync.js', 'lib/worker.js'].map(load),
)) as [Library, Sync, InWorkers];

/** Python's `sys.getswitchinterval()`, in milliseconds. */
const SWITCH_INTERVAL = 5;
/** Milliseconds after which a holder that gave way takes the lock again: whoever asked for it is gone. */
const NOBODY_CAME = 100;
/** Milliseconds after which a holder that does not hear who asks is taken to be gone. */
const GONE = 2000;
/** Checkpoints between two looks at shared memory. */
const EVERY = 16;
/** The same where there is no lock. */
const NEVER = 0x3fff_ffff;

/** The words: who holds the lock, whether somebody asks for it, how often it was taken and given back, and the last name. */
const [LOCK, ASKED, TAKEN, GIVEN, NAMES, WORDS] = [0, 1, 2, 3, 4, 5];
const FREE = 0;

/** The words of this worker's pool. */
type Shared = Int32Array;

let shared: Shared | undefined;
/** Whether this worker is one of those threads. */
let takesPart = false;
/** What this worker is called in the word of the lock. */
let name = FREE;
/** Whether it took the lock, and has not given it back. */
let held = false;
/** Waiting for the lock is no reason to give it up. */
let waiting = false;
/** The end of the job that runs gives it back. */
let jobEnds = false;
let left = NEVER;

/** What instrumented programs call. */
function checkpoint(): void {
  if (--left < 0) look();
}

function look(): void {
  left = takesPart ? EVERY : NEVER;
  if (!takesPart || waiting || !shared) return;
  // Whoever took this worker to be gone has it now.
  if (!held || Atomics.load(shared, LOCK) !== name) take(shared);
  else if (Atomics.load(shared, ASKED) !== 0) giveWay(shared);
}

/** Takes it, if nobody has it, or if that one has it. */
const tryToTake = (words: Shared, from = FREE) =>
  Atomics.compareExchange(words, LOCK, from, name) === from;

function take(words: Shared): void {
  if (!tryToTake(words)) wait(() => fight(words));
  took(words);
}

function took(words: Shared): void {
  held = true;
  Atomics.store(words, ASKED, 0);
  Atomics.add(words, TAKEN, 1);
  Atomics.notify(words, TAKEN);
  if (jobEnds) return;
  jobEnds = true;
  queueMicrotask(() => {
    jobEnds = false;
    if (held) release(words);
  });
}

function release(words: Shared): void {
  held = false;
  left = 0;
  if (Atomics.compareExchange(words, LOCK, name, FREE) !== name) return;
  Atomics.add(words, GIVEN, 1);
  Atomics.notify(words, GIVEN, 1);
}

/** A wait that the timeline shows. */
function wait(step: () => void): void {
  waiting = true;
  try {
    inWorkers.blocking('the GIL', step);
  } finally {
    waiting = false;
  }
}

/** Waits until it is ours, and asks for it whenever nobody else got it for a whole interval. */
function fight(words: Shared): void {
  let since = performance.now();
  for (let before = -1; ; ) {
    const given = Atomics.load(words, GIVEN);
    const taken = Atomics.load(words, TAKEN);
    const holder = Atomics.load(words, LOCK);
    if (taken !== before) since = performance.now();
    before = taken;
    if (tryToTake(words)) return;
    if (performance.now() - since > GONE && tryToTake(words, holder)) return;
    const why = Atomics.wait(words, GIVEN, given, SWITCH_INTERVAL);
    if (why === 'timed-out' && Atomics.load(words, TAKEN) === taken) Atomics.store(words, ASKED, 1);
  }
}

/** Hands it over, and does not take it again before another had it. */
function giveWay(words: Shared): void {
  const taken = Atomics.load(words, TAKEN);
  Atomics.store(words, ASKED, 0);
  wait(() => {
    release(words);
    Atomics.wait(words, TAKEN, taken, NOBODY_CAME);
    fight(words);
  });
  took(words);
}

/** The initializer of a pool's threads; `user` is the program's own. */
export async function begin(
  address: number,
  user: string | null,
  args: readonly unknown[],
): Promise<void> {
  // Initializers get no shared objects, but threads have their memory in common.
  const { buffer } = new sync.SharedArray(Int32Array, 1).array;
  const words = new Int32Array(buffer, address, WORDS);
  shared = words;
  if (!takesPart)
    inWorkers.onBlocking(() => {
      if (!held || waiting) return () => {};
      release(words);
      return () => take(words);
    });
  takesPart = true;
  name = Atomics.add(words, NAMES, 1) + 1;
  left = 0;
  if (user !== null) await (await functionOf(user))(...args);
}

/** The function behind a reference of the program: an export of a module, or a source. */
async function functionOf(wire: string): Promise<(...args: readonly unknown[]) => unknown> {
  const rest = wire.slice(1);
  if (wire.startsWith('m')) {
    const gap = rest.indexOf(' ');
    const module = (await import(/* @vite-ignore */ rest.slice(gap + 1))) as Record<string, never>;
    return module[rest.slice(0, gap)] as never;
  }
  const address = URL.createObjectURL(
    new Blob([`export default (${rest});`], { type: 'text/javascript' }),
  );
  try {
    return ((await import(/* @vite-ignore */ address)) as { default: never }).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** How a program's own initializer is named to `begin`; `undefined` where it cannot be. */
function wireOf(initializer: Task): string | undefined {
  if (typeof initializer === 'function') return `s${Function.prototype.toString.call(initializer)}`;
  const { wire } = initializer as { wire?: unknown };
  return typeof wire === 'string' && wire.startsWith('m') ? wire : undefined;
}

function withLock(options: PoolOptions): PoolOptions {
  const { initializer, initargs = [] } = options;
  const user = initializer === undefined ? null : wireOf(initializer);
  if (user === undefined) {
    console.warn('This pool runs without the GIL: its initializer is a partial.');
    return options;
  }
  shared ??= new sync.SharedArray(Int32Array, WORDS).array;
  return {
    ...options,
    initializer: library.task(import.meta.url, 'begin'),
    initargs: [shared.byteOffset, user, initargs],
  };
}

/** The class, with all its threads under the lock. */
export function threads(Pool: Library['ThreadPoolExecutor']): Library['ThreadPoolExecutor'] {
  return class ThreadPoolExecutor extends Pool {
    constructor(options: ConstructorParameters<typeof Pool>[0] = {}) {
      const plain = Object.getPrototypeOf(options ?? 0) === Object.prototype;
      // What is wrong with them, or with the page, is the class's to say.
      super(plain && crossOriginIsolated ? withLock(options as PoolOptions) : options);
    }
  };
}

Object.defineProperty(globalThis, '$gil', { value: checkpoint });
