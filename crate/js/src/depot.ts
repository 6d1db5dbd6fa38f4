// The spawner's side of parcels: where they wait until somebody fetches them, or nobody will.
//
// A parcel is kept for its owner, the agent that submitted the call; without that agent it is dropped. A fetch that
// comes before its put waits, as long as the agent that the put comes from lives: agents reach the spawner on lines of
// their own, so the two may overtake each other.

import type { Address, ParcelMessage, ToDepot } from './abi.js';
import { alarm } from './clock.js';
import { type Parcel, sourceOf } from './parcels.js';

/** How long what an agent sent may still be on its way when its thread is gone, in milliseconds. */
const LAST_WORDS = 1000;

/** Sends to whoever fetches; what is transferred is gone here. */
type Answer = (message: ParcelMessage, transfer: Transferable[]) => void;

/** Whether a message is for the depot. */
export function isToDepot(message: { readonly cf: string }): message is ToDepot {
  return message.cf === 'put' || message.cf === 'fetch' || message.cf === 'drop';
}

export class Depot {
  readonly #lives: (agent: Address) => boolean;
  readonly #waiting = new Map<string, { owner: Address; parcel: Parcel }>();
  readonly #wanted = new Map<string, { by: Address; answer: Answer }>();

  constructor(lives: (agent: Address) => boolean) {
    this.#lives = lives;
  }

  /** Parcels that nobody has fetched yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Does what an agent asks for. */
  handle(message: ToDepot, by: Address, answer: Answer): void {
    const { ticket } = message;
    if (message.cf === 'drop') {
      this.#discard(ticket);
      this.#wanted.delete(ticket);
    } else if (message.cf === 'put') this.#put(ticket, message.owner, message.parcel);
    else this.#fetch(ticket, by, answer);
  }

  /** An agent's thread is gone. */
  gone(agent: Address): void {
    for (const [ticket, { owner }] of this.#waiting) if (owner === agent) this.#discard(ticket);
    for (const [ticket, { by }] of this.#wanted) {
      if (by === agent) this.#wanted.delete(ticket);
      else if (sourceOf(ticket) === agent) alarm(LAST_WORDS, () => this.#lose(ticket));
    }
  }

  /** All agents are lost. */
  clear(): void {
    for (const ticket of [...this.#waiting.keys()]) this.#discard(ticket);
    this.#wanted.clear();
  }

  #put(ticket: string, owner: Address, parcel: Parcel): void {
    const wanted = this.#wanted.get(ticket);
    this.#wanted.delete(ticket);
    this.#waiting.set(ticket, { owner, parcel });
    if (wanted !== undefined) this.#hand(ticket, parcel, wanted.answer);
    else if (!this.#lives(owner)) this.#discard(ticket);
  }

  #fetch(ticket: string, by: Address, answer: Answer): void {
    const waiting = this.#waiting.get(ticket);
    if (waiting !== undefined) {
      this.#hand(ticket, waiting.parcel, answer);
      return;
    }
    this.#wanted.set(ticket, { by, answer });
    if (!this.#lives(sourceOf(ticket))) alarm(LAST_WORDS, () => this.#lose(ticket));
  }

  #hand(ticket: string, parcel: Parcel, answer: Answer): void {
    this.#waiting.delete(ticket);
    try {
      answer({ cf: 'parcel', ticket, parcel, reason: '' }, parcel.list);
    } catch (error) {
      // What could be cloned once may refuse the second time.
      answer({ cf: 'parcel', ticket, parcel: undefined, reason: String(error) }, []);
    }
  }

  #lose(ticket: string): void {
    const wanted = this.#wanted.get(ticket);
    this.#wanted.delete(ticket);
    const reason = 'the agent that sent a value by transfer was lost with it';
    wanted?.answer({ cf: 'parcel', ticket, parcel: undefined, reason }, []);
  }

  #discard(ticket: string): void {
    const list = this.#waiting.get(ticket)?.parcel.list ?? [];
    this.#waiting.delete(ticket);
    // Ports and pictures hold more than memory.
    for (const item of list) {
      const { close } = item as { close?: unknown };
      if (typeof close === 'function') close.call(item);
    }
  }
}
