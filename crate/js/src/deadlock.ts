// Waits of this agent that last a while: the other half of `crate/src/deadlock.rs`, which finds those that can never end.

import type { Address } from './abi.js';
import type { Agent } from './agent.js';
import { readText } from './blocks.js';
import { DeadlockError } from './errors.js';

/** The kinds of `cf_deadlock_look`. */
const ALL = 0;
const ANY = 1;
const LOCK = 2;

/** What a blocking wait needs: all or any of some calls, or a lock. None at all where others may bring it. */
export interface Needs {
  readonly kind: typeof ALL | typeof ANY | typeof LOCK;
  readonly addresses: readonly Address[];
}

/** One blocking wait without a time-out. Everything is called inside the pool. */
export class DeadlockWatch {
  readonly #agent: Agent;
  #listed = false;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** The wait has lasted a while in vain. Throws where it can never end. */
  look({ kind, addresses }: Needs): void {
    const agent = this.#agent;
    const { length } = addresses;
    if (length === 0) return;
    this.#listed = true;
    const bytes = 4 * length;
    const block = agent.allocate(bytes);
    agent.words.set(addresses, block / 4);
    const now = performance.timeOrigin + performance.now();
    try {
      this.#refuse(out => agent.core.cf_deadlock_look(kind, block, length, now, out));
    } finally {
      agent.core.cf_free(block, bytes);
    }
  }

  /** The wait is over. Throws where it was part of a deadlock, even if what it waited for has come by now. */
  end(): void {
    if (!this.#listed) return;
    this.#listed = false;
    this.#refuse(this.#agent.core.cf_deadlock_forget);
  }

  /** The wait is over, for another reason. */
  drop(): void {
    try {
      this.end();
    } catch {
      // That other reason is what is told.
    }
  }

  #refuse(ask: (out: Address) => Address): void {
    const agent = this.#agent;
    let block: Address = 0;
    const text = readText(agent, out => {
      block = ask(out);
      return block;
    });
    if (block === 0) return;
    agent.core.cf_free(block, agent.words[agent.scratch / 4] ?? 0);
    throw new DeadlockError(text.split('\n'));
  }
}

/** What a wait for calls needs: all of them, or any. */
export function needsCalls(any: boolean, addresses: readonly Address[]): Needs {
  return { kind: any ? ANY : ALL, addresses };
}

/** What a wait for a lock needs. */
export function needsLock(address: Address): Needs {
  return { kind: LOCK, addresses: [address] };
}
