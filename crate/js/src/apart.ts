// The worker side where memory cannot be shared: a worker apart from its pool. Each call comes as a message, one at a
// time, from the proxy that took it; each reply goes back as one.

import {
  type Address,
  BROKEN,
  type CallMessage,
  PARCEL,
  REMOTE_COROUTINE,
  SCRIPT,
  THROWN,
  VALUE,
} from './abi.js';
import { encodeError, runLater } from './call.js';
import { shadowClose } from './close.js';
import { Decoder } from './decode.js';
import { toBytes } from './encode.js';
import { initializerFailure } from './initializer.js';
import type { TellSpawner } from './messages.js';
import { Parcels, pack } from './parcels.js';
import type { TaskTable } from './table.js';
import type { TaskSide } from './task-side.js';
import { Transfer } from './transfer.js';

export class Apart {
  readonly parcels: Parcels;
  readonly #agent: Address;
  readonly #tasks: TaskTable;
  readonly #taskSide: TaskSide | undefined;
  readonly #tell: TellSpawner;
  readonly #decoder = new Decoder();
  readonly #exit = shadowClose();

  /** `agent` is the worker's record, which it cannot reach. */
  constructor(agent: Address, tasks: TaskTable, taskSide: TaskSide | undefined, tell: TellSpawner) {
    this.parcels = new Parcels(tell);
    this.#agent = agent;
    this.#tasks = tasks;
    this.#taskSide = taskSide;
    this.#tell = tell;
  }

  /** Runs a call and replies. */
  async run(message: CallMessage): Promise<void> {
    const bytes = new Uint8Array(message.payload);
    if (message.taken === SCRIPT) await this.#runScript(bytes, message);
    else await this.#runRemote(message, bytes);
  }

  /** A call in JavaScript. */
  async #runScript(payload: Uint8Array, { initializer, caller }: CallMessage): Promise<void> {
    let kind = VALUE;
    let value: unknown;
    try {
      const values = this.#decoder.decode(payload, 0, payload.length) as unknown[];
      value = await runLater(this.#tasks, this.parcels, values.pop() as string, values);
    } catch (error) {
      kind = THROWN;
      value = error;
    }
    if (initializer) {
      const failure = initializerFailure(kind, value, this.#exit.wanted);
      this.#reply(failure === undefined ? VALUE : BROKEN, new TextEncoder().encode(failure));
      return;
    }
    let reply: Uint8Array<ArrayBuffer>;
    try {
      if (kind === VALUE && value instanceof Transfer) {
        const parcel = pack(value.value, value.list, 'the result');
        kind = PARCEL;
        value = this.parcels.put(parcel, this.#agent, caller);
      }
      reply = toBytes(value, kind === THROWN ? 'the error' : 'the result');
    } catch (error) {
      kind = THROWN;
      reply = encodeError(error, known => toBytes(known, 'the error'));
    }
    this.#reply(kind, reply);
  }

  /** A call in Rust, in the instance with a memory of its own. */
  async #runRemote({ taken, entry, check }: CallMessage, payload: Uint8Array): Promise<void> {
    if (this.#taskSide === undefined) {
      this.#tell({ cf: 'trapped', reason: 'its module came without glue for a call in Rust' });
      return;
    }
    let reply: Uint8Array<ArrayBuffer>;
    try {
      reply =
        taken === REMOTE_COROUTINE
          ? await this.#taskSide.runCoroutine(entry, check, payload)
          : this.#taskSide.run(entry, check, payload);
    } catch (error) {
      // A panic is caught in there and comes back as a reply: this is a trap, and the instance is lost.
      this.#tell({ cf: 'trapped', reason: `its instance trapped: ${String(error)}` });
      return;
    }
    this.#reply(VALUE, reply);
  }

  #reply(kind: number, { buffer }: Uint8Array<ArrayBuffer>): void {
    this.#tell({ cf: 'reply', kind, payload: buffer, last: this.#exit.wanted }, [buffer]);
  }
}
