// Whose code runs right now, and the turns in which tasks are resumed.
//
// JavaScript does not say which task an `await` belongs to. So a task is resumed in a turn of the event loop of its own:
// until its microtasks have run, whatever asks belongs to that task, however deep its async functions are nested. What a
// task does after a promise of somebody else's is resolved, runs in another turn, and belongs to nobody.
//
//   turn ─▶ owner = task, resume ─▶ microtasks of the task, and of the functions that it returns to ─▶ owner = nobody
//
// For the same reason code of nobody, which waits for what a task does, is resumed in another turn than the task's.

import type { Future } from './future.js';

/** One who awaits futures: a task. */
export interface Owner {
  /** It awaits a future that is not done. */
  beginWait(waiter: Waiter): void;
  /** It goes on; gives the error to throw where it was asked to cancel meanwhile. */
  endWait(waiter: Waiter): Error | undefined;
}

/** Who waits for a future. */
export interface Waiter {
  readonly future: Future<unknown>;
  /** Goes on with it, in a turn of its owner if there is one. */
  run(): void;
  /** Who goes on. Asked when the future is done. */
  owner(): Owner | undefined;
}

/** Microtasks for which a turn's owner is known. Each level of nested async functions takes one to three to return. */
const HOPS = 60;
/** The same from when the owner waits again: only what it started beside that is still to come. */
const HOPS_BESIDE = 10;

let owner: Owner | undefined;
/** Whose turn it is, also while code of nobody runs in it. */
let turnOwner: Owner | undefined;
let hops = 0;

/** Whether it is this task's turn. */
export function isTurnOf(task: Owner): boolean {
  return turnOwner === task;
}

/** Whose code runs. */
export function currentOwner(): Owner | undefined {
  return owner;
}

/** Runs `code` as that of `task`. */
export function within<R>(task: Owner | undefined, code: () => R): R {
  const outer = owner;
  owner = task;
  try {
    return code();
  } finally {
    owner = outer;
  }
}

interface Turn {
  readonly owner: Owner | undefined;
  readonly run: () => void;
}

/** In Node a port keeps the process alive, unless told otherwise. */
type Port = MessagePort & { ref?(): void; unref?(): void };

let ports: { readonly wake: Port; readonly heard: Port } | undefined;
let turns: Turn[] = [];
let next = 0;

/** Resumes a task in a turn of its own; turns are taken in the order of these calls. */
export function resume(task: Owner | undefined, run: () => void): void {
  if (ports === undefined) {
    const { port1: heard, port2: wake } = new MessageChannel() as { port1: Port; port2: Port };
    ports = { wake, heard };
    heard.onmessage = takeTurn;
  }
  turns.push({ owner: task, run });
  // One message at a time: browsers are slow with many.
  if (turns.length === next + 1) {
    ports.heard.ref?.();
    ports.wake.postMessage(0);
  }
}

/** As `resume`; but what belongs to nobody needs no turn of its own, unless it would run in somebody else's. */
export function continueWith(task: Owner | undefined, run: () => void): void {
  if (task === undefined && turnOwner === undefined) queueMicrotask(run);
  else resume(task, run);
}

/** Runs code of ours that only settles futures. */
export function soon(run: () => void): void {
  queueMicrotask(() => within(undefined, run));
}

/** The task has ended: what is left of its turn belongs to nobody. */
export function leave(task: Owner): void {
  if (owner === task) owner = undefined;
  waits(task);
}

/** As `resume`, called by a timer: that is a turn already, unless others were there before, or timers are not real. */
export function resumeHere(task: Owner | undefined, run: () => void): void {
  if (next < turns.length || turnOwner !== undefined) resume(task, run);
  else open(task, run);
}

function takeTurn(): void {
  const turn = turns[next++];
  if (next === turns.length) {
    turns = [];
    next = 0;
    ports?.heard.unref?.();
  } else {
    ports?.wake.postMessage(0);
    if (next === 1024) {
      turns = turns.slice(next);
      next = 0;
    }
  }
  if (turn !== undefined) open(turn.owner, turn.run);
}

function open(task: Owner | undefined, run: () => void): void {
  owner = task;
  turnOwner = task;
  if (task !== undefined) {
    hops = HOPS;
    void endTurn();
  }
  run();
}

/** All of this happens before the event loop goes on. */
async function endTurn(): Promise<void> {
  while (hops-- > 0) await Promise.resolve();
  owner = undefined;
  turnOwner = undefined;
}

/** The task waits again. */
export function waits(task: Owner): void {
  if (turnOwner === task) hops = Math.min(hops, HOPS_BESIDE);
}

/**
 * The loop's clock, in seconds; deadlines are told in it.
 *
 * ```js
 * const before = time();
 * await sleep(0.01);
 * console.log(time() > before);   // true
 * ```
 */
export function time(): number {
  return performance.now() / 1000;
}
