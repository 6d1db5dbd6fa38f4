// Waiting at a gate until a step succeeds: the other half of `crate/src/sync/gate.rs`, where the protocol stands.
//
// Blocking, an agent sleeps on the gate's epoch, KILLABLE. Awaiting, it has one listener for each gate, which tries the
// steps of all who wait there in the order in which they came. Both look again five times a second, in case that the
// wake-up went to an agent that was ended in that moment, and because a lock whose holder died wakes nobody.

import type { Address } from '../abi.js';
import type { Agent } from '../agent.js';
import { announce } from '../blocking-hooks.js';
import { alarm, toMilliseconds } from '../clock.js';
import { DeadlockWatch, needsLock } from '../deadlock.js';
import { refuseBlocking } from '../isolation.js';
import { lost } from './handle.js';

/** The words of a gate, as indices of 32 bits from its address. */
const EPOCH = 0;
const SLEEPERS = 1;
const FOREIGN = 2;

const LOOK_AGAIN = 200;
/** How often an agent looks where `Atomics.waitAsync` is missing, in milliseconds. */
const POLL = 4;

/** Runs inside the pool; `undefined` while it is not yet time. */
type Step<T> = () => T | undefined;

/** What a trace calls objects, by their kind. */
const WORDS = [
  'a lock',
  'a lock',
  'a semaphore',
  'a semaphore',
  'an event',
  'a condition',
  'a barrier',
  'a queue',
  'a queue',
  'a queue',
];

/** How long to wait. */
export interface Timeout {
  /** Seconds; none waits without end, 0 only tries. */
  readonly timeout?: number | undefined;
}

/** A step inside the pool, and the error where the memory is dead. */
function tried<T>(agent: Agent, step: Step<T>): T | undefined {
  const { words } = agent;
  if (Atomics.load(words, agent.core.cf_poison_address() / 4) !== 0) agent.look();
  if (agent.dead !== undefined) throw lost(agent);
  const found = agent.inside(step);
  if (agent.dead !== undefined) throw lost(agent);
  return found;
}

/** Of a wait for a lock: how it is given back. */
export interface Circle {
  readonly lock: Address;
  /** Gives the lock back, which it has just got. */
  readonly undo: () => void;
}

/**
 * Blocks until `step` gives something; `undefined` where the time, in seconds, is over first. Where it is known what it
 * waits for, and that this can never come, it throws DeadlockError. `kind` is that of the object.
 */
export function passSync<T>(
  agent: Agent,
  gate: Address,
  timeout: number | undefined,
  kind: number,
  step: Step<T>,
  circle?: Circle,
): T | undefined {
  const limit = toMilliseconds(timeout);
  const first = tried(agent, step);
  if (first !== undefined || limit === 0) return first;
  mustBlock(agent);
  const deadline = limit === undefined ? Number.POSITIVE_INFINITY : performance.now() + limit;
  const at = gate / 4;
  const watch = new DeadlockWatch(agent);
  let traced = false;
  const resume = announce(WORDS[kind] ?? '');
  try {
    for (;;) {
      const { words } = agent;
      agent.enter();
      let left = 0;
      let found: T | undefined;
      let late = false;
      try {
        Atomics.add(words, at + SLEEPERS, 1);
        const epoch = Atomics.load(words, at + EPOCH);
        found = tried(agent, step);
        left = deadline - performance.now();
        if (found === undefined && left > 0) {
          traced ||= agent.traceBlocked(WORDS[kind] ?? '');
          agent.leave();
          const why = Atomics.wait(words, at + EPOCH, epoch, Math.min(left, LOOK_AGAIN));
          agent.enter();
          late = why === 'timed-out';
        }
      } finally {
        Atomics.sub(words, at + SLEEPERS, 1);
        agent.leave();
      }
      if (circle !== undefined && limit === undefined)
        agent.inside(() => judge(watch, circle, found !== undefined, late));
      if (found !== undefined || left <= 0) return found;
    }
  } finally {
    if (agent.dead === undefined)
      agent.inside(() => {
        if (traced) agent.traceUnblocked();
        watch.drop();
      });
    resume();
  }
}

/** Throws where the wait is part of a deadlock. */
function judge(watch: DeadlockWatch, circle: Circle, found: boolean, late: boolean): void {
  if (late && !found) watch.look(needsLock(circle.lock));
  if (!found) return;
  try {
    watch.end();
  } catch (error) {
    circle.undo();
    throw error;
  }
}

/** Throws where this agent may not block. */
export function mustBlock(agent: Agent): void {
  if (!agent.mayBlock)
    refuseBlocking('a page must not block: await the form that does not end in Sync instead');
}

interface Waiting {
  /** Tries its step: true where it is over. */
  readonly look: (last: boolean) => boolean;
}

/** All of this agent that await one gate. */
class Listener {
  readonly #agent: Agent;
  readonly #gate: Address;
  /** Keeps the gate's memory for as long as somebody listens to it. */
  readonly #owner: object;
  readonly #home: Map<Address, Listener>;
  readonly #waiting = new Set<Waiting>();
  readonly #ended: (() => void)[] = [];
  #listening = false;
  #stop: () => void = () => {};

  constructor(agent: Agent, gate: Address, owner: object, home: Map<Address, Listener>) {
    this.#agent = agent;
    this.#gate = gate;
    this.#owner = owner;
    this.#home = home;
    home.set(gate, this);
  }

  add(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#listen();
  }

  /** Forgets `waiting`, and stops listening if it was the last. */
  remove(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    // Whoever waits alike tries once more, in vain; this listener finds that it has nobody left.
    if (this.#waiting.size === 0 && this.#listening && this.#agent.dead === undefined)
      Atomics.notify(this.#agent.words, this.#gate / 4 + EPOCH);
  }

  /** Settles once nobody listens, so that the gate's memory may be freed. */
  ended(): Promise<void> {
    return this.#listening
      ? new Promise(resolve => {
          this.#ended.push(resolve);
        })
      : Promise.resolve();
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    const agent = this.#agent;
    const at = this.#gate / 4;
    const { words } = agent;
    this.#stop = alarm(LOOK_AGAIN, () => this.#lookAgain());
    if (typeof Atomics.waitAsync !== 'function') {
      alarm(POLL, () => this.#woken());
      return;
    }
    Atomics.add(words, at + FOREIGN, 1);
    const epoch = Atomics.load(words, at + EPOCH);
    this.#look();
    const wait = this.#waiting.size > 0 && Atomics.waitAsync(words, at + EPOCH, epoch);
    const woken = () => {
      Atomics.sub(words, at + FOREIGN, 1);
      this.#woken();
    };
    if (wait !== false && wait.async) void wait.value.then(woken);
    else queueMicrotask(woken);
  }

  #woken(): void {
    this.#stop();
    this.#listening = false;
    this.#look();
    if (this.#waiting.size > 0) {
      this.#listen();
      return;
    }
    this.#home.delete(this.#gate);
    void this.#owner;
    for (const tell of this.#ended.splice(0)) tell();
  }

  #lookAgain(): void {
    this.#look();
    if (this.#waiting.size > 0) this.#stop = alarm(LOOK_AGAIN, () => this.#lookAgain());
  }

  #look(): void {
    for (const waiting of [...this.#waiting]) if (waiting.look(false)) this.remove(waiting);
  }
}

const listeners = new WeakMap<Agent, Map<Address, Listener>>();

function listenerAt(agent: Agent, gate: Address, owner: object): Listener {
  let home = listeners.get(agent);
  if (home === undefined) {
    home = new Map();
    listeners.set(agent, home);
  }
  return home.get(gate) ?? new Listener(agent, gate, owner, home);
}

/** Settles once this agent does not listen to the gate. */
export function notListening(agent: Agent, gate: Address): Promise<void> {
  return listeners.get(agent)?.get(gate)?.ended() ?? Promise.resolve();
}

/** Awaits until `step` gives something; `undefined` where the time, in seconds, is over first. */
export async function passed<T>(
  agent: Agent,
  gate: Address,
  owner: object,
  timeout: number | undefined,
  step: Step<T>,
): Promise<T | undefined> {
  const limit = toMilliseconds(timeout);
  const first = tried(agent, step);
  if (first !== undefined || limit === 0) return first;
  return new Promise<T | undefined>((resolve, reject) => {
    let stop = () => {};
    const waiting: Waiting = {
      look(last) {
        try {
          const found = tried(agent, step);
          if (found === undefined && !last) return false;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        stop();
        return true;
      },
    };
    const listener = listenerAt(agent, gate, owner);
    if (limit !== undefined && limit !== Number.POSITIVE_INFINITY)
      stop = alarm(limit, () => {
        waiting.look(true);
        listener.remove(waiting);
      });
    listener.add(waiting);
  });
}
