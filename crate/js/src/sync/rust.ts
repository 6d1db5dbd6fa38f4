// What Rust asks of the classes, so that an object in its memory has a handle here: see `crate/src/bindings/sync.rs`.

import type { Address } from '../abi.js';
import type { Agent } from '../agent.js';
import { RuntimeError } from '../errors.js';
import { currentRealm } from '../realm.js';
import { Barrier, Condition } from './condition.js';
import { BrokenBarrierError, Empty, Full, HolderDiedError, ShutDown } from './errors.js';
import { Handle, handleOf, lost } from './handle.js';
import { Lock, RLock } from './lock.js';
import { SharedArray, SharedCounter } from './memory.js';
import { rankOf } from './priority.js';
import { LifoQueue, PriorityQueue, Queue } from './queue.js';
import { BoundedSemaphore, Event, Semaphore } from './semaphore.js';

export { handleOf };

/** All that `concurrent-futures/sync` has, for the memory of this module. */
export function syncClasses(): Readonly<Record<string, unknown>> {
  return {
    Barrier,
    BoundedSemaphore,
    BrokenBarrierError,
    Condition,
    Empty,
    Event,
    Full,
    HolderDiedError,
    LifoQueue,
    Lock,
    PriorityQueue,
    Queue,
    RLock,
    Semaphore,
    SharedArray,
    SharedCounter,
    ShutDown,
  };
}

/** The address of the object that `value` is a handle of; 0 where it is none of this kind, in this memory. */
export function addressOf(value: unknown, kind: number): Address {
  if (!(value instanceof Handle) || value.kind !== kind || value.stays !== undefined) return 0;
  return value.agent === currentRealm()?.agent ? value.address : 0;
}

/** Encodes a value for a queue: address and length of its block, and of that by which it is ordered, where it can be. */
export function packItem(value: unknown): Uint32Array {
  const agent = agentOfRust();
  const rank = rankIfAny(value);
  const length = agent.prepare(value, 'item');
  const packed = agent.inside(() => {
    const block = agent.place(length);
    if (rank === undefined) return [block, length, 0, 0];
    const key = agent.allocateMessage(rank.length);
    agent.bytes.set(rank, key);
    return [block, length, key, rank.length];
  });
  if (packed === undefined) throw lost(agent);
  return Uint32Array.from(packed);
}

/** Decodes what was encoded for a queue; the block stays Rust's. */
export function openItem(block: Address, length: number): unknown {
  const agent = agentOfRust();
  return agent.inside(() => agent.decode(block, length));
}

function agentOfRust(): Agent {
  const realm = currentRealm();
  if (realm === undefined) throw new RuntimeError('the memory of this module is lost');
  return realm.agent;
}

function rankIfAny(value: unknown): Uint8Array | undefined {
  try {
    return rankOf(value);
  } catch {
    return undefined;
  }
}
