// The other half of `crate/src/abi.rs`: its functions, the offsets of what is read by address, its constants, and the
// messages between the spawner and what it starts. Types and numbers only.

import type { Breakage } from './errors.js';
import type { Parcel } from './parcels.js';

/** An address in pool memory. */
export type Address = number;

/** What every instance of a module with the core in it exports. */
export interface Core {
  readonly __stack_pointer: WebAssembly.Global<'i32'>;
  readonly __tls_base: WebAssembly.Global<'i32'>;
  readonly __stack_alloc: WebAssembly.Global<'i32'>;
  /** Only after wasm-opt's stack-check. */
  readonly __set_stack_limits?: (base: number, limit: number) => void;
  readonly __wbindgen_start: (stackSize: number) => void;
  readonly __wbindgen_thread_destroy: (tls: Address, stack: Address, stackSize: number) => void;

  readonly cf_alloc: (length: number) => Address;
  readonly cf_alloc_message: (length: number) => Address;
  readonly cf_free: (start: Address, length: number) => void;
  readonly cf_poison_address: () => Address;
  readonly cf_agent_new: (flags: number) => Address;
  readonly cf_attach_agent: (agent: Address, flags: number) => void;
  readonly cf_agent_scratch: (agent: Address) => Address;
  readonly cf_agent_gone: (agent: Address) => void;
  readonly cf_attach_worker: (worker: Address, flags: number) => void;
  /**
   * The words of `spec`: kind, most workers, most calls of a worker, whether one that dies is replaced, whether
   * deadlocks are ignored, whether all workers are there from the start; prefix, config and initializer, each an address
   * and a length; the owner.
   */
  readonly cf_pool_new: (spec: Address, now: number) => Address;
  readonly cf_pool_release: (pool: Address) => void;
  readonly cf_pool_watch: (pool: Address, agent: Address) => void;
  readonly cf_pool_is_mine: (pool: Address) => number;
  readonly cf_pool_phase: (pool: Address) => number;
  readonly cf_pool_workers: (pool: Address) => number;
  readonly cf_pool_workers_alive: (pool: Address) => number;
  readonly cf_pool_queued: (pool: Address) => number;
  readonly cf_pool_shutdown: (pool: Address, cancel: number, now: number) => void;
  readonly cf_pool_terminate: (pool: Address, now: number) => void;
  readonly cf_pool_break: (
    pool: Address,
    reason: Address,
    length: number,
    worker: Address,
    now: number,
  ) => void;
  readonly cf_pool_reason: (pool: Address, out: Address) => Address;
  readonly cf_pool_culprit: (pool: Address, out: Address) => Address;
  readonly cf_pool_kind: (pool: Address) => number;
  readonly cf_pool_config: (pool: Address, out: Address) => Address;
  readonly cf_pool_prefix: (pool: Address, out: Address) => Address;
  readonly cf_submit: (
    pool: Address,
    agent: Address,
    payload: Address,
    length: number,
    task: Address,
    taskLength: number,
    now: number,
  ) => Address;
  readonly cf_cancel: (call: Address, now: number) => number;
  readonly cf_end_call: (pool: Address, call: Address) => void;
  readonly cf_release: (call: Address) => void;
  readonly cf_drain: (agent: Address, out: Address, most: number) => number;
  readonly cf_run_errands: (agent: Address, now: number) => void;
  readonly cf_next_workers: (agent: Address, out: Address, most: number) => number;
  readonly cf_next_terminations: (agent: Address, out: Address, most: number) => number;
  readonly cf_termination_pool: (termination: Address) => Address;
  readonly cf_termination_call: (termination: Address) => Address;
  readonly cf_terminate: (worker: Address, termination: Address, now: number) => number;
  readonly cf_termination_done: (termination: Address) => void;
  readonly cf_worker_pool: (worker: Address) => Address;
  readonly cf_worker_agent: (worker: Address) => Address;
  readonly cf_worker_index: (worker: Address) => number;
  readonly cf_take: (worker: Address, now: number) => number;
  readonly cf_go_on: (worker: Address, now: number) => number;
  readonly cf_alarm_address: (worker: Address) => Address;
  readonly cf_fall_asleep: (worker: Address) => number;
  readonly cf_wake_up: (worker: Address) => void;
  readonly cf_epoch_address: (worker: Address) => Address;
  readonly cf_finish: (
    worker: Address,
    kind: number,
    reply: Address,
    length: number,
    now: number,
  ) => void;
  readonly cf_finish_remote: (worker: Address, reply: Address, length: number, now: number) => void;
  readonly cf_fail_current: (worker: Address, now: number) => void;
  readonly cf_fail_thrown: (
    worker: Address,
    message: Address,
    messageLength: number,
    stack: Address,
    stackLength: number,
    now: number,
  ) => number;
  readonly cf_deadlock_look: (
    kind: number,
    needs: Address,
    count: number,
    now: number,
    out: Address,
  ) => Address;
  readonly cf_deadlock_forget: (out: Address) => Address;
  readonly cf_next_orphan: (agent: Address) => Address;
  readonly cf_worker_died: (worker: Address, reason: Address, length: number, now: number) => void;
  readonly cf_worker_gone: (worker: Address, now: number) => void;
  readonly cf_trace_address: () => Address;
  readonly cf_trace_start: (capacity: number) => number;
  readonly cf_trace_stop: () => void;
  readonly cf_trace_drain: (out: Address, most: number) => number;
  readonly cf_trace_lost: () => number;
  readonly cf_trace_generation: () => number;
  readonly cf_trace_number: (of: number) => number;
  readonly cf_trace_put: (
    kind: number,
    executor: number,
    future: number,
    worker: number,
    detail: number,
    texts: Address,
    firstLength: number,
    secondLength: number,
    now: number,
  ) => number;
  readonly cf_trace_blocked: (on: Address, length: number, now: number) => void;
  readonly cf_trace_unblocked: (now: number) => void;
  // Those of `crate/src/sync/abi.rs`.
  readonly cf_sync_new: (kind: number, value: number) => Address;
  readonly cf_sync_of_pool: (pool: Address) => Address;
  readonly cf_sync_retain: (object: Address) => void;
  readonly cf_sync_hold: (object: Address) => void;
  readonly cf_sync_drop: (object: Address) => void;
  readonly cf_sync_gate: (object: Address, which: number) => Address;
  readonly cf_sync_step: (object: Address, operation: number, value: number) => number;
  readonly cf_sync_dead: (object: Address, out: Address) => Address;
  readonly cf_sync_wait: (object: Address) => Address;
  readonly cf_sync_notified: (waiter: Address, giveUp: number) => number;
  readonly cf_sync_resume: (object: Address, waiter: Address) => number;
  readonly cf_sync_forget: (object: Address, waiter: Address) => void;
  readonly cf_queue_put: (
    object: Address,
    item: Address,
    length: number,
    key: Address,
    keyLength: number,
  ) => void;
  readonly cf_queue_get: (object: Address, out: Address) => number;
  readonly cf_run_entry: (
    index: number,
    check: number,
    payload: Address,
    length: number,
    out: Address,
  ) => Address;
  readonly cf_start_entry: (
    index: number,
    check: number,
    payload: Address,
    length: number,
    out: Address,
  ) => Address;
  readonly cf_poll_entry: (coroutine: Address, out: Address) => number;
}

/** In the length of a message: behind it stand the addresses of the shared objects that it names, and their number. */
export const WITH_OBJECTS = 0x8000_0000 | 0;

/** Flags of `cf_agent_new` and `cf_attach_worker`. */
export const MAY_BLOCK = 1;
export const SPAWNER = 2;
export const GLUED = 4;

/** Kinds of pools. */
export const THREAD = 0;
export const PROCESS = 1;

/** Phases of a pool. */
export const OPEN = 0;
export const BROKEN_POOL = 3;

/** `cf_submit` gives a call's address, or one of these. */
export const REFUSED_SHUTDOWN = 0;
export const REFUSED_BROKEN = 1;
export const REFUSED_WORKERS = 2;

/** States of a call; its state word also has a bit above these. */
export const STATE_MASK = 0xff;
export const PENDING = 0;
export const RUNNING = 1;
export const FINISHED = 3;
export const CANCELLED = 4;

/** Kinds of replies. `PARCEL` is a value that waits at the spawner; the reply is its ticket. */
export const VALUE = 0;
export const THROWN = 1;
export const BROKEN = 2;
export const ENDED = 3;
export const PARCEL = 4;

/** What `cf_terminate` gives: the call is over, and the worker's thread is to end; or the worker is busy, try again. */
export const TERMINATED = 1;
export const TRY_AGAIN = 2;

/** What `cf_take` gives. */
export const NOTHING = 0;
export const RAN = 1;
export const SCRIPT = 2;
export const REMOTE = 3;
export const EXIT = 4;
export const AWAITS = 5;
export const REMOTE_COROUTINE = 6;

/** The words of an agent, as indices of 32 bits from its address. */
export const AGENT_BELL = 0;
export const AGENT_KILL = 1;
export const AGENT_KILL_WANTED = 2;

/** Words in an agent's scratch block. */
export const SCRATCH_WORDS = 512;

/** Values of the bell. */
export const AWAKE = 0;
export const ASLEEP = 1;
export const RUNG = 2;

/** Values of the kill word. */
export const BUSY = 0;
export const KILLABLE = 1;
export const CLAIMED = 2;
export const HELD = 3;

/** The words of a call, as indices of 32 bits from its address; the times are three f64 from `CALL_TIMES`, in bytes. */
export const CALL_STATE = 0;
export const CALL_WORKER = 1;
export const CALL_REPLY_KIND = 2;
export const CALL_REPLY = 3;
export const CALL_REPLY_LENGTH = 4;
export const CALL_TIMES = 24;

/** What a worker is shown of the call it took, as indices of 32 bits from its address. */
export const SHOWN_PAYLOAD = 0;
export const SHOWN_PAYLOAD_LENGTH = 1;
export const SHOWN_ENTRY = 2;
export const SHOWN_CHECK = 3;
export const SHOWN_EPOCH = 4;
export const SHOWN_INITIALIZER = 5;
export const SHOWN_CALLER = 6;

/** What `cf_trace_start` gives where there is a trace already. */
export const TRACE_RUNS = 1;

/** What `cf_trace_number` is asked for. */
export const EXECUTOR_NUMBER = 0;
export const FUTURE_NUMBER = 1;

/** What an event of the trace is; `detail` of the first says which executor, that of `TRACE_FINISHED` is 1 for an error. */
export const TRACE_EXECUTOR = 0;
export const TRACE_SUBMITTED = 1;
export const TRACE_STARTED = 2;
export const TRACE_FINISHED = 3;
export const TRACE_CANCELLED = 4;
export const TRACE_WORKER_STARTED = 5;
export const TRACE_WORKER_ENDED = 6;
export const TRACE_BLOCKED = 7;
export const TRACE_UNBLOCKED = 8;

/** Executors in `detail`; 0 and 1 are `THREAD` and `PROCESS`. */
export const ASYNC = 2;
export const INLINE = 3;

/** A record of the trace, in bytes from its begin; it is that long. Most workers stand where the future does. */
export const RECORD_AT = 0;
export const RECORD_EXECUTOR = 8;
export const RECORD_FUTURE = 12;
export const RECORD_WORKER = 16;
export const RECORD_KIND = 20;
export const RECORD_DETAIL = 21;
export const RECORD_LENGTHS = 22;
export const RECORD_FORMS = 24;
export const RECORD_TEXT = 26;
export const RECORD_BYTES = 136;

/** The form of a text in a record: bits. Otherwise it is UTF-8. */
export const TEXT_ENCODED = 1;
export const TEXT_CUT = 2;

/** The number of the worker where there is none, or of workers where there is no limit. */
export const NONE = 0xffff_ffff;

/** What an agent needs to work on the same memory as its spawner. */
export interface Home {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The Web Lock that the agent holds for as long as it lives. */
  readonly lock: string;
}

/** What the spawner sends to a worker that it started. */
export interface Boot extends Home {
  readonly cf: 'boot';
  readonly worker: Address;
  readonly name: string;
  readonly kind: number;
  /** The address of wasm-bindgen's glue, where the module has any. */
  readonly glue: string | undefined;
  readonly stackSize: number;
}

/** What the spawner sends instead where memory cannot be shared: calls come as messages then. */
export interface BootApart {
  readonly cf: 'boot-apart';
  readonly module: WebAssembly.Module;
  readonly name: string;
  /** The worker's agent record, which it cannot reach. */
  readonly agent: Address;
  /** The Web Lock that the worker holds for as long as it lives; empty where there are none. */
  readonly lock: string;
  /** The address of wasm-bindgen's glue, where the module has any. */
  readonly glue: string | undefined;
}

/** A call for a worker apart: what `cf_take` gave, and what it shows of the call. */
export interface CallMessage {
  readonly cf: 'call';
  readonly taken: typeof SCRIPT | typeof REMOTE | typeof REMOTE_COROUTINE;
  readonly payload: ArrayBuffer;
  readonly entry: number;
  readonly check: number;
  /** Whether it is no call, but the pool's initializer. */
  readonly initializer: boolean;
  /** The agent that submitted it. */
  readonly caller: Address;
}

/** The answer; `kind` has a meaning after SCRIPT only. An initializer that failed says why, as UTF-8, with BROKEN. */
export interface ReplyMessage {
  readonly cf: 'reply';
  readonly kind: number;
  readonly payload: ArrayBuffer;
  /** The worker takes no more calls. */
  readonly last: boolean;
}

/** What a page sends to a worker that it adopts, or a worker to the spawner that it starts. */
export interface Welcome extends Home {
  readonly cf: 'welcome';
  /** The agent that starts a spawner; 0 for a worker that is adopted. */
  readonly creator: Address;
  readonly stackSize: number;
  /** The address of wasm-bindgen's glue, where the module has any. */
  readonly glue: string | undefined;
}

/** The spawner says that the memory is dead, and why. */
export interface Poisoned extends Breakage {
  readonly cf: 'poisoned';
}

/** Where an agent's stack and thread-local storage lie, for whoever frees them when its thread is gone. */
export interface Stack {
  readonly tls: Address;
  readonly stack: Address;
  readonly stackSize: number;
}

/**
 * What a worker says to whoever made it, with a message port for everything else: `hello`, it is one of a pool's, or a
 * spawner; `join`, it asks to be adopted.
 */
export interface Greeting {
  readonly cf: 'hello' | 'join';
}

/** What agents ask of the place at the spawner where parcels wait. */
export type ToDepot =
  | {
      readonly cf: 'put';
      readonly ticket: string;
      /** The agent that submitted the call. */
      readonly owner: Address;
      readonly parcel: Parcel;
    }
  | { readonly cf: 'fetch' | 'drop'; readonly ticket: string };

/** What a fetch gets; without the parcel, why. */
export interface ParcelMessage {
  readonly cf: 'parcel';
  readonly ticket: string;
  readonly parcel: Parcel | undefined;
  readonly reason: string;
}

/** A process asks its spawner to be the spawner of the process's own memory, too. */
export interface HostMessage {
  readonly cf: 'host';
  readonly memory: WebAssembly.Memory;
  /** The spawner's record in that memory. */
  readonly agent: Address;
}

/** What agents send to their spawner. */
export type ToSpawner =
  | ToDepot
  /** A nested spawner's answer to its creator. */
  | ParcelMessage
  | ({ readonly cf: 'up' } & Stack)
  | { readonly cf: 'bye' }
  | ReplyMessage
  /** The worker, or the spawner, could not get up, or cannot go on. */
  | { readonly cf: 'failed'; readonly reason: string }
  /** A call trapped, in the instance with private memory or in a closure: the worker is dead. */
  | { readonly cf: 'trapped'; readonly reason: string }
  /** The instance on pool memory trapped: the memory is dead. */
  | ({ readonly cf: 'poison' } & Breakage)
  /** A task in a process wants workers on the memory of its own; `agent` is the record there of who starts them. */
  | HostMessage
  /** A nested spawner starts workers from now on. */
  | { readonly cf: 'serving' }
  /** An adopted worker works on the memory now. */
  | ({ readonly cf: 'joined'; readonly agent: Address } & Stack);

/** What the spawner sends. `adopting` says that a welcome comes, as soon as the module is loaded. */
export type FromSpawner =
  | Boot
  | BootApart
  | CallMessage
  | ParcelMessage
  | Welcome
  | Poisoned
  | { readonly cf: 'adopting' };
