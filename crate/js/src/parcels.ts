// Parcels: values that travel by structured clone, since bytes in pool memory cannot hold them, or since they are to be
// moved instead of copied. Who takes a call is not known when it is submitted, so a parcel waits at the spawner, and the
// queue carries only its ticket.
//
//   submitWith ─ put ─▶ depot, at the spawner ─ fetch ─▶ the worker that took the call
//   the worker ─ put ─▶ depot                 ─ fetch ─▶ whoever submitted it
//
// A ticket begins with the address of the agent whose put it names. `depot.ts` is the spawner's side.

import type { Address, ParcelMessage } from './abi.js';
import { EncodeError } from './codec.js';
import { BrokenExecutor, messageOf } from './errors.js';
import type { TellSpawner } from './messages.js';

/** A value, and what of it is to be moved again on its next way. */
export interface Parcel {
  /** The value; or, where the parcel is sealed, a port that the value comes out of. */
  readonly value: unknown;
  readonly list: Transferable[];
  readonly sealed?: boolean;
}

/** Makes a parcel: from here on the value is the parcel's, and what is in the list is gone here. */
export function pack(value: unknown, list: readonly Transferable[], root: string): Parcel {
  const moved = [...list];
  try {
    if (typeof SharedArrayBuffer === 'function' && !cloneShares() && holdsShared(value))
      return seal(value, moved);
    return structuredClone({ value, list: moved }, { transfer: moved });
  } catch (error) {
    throw refusal(value, moved, root) ?? new EncodeError(root, messageOf(error));
  }
}

let shares: boolean | undefined;

/** In WebKit `structuredClone` copies shared memory, and only messages share it. */
function cloneShares(): boolean {
  shares ??= structuredClone(new SharedArrayBuffer(0)) instanceof SharedArrayBuffer;
  return shares;
}

/** Any memory that is shared, as deep as clones go. */
function holdsShared(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  const memory = ArrayBuffer.isView(value) ? value.buffer : value;
  if (memory !== value || memory instanceof ArrayBuffer || memory instanceof SharedArrayBuffer)
    return memory instanceof SharedArrayBuffer;
  return partsOf(value).some(([, part]) => holdsShared(part, seen));
}

/** A message that nobody has taken in yet is a parcel too, but costs two or three times as much. */
function seal(value: unknown, list: Transferable[]): Parcel {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value, list);
  return { value: port2, list: [port2], sealed: true };
}

function open({ value, sealed }: Parcel): unknown {
  if (sealed !== true) return value;
  const port = value as MessagePort;
  return new Promise(resolve => {
    port.onmessage = ({ data }) => {
      port.close();
      resolve(data);
    };
  });
}

/** What stands in the queue for arguments that wait at the spawner: their ticket, and the function's reference. */
export function withTicket(ticket: string, wire: string): string {
  return `b${ticket} ${wire}`;
}

/** The ticket in front of a function's reference, if there is one. */
export function ticketIn(wire: string): string | undefined {
  return wire.startsWith('b') ? wire.slice(1, wire.indexOf(' ')) : undefined;
}

export function withoutTicket(wire: string): string {
  return wire.slice(wire.indexOf(' ') + 1);
}

/** The agent that a ticket's put comes from. */
export function sourceOf(ticket: string): Address {
  return Number.parseInt(ticket, 10);
}

/** The realm's part of every ticket, so that none is given twice, also where an address is used again. */
const REALM = Math.random().toString(36).slice(2);
let tickets = 0;

/** One agent's way to the depot. */
export class Parcels {
  readonly #tell: TellSpawner;
  readonly #expected = new Map<string, (message: ParcelMessage) => void>();

  constructor(tell: TellSpawner) {
    this.#tell = tell;
  }

  /** Leaves a parcel at the depot, from one agent and for another: it is kept for as long as that one lives. */
  put(parcel: Parcel, from: Address, owner: Address): string {
    const ticket = `${from}:${REALM}:${tickets++}`;
    this.#tell({ cf: 'put', ticket, owner, parcel }, parcel.list);
    return ticket;
  }

  /** Gets a parcel, which may still be on its way; rejects where it never comes. */
  fetch(ticket: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#expected.set(ticket, ({ parcel, reason }) => {
        if (parcel === undefined) reject(new BrokenExecutor(reason));
        else resolve(open(parcel));
      });
      this.#tell({ cf: 'fetch', ticket });
    });
  }

  /** Nobody will fetch this one. */
  drop(ticket: string): void {
    this.#tell({ cf: 'drop', ticket });
  }

  /** What a fetch asked for is here, or lost. */
  arrived(message: ParcelMessage): void {
    const use = this.#expected.get(message.ticket);
    this.#expected.delete(message.ticket);
    use?.(message);
  }

  /** Nothing more will come. */
  lost(reason: string): void {
    for (const ticket of [...this.#expected.keys()])
      this.arrived({ cf: 'parcel', ticket, parcel: undefined, reason });
  }
}

/** Names the first part of `value` that cannot be cloned; `undefined` where none is found. */
function refusal(value: unknown, moved: unknown[], root: string): EncodeError | undefined {
  const seen = new Set(moved);
  const look = (at: unknown, path: string): EncodeError | undefined => {
    if (seen.has(at)) return undefined;
    seen.add(at);
    try {
      structuredClone(at);
      return undefined;
    } catch (error) {
      const parts = typeof at === 'object' ? partsOf(at as object) : [];
      for (const [step, part] of parts) {
        const found = look(part, path + step);
        if (found !== undefined) return found;
      }
      return parts.length > 0 ? undefined : new EncodeError(path, messageOf(error));
    }
  };
  return look(value, root);
}

/** What an object consists of, as far as its clone does, and how each part is reached. */
function partsOf(value: object): [string, unknown][] {
  if (value instanceof Map || value instanceof Set)
    return [...value].flat().map(part => ['[…]', part]);
  const list = Array.isArray(value);
  return Object.entries(value).map(([key, part]) => [list ? `[${key}]` : `.${key}`, part]);
}
