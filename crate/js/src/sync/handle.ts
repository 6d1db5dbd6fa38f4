// Handles: what stands in JavaScript for an object in pool memory.
//
// An agent has one handle for each object, however often it arrives. The handle keeps the object; when it is collected,
// or the agent ends, its part is given back. Messages keep what they name by themselves: see `shared.rs`.

import type { Address } from '../abi.js';
import type { Agent } from '../agent.js';
import { readText } from '../blocks.js';
import { type ErrorClass, registerErrorClass, type Sharing, sharing } from '../codec.js';
import { BrokenExecutor, NotIsolatedError, RuntimeError } from '../errors.js';
import { isolated } from '../isolation.js';
import { currentRealm } from '../realm.js';
import { BrokenBarrierError, HolderDiedError, ShutDown, SYNC_ERRORS } from './errors.js';

/** Kinds of objects, as `cf_sync_new` counts them. */
export const LOCK = 0;
export const RLOCK = 1;
export const SEMAPHORE = 2;
export const BOUNDED_SEMAPHORE = 3;
export const EVENT = 4;
export const CONDITION = 5;
export const BARRIER = 6;
export const QUEUE = 7;
export const LIFO_QUEUE = 8;
export const PRIORITY_QUEUE = 9;
export const COUNTER = 10;
export const ARRAY = 11;

/** What `cf_sync_step` gives when it does not give a number. */
export const NOT_YET = 0;
const NOT_HELD = -1;
const HOLDER_DIED = -2;
const SHUT_DOWN = -3;
const BROKEN_BARRIER = -4;

/** An object that is there already: what a constructor gets instead of its arguments. */
export class Existing {
  constructor(
    readonly address: Address,
    readonly more: unknown,
  ) {}
}

type HandleClass = new (existing: Existing) => Handle;

const classes = new Map<number, HandleClass>();
const known = new WeakMap<Agent, Map<Address, WeakRef<Handle>>>();

const collected = /* @__PURE__ */ new FinalizationRegistry<{ agent: Agent; address: Address }>(
  ({ agent, address }) => {
    const handles = known.get(agent);
    if (handles?.get(address)?.deref() === undefined) handles?.delete(address);
    if (agent.dead === undefined) agent.inside(() => agent.core.cf_sync_drop(address));
  },
);

/** A handle to an object in pool memory: pass it to tasks, put it into queues, return it. */
export abstract class Handle {
  /** @internal */
  readonly agent: Agent;
  /** @internal */
  readonly address: Address;
  /** @internal What crosses with the address; a plain value. */
  readonly more: unknown = undefined;
  /** @internal Why it does not cross. */
  readonly stays: string | undefined = undefined;

  /** @internal */
  readonly kind: number;

  /** @internal `value` is the one number that an object of this kind is made with. */
  constructor(kind: number, value: number | Existing) {
    this.kind = kind;
    this.agent = agentHere(new.target.name);
    const { agent } = this;
    const address =
      value instanceof Existing
        ? value.address
        : agent.inside(() => agent.core.cf_sync_new(kind, value));
    if (address === undefined) throw lost(agent);
    if (address === 0) throw new RangeError('no pool memory is left for it');
    this.address = address;
    handlesOf(agent).set(address, new WeakRef(this));
    collected.register(this, { agent, address });
  }

  /** @internal The address of the words that one waits at. */
  gate(which = 0): Address {
    const { agent } = this;
    const gate = agent.inside(() => agent.core.cf_sync_gate(this.address, which));
    if (gate === undefined) throw lost(agent);
    return gate;
  }

  /** @internal Tries an operation inside the pool; what it refuses is thrown. */
  step(operation: number, value = 0): number {
    return this.checked(this.agent.core.cf_sync_step(this.address, operation, value));
  }

  /** @internal As `step`, from user code. */
  ask(operation: number, value = 0): number {
    const { agent } = this;
    const answer = agent.inside(() => this.step(operation, value));
    if (answer === undefined) throw lost(agent);
    return answer;
  }

  /** @internal Throws what a negative answer stands for. */
  checked(answer: number): number {
    if (answer >= 0) return answer;
    if (answer === NOT_HELD) throw new RuntimeError(this.notHeld());
    if (answer === HOLDER_DIED) throw new HolderDiedError(this.#deadHolder());
    if (answer === SHUT_DOWN) throw new ShutDown();
    if (answer === BROKEN_BARRIER) throw new BrokenBarrierError();
    throw new RangeError(this.tooOften());
  }

  /** @internal */
  protected notHeld(): string {
    return 'release of a lock that is not held here';
  }

  /** @internal */
  protected tooOften(): string {
    return 'released too many times';
  }

  #deadHolder(): string {
    const { agent } = this;
    let block: Address = 0;
    const name = readText(agent, out => {
      block = agent.core.cf_sync_dead(this.address, out);
      return block;
    });
    agent.core.cf_free(block, agent.words[agent.scratch / 4] ?? 0);
    return name;
  }
}

/** The agent that works here. */
function agentHere(what: string): Agent {
  if (!isolated()) throw new NotIsolatedError(what);
  const realm = currentRealm();
  if (realm === undefined)
    throw new RuntimeError(
      `${what} lives in the memory of the pools, which is not there yet: \`await ready()\` of 'concurrent-futures' first`,
    );
  return realm.agent;
}

/** What there is to say when the memory is dead. */
export function lost(agent: Agent): BrokenExecutor {
  return new BrokenExecutor(
    `the memory is lost that the object was in: ${agent.dead ?? 'it was poisoned'}`,
  );
}

function handlesOf(agent: Agent): Map<Address, WeakRef<Handle>> {
  let handles = known.get(agent);
  if (handles === undefined) {
    handles = new Map();
    known.set(agent, handles);
  }
  return handles;
}

/** Lets these classes cross, by their kinds, and the errors of this module. Call it once, where they are defined. */
export function install(handleClasses: Record<number, unknown>): void {
  for (const [kind, handleClass] of Object.entries(handleClasses))
    classes.set(Number(kind), handleClass as HandleClass);
  for (const errorClass of SYNC_ERRORS)
    registerErrorClass(errorClass as ErrorClass, new errorClass('').name);
  sharing.add(handles);
}

const handles: Sharing = {
  describe(value) {
    if (!(value instanceof Handle)) return undefined;
    if (value.agent !== currentRealm()?.agent)
      return 'it lived in memory that is lost; make a new one';
    const { kind, address, more } = value;
    return value.stays ?? [kind, address, more];
  },
  restore: handleOf,
};

/** This agent's handle for an object that somebody else keeps until here: a message, or Rust. */
export function handleOf(kind: number, address: Address, more: unknown): Handle | undefined {
  const handleClass = classes.get(kind);
  if (handleClass === undefined) return undefined;
  const agent = agentHere('it');
  const handle = handlesOf(agent).get(address)?.deref();
  if (handle !== undefined) return handle;
  agent.core.cf_sync_hold(address);
  return new handleClass(new Existing(address, more));
}
