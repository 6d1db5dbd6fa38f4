// An agent's side of its record in pool memory: submit calls, hear of their end, block for them.
//
//   submit ─▶ encode into a private buffer ─▶ one block in pool memory ─▶ cf_submit ─▶ the pool's queue
//   a worker ends the call ─▶ the agent's done list, and its bell
//   the bell rings ─▶ drain: decode each reply, settle its future
//
// The agent listens to its bell by `Atomics.waitAsync` as long as it expects anything: one wait for all its calls. A
// blocking call in a worker waits on the same bell with `Atomics.wait`. The protocol of the bell and of the kill word
// stands in `crate/src/agent.rs`.

import {
  type Address,
  AGENT_BELL,
  AGENT_KILL,
  AGENT_KILL_WANTED,
  ASLEEP,
  AWAKE,
  BROKEN,
  BUSY,
  CALL_REPLY,
  CALL_REPLY_KIND,
  CALL_REPLY_LENGTH,
  CALL_STATE,
  CALL_TIMES,
  CALL_WORKER,
  CANCELLED,
  type Core,
  ENDED,
  HELD,
  KILLABLE,
  PARCEL,
  REFUSED_WORKERS,
  RUNG,
  SCRATCH_WORDS,
  STATE_MASK,
  VALUE,
  WITH_OBJECTS,
} from './abi.js';
import { announce } from './blocking-hooks.js';
import { toUtf8 } from './blocks.js';
import { alarm, now, turn } from './clock.js';
import { DecodeError, registerOwn } from './codec.js';
import { DeadlockWatch, type Needs } from './deadlock.js';
import { Decoder } from './decode.js';
import { Encoder } from './encode.js';
import { type Breakage, ERRORS } from './errors.js';
import type { TellSpawner } from './messages.js';
import { orThrow } from './no-memory.js';
import type { Outcome } from './outcome.js';
import { Parcels } from './parcels.js';
import { park } from './park.js';

// Errors of this package arrive as what they are, too.
// The names are those of instances, since a minifier may rename classes.
for (const errorClass of ERRORS) registerOwn(errorClass, new errorClass('').name);

/** How many calls are drained, and for how many milliseconds, before the event loop gets a turn. */
const DRAIN_MOST = SCRATCH_WORDS;
const DRAIN_MILLISECONDS = 4;
/** How long a blocking wait lasts before it looks whether the memory is dead, in milliseconds. */
const LOOK_AGAIN = 200;
/** As many characters of a text go into a trace. */
const TRACED_TEXT = 110;
/** How often an agent looks at its bell where `Atomics.waitAsync` is missing, in milliseconds. */
const POLL = 4;

/** When a call went through its states, in milliseconds since 1970, and which worker had it. */
export interface CallRecord {
  readonly started: number | undefined;
  readonly finished: number | undefined;
  readonly workerIndex: number | undefined;
}

/** Something of the agent's own that is done when others have done something: looked at with every ring. */
export interface Watcher {
  look(): void;
}

export class Agent {
  readonly core: Core;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** The agent's record. */
  readonly address: Address;
  /** How the agent reaches whoever starts workers for it. */
  tellSpawner: TellSpawner = () => {};
  /** How values come and go that bytes cannot hold. */
  readonly parcels = new Parcels((message, transfer) => this.tellSpawner(message, transfer));
  /** Called once when the memory is found dead. */
  onPoison: (breakage: Breakage) => void = () => {};
  /** What else a ring may be about; the agent listens as long as there is any. */
  readonly watchers = new Set<Watcher>();

  readonly #mayBlock: boolean;
  readonly #poison: Address;
  readonly #trace: Address;
  readonly #calls = new Map<Address, Outcome>();
  /** What calls fail with that are being ended by force. */
  readonly #ends = new Map<Address, unknown>();
  readonly #encoder = new Encoder();
  readonly #decoder = new Decoder();
  /** A block of `SCRATCH_WORDS` words for what the core writes besides what it returns. */
  readonly scratch: Address;
  #i32: Int32Array;
  #u8: Uint8Array;
  #f64: Float64Array;
  #listening = false;
  #blocked = false;
  #dead: Breakage | undefined;
  /** How deep inside the pool's own code this agent is; at zero it runs user code. */
  #depth = 1;

  /** `address` is that of a record that this instance is attached to. The agent starts BUSY. */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    core: Core,
    address: Address,
    mayBlock: boolean,
  ) {
    this.module = module;
    this.memory = memory;
    this.core = core;
    this.address = address;
    this.#mayBlock = mayBlock;
    this.#poison = core.cf_poison_address();
    this.#trace = core.cf_trace_address();
    this.scratch = core.cf_agent_scratch(address);
    this.#i32 = new Int32Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
    this.#f64 = new Float64Array(memory.buffer);
  }

  /** Whether this agent may block: every worker may. */
  get mayBlock(): boolean {
    return this.#mayBlock;
  }

  /** Why the memory is dead; `undefined` while it lives. */
  get dead(): Breakage | undefined {
    return this.#dead;
  }

  /** The memory as 32-bit words; only good until the next allocation. */
  get words(): Int32Array {
    if (this.#i32.buffer !== this.memory.buffer) this.#renewViews();
    return this.#i32;
  }

  /** The memory as bytes; only good until the next allocation. */
  get bytes(): Uint8Array {
    if (this.#u8.buffer !== this.memory.buffer) this.#renewViews();
    return this.#u8;
  }

  // ── Entering and leaving the pool ─────────────────────────────────────────────────────────────────────────────────

  /** From user code into the pool's: from here on, nobody may end this agent by force. */
  enter(): void {
    if (this.#depth++ > 0 || !this.#mayBlock || this.#dead !== undefined) return;
    const kill = this.address / 4 + AGENT_KILL;
    for (;;) {
      const { words } = this;
      const before = Atomics.compareExchange(words, kill, KILLABLE, BUSY);
      if (before === KILLABLE) return;
      if (before !== HELD) park();
      // A killer looks what this agent holds, and then claims it or lets it go.
      Atomics.wait(words, kill, HELD);
    }
  }

  /** The counterpart of `enter`. */
  leave(): void {
    if (--this.#depth > 0 || !this.#mayBlock || this.#dead !== undefined) return;
    const { words } = this;
    Atomics.store(words, this.address / 4 + AGENT_KILL, KILLABLE);
    if (Atomics.load(words, this.address / 4 + AGENT_KILL_WANTED) !== 0) park();
  }

  /**
   * The agent is done with the pool. Unlike after `leave`, one that is to be ended does not park: Chromium takes two
   * seconds to end a thread that waits.
   */
  leaveForGood(): void {
    this.#depth--;
    Atomics.store(this.words, this.address / 4 + AGENT_KILL, KILLABLE);
  }

  /** Runs `step` inside the pool. If it traps, the memory is dead: `undefined`. */
  inside<R>(step: () => R): R | undefined {
    this.enter();
    try {
      return this.attempt(step);
    } finally {
      this.leave();
    }
  }

  /** Runs `step`, which calls into the core. If it traps, the memory is dead: `undefined`. */
  attempt<R>(step: () => R): R | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      Atomics.store(this.words, this.#poison / 4, 1);
      const reason = `a call on the memory of the pools trapped: ${error.message}`;
      this.tellSpawner({ cf: 'poison', reason });
      this.poisoned({ reason });
      return undefined;
    }
  }

  // ── Calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Encodes `value` into a private buffer, and gives its length, with `WITH_OBJECTS` where it names shared ones. Getters
   * of users run in here, so this agent must not be inside the pool. What it throws names the offending value by its
   * path from `root`.
   */
  prepare(value: unknown, root: string): number {
    const length = this.#encoder.encode(value, root);
    const objects = this.#encoder.shared.length;
    return objects === 0 ? length : (length + 4 * (objects + 1)) | WITH_OBJECTS;
  }

  /**
   * Puts what was prepared, all `length` bytes of it, into a new block. Throws where memory is exhausted. What is `urgent`
   * may take what messages leave.
   */
  place(length: number, urgent = false): Address {
    const bytes = length & ~WITH_OBJECTS;
    const block = urgent ? this.allocate(bytes) : this.allocateMessage(bytes);
    this.#encoder.copyTo(this.bytes, block);
    if ((length & WITH_OBJECTS) !== 0) this.#keepObjects(block + (length & ~WITH_OBJECTS));
    return block;
  }

  /** Submits a call whose arguments, then its function, were prepared. Gives its address, or `REFUSED_…`. */
  submit(pool: Address, length: number, outcome: Outcome): Address {
    return this.#submitBlock(pool, this.place(length), length, outcome);
  }

  /** As `submit`, for a call that was encoded before there was an agent. */
  submitEncoded(pool: Address, encoded: Uint8Array, outcome: Outcome): Address {
    const block = this.allocateMessage(encoded.length);
    this.bytes.set(encoded, block);
    return this.#submitBlock(pool, block, encoded.length, outcome);
  }

  /** The state of a call that is not yet settled here. */
  stateOf(call: Address): number {
    return Atomics.load(this.words, call / 4 + CALL_STATE) & STATE_MASK;
  }

  /** Cancels the call if it has not begun; then it is released, and its future must not ask again. */
  cancel(call: Address): boolean {
    const cancelled = this.inside(() => {
      if (this.core.cf_cancel(call, now()) === 0) return false;
      if (this.#calls.delete(call)) this.core.cf_release(call);
      this.#stopListeningIfIdle();
      return true;
    });
    return cancelled === true;
  }

  /**
   * Ends by force a call of this agent's that a process worker may be running: its future fails with `error`, that very
   * value; its worker is ended, and another takes its place, so the pool goes on. Does nothing to a call that no worker
   * runs any more. The future hears of it as of any end, soon, not inside this call. For a call that may be pending,
   * `cancel` first. Only for process pools: a thread shares what it works on.
   */
  endCall(pool: Address, call: Address, error: unknown): void {
    this.inside(() => {
      if (!this.#calls.has(call)) return;
      this.#ends.set(call, error);
      this.core.cf_end_call(pool, call);
    });
  }

  recordOf(call: Address): CallRecord {
    const worker = Atomics.load(this.words, call / 4 + CALL_WORKER);
    const times = (call + CALL_TIMES) / 8;
    return {
      started: this.#f64[times + 1] || undefined,
      finished: this.#f64[times + 2] || undefined,
      workerIndex: worker > 0 ? worker - 1 : undefined,
    };
  }

  // ── Hearing of their end ──────────────────────────────────────────────────────────────────────────────────────────

  /** Listens to the bell, from now until nothing is expected any more. */
  listen(): void {
    if (this.#listening || this.#dead !== undefined) return;
    this.#listening = true;
    const { words } = this;
    const bell = this.address / 4 + AGENT_BELL;
    if (typeof Atomics.waitAsync !== 'function') {
      alarm(POLL, this.#rung);
      return;
    }
    // Fall asleep, then look once more: whoever comes later finds ASLEEP and notifies.
    if (Atomics.exchange(words, bell, ASLEEP) === RUNG || this.#drainInside(1) > 0) {
      queueMicrotask(this.#rung);
      return;
    }
    const wait = Atomics.waitAsync(words, bell, ASLEEP);
    if (wait.async) void wait.value.then(this.#rung);
    else queueMicrotask(this.#rung);
  }

  /**
   * Blocks until `done`, or until `deadline` in the milliseconds of `performance.now()`; false where that was first. `on` is
   * what a trace says that it waits for. Where it is known what it `needs`, and that this can never come, it throws
   * DeadlockError.
   */
  block(
    done: () => boolean,
    deadline: number | undefined,
    on: string,
    needs?: () => Needs,
  ): boolean {
    this.enter();
    this.#blocked = true;
    let traced = false;
    let resume: (() => void) | undefined;
    const watch = new DeadlockWatch(this);
    try {
      const bell = this.address / 4 + AGENT_BELL;
      for (;;) {
        this.#drainAll();
        if (done()) return true;
        const left = deadline === undefined ? LOOK_AGAIN : deadline - performance.now();
        if (left <= 0) return false;
        const { words } = this;
        if (Atomics.exchange(words, bell, ASLEEP) === RUNG) continue;
        if ((this.attempt(() => this.#drain(1)) ?? 1) > 0) continue;
        traced ||= this.traceBlocked(on);
        this.leave();
        resume ??= announce(on);
        const why = Atomics.wait(words, bell, ASLEEP, Math.min(left, LOOK_AGAIN));
        this.enter();
        Atomics.exchange(words, bell, AWAKE);
        if (why === 'timed-out' && deadline === undefined && needs !== undefined)
          this.attempt(() => watch.look(needs()));
      }
    } finally {
      // A pending `waitAsync` may have missed a ring that this wait took.
      if (this.#listening) this.ring();
      this.#blocked = false;
      if (traced) this.traceUnblocked();
      try {
        if (this.#dead === undefined) this.attempt(() => watch.end());
      } finally {
        this.leave();
        resume?.();
      }
    }
  }

  /** Settles what is done already. */
  look(): void {
    this.inside(() => this.#drainAll());
  }

  /** The memory is dead: everything that was expected of it breaks. */
  poisoned(breakage: Breakage): void {
    if (this.#dead !== undefined) return;
    this.#dead = breakage;
    // A pending wait would pin the memory.
    if (this.#listening) this.ring();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#ends.clear();
    for (const outcome of calls) outcome.onBreak(breakage);
    this.parcels.lost(breakage.reason);
    this.onPoison(breakage);
    for (const watcher of [...this.watchers]) watcher.look();
    this.watchers.clear();
  }

  // ── The trace ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether there is a trace on this memory. */
  get tracing(): boolean {
    return this.#dead === undefined && this.words[this.#trace / 4] !== 0;
  }

  /** Puts the begins of texts into the scratch block, one after the other; gives their lengths. */
  traceTexts(first: string, second = ''): [number, number] {
    const length = this.#traceText(first, this.scratch);
    return [length, second === '' ? 0 : this.#traceText(second, this.scratch + length)];
  }

  /** Inside the pool: this agent is about to block. Whether `traceUnblocked` is to follow. */
  traceBlocked(on: string): boolean {
    if (!this.tracing) return false;
    const [length] = this.traceTexts(on);
    this.core.cf_trace_blocked(this.scratch, length, now());
    return true;
  }

  /** The counterpart of `traceBlocked`. */
  traceUnblocked(): void {
    if (this.tracing) this.core.cf_trace_unblocked(now());
  }

  // ── Values in pool memory ─────────────────────────────────────────────────────────────────────────────────────────

  /** Decodes what an agent encoded into pool memory; for `rough` see `Decoder`. */
  decode(start: Address, length: number, rough = false): unknown {
    let bytes = length & ~WITH_OBJECTS;
    if (bytes !== length) bytes -= 4 * (1 + this.#viewOf(start + bytes - 4).getInt32(0, true));
    return this.#decoder.decode(this.bytes, start, bytes, rough);
  }

  /** UTF-8 in pool memory as a string. */
  textAt(start: Address, length: number): string {
    // A copy, since decoders refuse shared memory in some engines.
    return new TextDecoder().decode(this.bytes.slice(start, start + length));
  }

  /** A new block of what messages leave; throws where memory is exhausted. */
  allocate(length: number): Address {
    return orThrow(this.core.cf_alloc(length), length);
  }

  /** A new block for a message; throws where memory is exhausted. */
  allocateMessage(length: number): Address {
    return orThrow(this.core.cf_alloc_message(length), length);
  }

  /** Puts the addresses of what the message names behind it, so that each lives as long as the message. */
  #keepObjects(end: Address): void {
    const { shared } = this.#encoder;
    const view = this.#viewOf(end - 4 * (shared.length + 1));
    shared.forEach((address, index) => {
      this.core.cf_sync_retain(address);
      view.setInt32(4 * index, address, true);
    });
    view.setInt32(4 * shared.length, shared.length, true);
  }

  #viewOf(start: Address): DataView {
    return new DataView(this.memory.buffer, start);
  }

  /** Most names are short and ASCII, and a loop over those is much faster than an encoder. */
  #traceText(text: string, at: Address): number {
    const { bytes } = this;
    const length = Math.min(text.length, TRACED_TEXT);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        const utf8 = toUtf8(text.slice(0, TRACED_TEXT));
        bytes.set(utf8, at);
        return utf8.length;
      }
      bytes[at + i] = unit;
    }
    return length;
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #submitBlock(pool: Address, block: Address, length: number, outcome: Outcome): Address {
    const task = this.tracing ? this.traceTexts(outcome.task)[0] : 0;
    const { core, address, scratch } = this;
    const call = core.cf_submit(pool, address, block, length, scratch, task, now());
    if (call > REFUSED_WORKERS) {
      this.#calls.set(call, outcome);
      // Before it listens: where the call is over already, that settles it.
      outcome.onSubmit(this, call);
      this.listen();
    }
    return call;
  }

  readonly #rung = (): void => {
    this.#listening = false;
    if (this.#isDead()) return;
    Atomics.exchange(this.words, this.address / 4 + AGENT_BELL, AWAKE);
    void this.#drainInTurns();
  };

  async #drainInTurns(): Promise<void> {
    let end = performance.now() + DRAIN_MILLISECONDS;
    // Listening again only after the last: what rings meanwhile is found by the look before the wait.
    for (;;) {
      const count = this.#drainInside(DRAIN_MOST);
      for (const watcher of [...this.watchers]) this.attempt(() => watcher.look());
      if (count === 0) break;
      if (performance.now() < end) continue;
      await turn();
      end = performance.now() + DRAIN_MILLISECONDS;
    }
    if (this.#calls.size > 0 || this.watchers.size > 0) this.listen();
  }

  #drainInside(most: number): number {
    return this.inside(() => this.#drain(most)) ?? 0;
  }

  #drainAll(): void {
    while (this.attempt(() => this.#drain(DRAIN_MOST)) === DRAIN_MOST);
  }

  /** Settles up to `most` calls that are done; gives their number. */
  #drain(most: number): number {
    if (this.#isDead()) return 0;
    const { core } = this;
    const count = core.cf_drain(this.address, this.scratch, most);
    core.cf_run_errands(this.address, now());
    if (count === 0) return 0;
    const out = this.scratch / 4;
    const done = this.words.slice(out, out + count);
    for (const call of done) {
      const outcome = this.#calls.get(call);
      this.#calls.delete(call);
      if (outcome !== undefined) this.#settle(call, outcome);
      core.cf_release(call);
    }
    return count;
  }

  #settle(call: Address, outcome: Outcome): void {
    const { words } = this;
    const at = call / 4;
    const end = this.#ends.get(call);
    this.#ends.delete(call);
    if ((Atomics.load(words, at + CALL_STATE) & STATE_MASK) === CANCELLED) {
      outcome.onCancel();
      return;
    }
    const kind = words[at + CALL_REPLY_KIND];
    const start = words[at + CALL_REPLY] ?? 0;
    const length = words[at + CALL_REPLY_LENGTH] ?? 0;
    if (kind === ENDED) {
      outcome.onEnd(end);
      return;
    }
    if (kind === BROKEN) {
      // Where there was no memory for it, there is no reply.
      const nameEnd = Math.min(length, 4 + (length < 4 ? 0 : (words[start / 4] ?? 0) >>> 0));
      const worker = this.textAt(start + 4, nameEnd - 4) || undefined;
      const reason = this.textAt(start + nameEnd, length - nameEnd) || 'the pool is broken';
      outcome.onBreak({ reason, worker });
      return;
    }
    let value: unknown;
    try {
      value = this.decode(start, length);
    } catch (error) {
      outcome.onReply(true, error);
      return;
    }
    if (kind === PARCEL && typeof value !== 'string')
      outcome.onReply(true, new DecodeError('damaged message: a ticket that is no string'));
    else if (kind === PARCEL) outcome.onParcel(this.parcels.fetch(value as string), this.#blocked);
    else outcome.onReply(kind !== VALUE, value);
  }

  #isDead(): boolean {
    if (this.#dead !== undefined) return true;
    if (Atomics.load(this.words, this.#poison / 4) === 0) return false;
    const reason = 'a worker trapped or was lost while it worked on the memory of its pool';
    this.poisoned({ reason });
    return true;
  }

  #stopListeningIfIdle(): void {
    if (this.#listening && this.#calls.size === 0 && this.watchers.size === 0) this.ring();
  }

  /** Wakes this agent's own listening, so that it finds out whether to go on: a pending wait pins the memory. */
  ring(): void {
    const bell = this.address / 4 + AGENT_BELL;
    Atomics.exchange(this.words, bell, AWAKE);
    Atomics.notify(this.words, bell);
  }

  #renewViews(): void {
    this.#i32 = new Int32Array(this.memory.buffer);
    this.#u8 = new Uint8Array(this.memory.buffer);
    this.#f64 = new Float64Array(this.memory.buffer);
  }
}
