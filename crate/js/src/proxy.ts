// The stand-in for a worker that cannot share memory: without isolation it takes the worker's calls, in the agent that
// owns the pool's memory, and sends them to it one by one.
//
//   the queue ── cf_take ──▶ proxy ── call: a copy of the payload ──▶ worker: decode · run · encode
//             ◀── cf_finish ───────── ◀── reply ────────────────────
//
// So there is one queue, one way to end a call, one way to die, with isolation and without. The worker's kill word is
// KILLABLE from the start, since the real worker touches nothing of the pool's.

import {
  type Address,
  type CallMessage,
  EXIT,
  NOTHING,
  REMOTE,
  REMOTE_COROUTINE,
  type ReplyMessage,
  SCRIPT,
  SHOWN_CALLER,
  SHOWN_CHECK,
  SHOWN_ENTRY,
  SHOWN_EPOCH,
  SHOWN_INITIALIZER,
  SHOWN_PAYLOAD,
  SHOWN_PAYLOAD_LENGTH,
  THROWN,
} from './abi.js';
import type { Agent } from './agent.js';
import { lendText } from './blocks.js';
import { alarm, now } from './clock.js';
import { noMemory, SMALL } from './no-memory.js';

/** How often the queue is looked at where `Atomics.waitAsync` is missing, in milliseconds. */
const POLL = 4;
export class WorkerProxy {
  readonly #agent: Agent;
  readonly #worker: Address;
  readonly #send: (message: CallMessage) => void;
  readonly #leave: () => void;
  /** What `cf_take` gave last: `NOTHING` while the worker is free. */
  #held: number = NOTHING;
  #asleep = false;
  #ended = false;

  /** `send` transfers the payload; `leave` is called once, when the worker is not needed any more. */
  constructor(
    agent: Agent,
    worker: Address,
    send: (message: CallMessage) => void,
    leave: () => void,
  ) {
    this.#agent = agent;
    this.#worker = worker;
    this.#send = send;
    this.#leave = leave;
  }

  /** The worker is free: takes the next call, or waits for one. */
  look(): void {
    const { core } = this.#agent;
    while (!this.#ended && this.#agent.dead === undefined) {
      const taken = core.cf_take(this.#worker, now());
      this.#held = taken;
      if (taken === EXIT) {
        this.#leave();
        return;
      }
      if (taken === NOTHING && this.#sleep()) return;
      const apart = taken === SCRIPT || taken === REMOTE || taken === REMOTE_COROUTINE;
      if (apart && this.#hand(taken)) return;
    }
  }

  /** The worker's answer to what it was sent. */
  answer({ kind, payload, last }: ReplyMessage): void {
    if (this.#ended || this.#held === NOTHING) return;
    this.#finish(kind, new Uint8Array(payload));
    if (last) this.#leave();
    else this.look();
  }

  /** What the worker holds fails with `error`, and it is free again. */
  fail(error: Error): void {
    if (this.#ended || this.#held === NOTHING) return;
    this.#failHeld(error);
    this.look();
  }

  /** The worker is not to be used any more; call it before its record goes. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#asleep || this.#agent.dead !== undefined) return;
    const { core, words } = this.#agent;
    core.cf_wake_up(this.#worker);
    // All: one that is pending for nobody would swallow somebody's wake-up.
    Atomics.notify(words, core.cf_epoch_address(this.#worker) / 4);
  }

  /** Waits for the queue's next entry; false where there is something to take already. */
  #sleep(): boolean {
    const { core, words } = this.#agent;
    if (core.cf_fall_asleep(this.#worker) === 0) return false;
    this.#asleep = true;
    if (typeof Atomics.waitAsync !== 'function') {
      alarm(POLL, this.#woken);
      return true;
    }
    const epoch = words[this.#worker / 4 + SHOWN_EPOCH] ?? 0;
    const wait = Atomics.waitAsync(words, core.cf_epoch_address(this.#worker) / 4, epoch);
    if (wait.async) void wait.value.then(this.#woken);
    else queueMicrotask(this.#woken);
    return true;
  }

  readonly #woken = (): void => {
    this.#asleep = false;
    if (this.#ended || this.#agent.dead !== undefined) return;
    this.#agent.attempt(() => {
      this.#agent.core.cf_wake_up(this.#worker);
      this.look();
    });
  };

  /** Sends the call that was taken; false where it could not be sent, and has failed. */
  #hand(taken: CallMessage['taken']): boolean {
    const { words, bytes } = this.#agent;
    const at = this.#worker / 4;
    const start = words[at + SHOWN_PAYLOAD] ?? 0;
    const entry = words[at + SHOWN_ENTRY] ?? 0;
    const check = words[at + SHOWN_CHECK] ?? 0;
    const initializer = words[at + SHOWN_INITIALIZER] !== 0;
    const caller = words[at + SHOWN_CALLER] ?? 0;
    try {
      const payload = new Uint8Array(words[at + SHOWN_PAYLOAD_LENGTH] ?? 0);
      payload.set(bytes.subarray(start, start + payload.length));
      const { buffer } = payload;
      this.#send({ cf: 'call', taken, payload: buffer, entry, check, initializer, caller });
      return true;
    } catch (error) {
      this.#failHeld(error);
      return false;
    }
  }

  #finish(kind: number, reply: Uint8Array): void {
    const { core } = this.#agent;
    const { length } = reply;
    const block = length < SMALL ? core.cf_alloc(length) : core.cf_alloc_message(length);
    if (block === 0) {
      this.#failHeld(noMemory(length));
      return;
    }
    this.#agent.bytes.set(reply, block);
    const held = this.#held;
    this.#held = NOTHING;
    if (held === SCRIPT) core.cf_finish(this.#worker, kind, block, length, now());
    else {
      core.cf_finish_remote(this.#worker, block, length, now());
      core.cf_free(block, length);
    }
  }

  #failHeld(error: unknown): void {
    const { core } = this.#agent;
    const held = this.#held;
    this.#held = NOTHING;
    if (held === SCRIPT) {
      const known = error instanceof Error ? error : new Error(String(error));
      const length = this.#agent.prepare(known, 'the error');
      core.cf_finish(this.#worker, THROWN, this.#agent.place(length, true), length, now());
      return;
    }
    lendText(this.#agent, String(error), (block, length) =>
      core.cf_fail_thrown(this.#worker, block, length, block, 0, now()),
    );
  }
}
