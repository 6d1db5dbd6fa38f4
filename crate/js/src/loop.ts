// The loop of a pool's worker: take a call, run it, end it.
//
//            ┌──────────────────── cf_take ◀──────────────────────────┐
//            ▼                     ▼                  ▼               │
//   nothing: wait on the     a JavaScript call   a Rust call for the  │
//   queue's epoch, 2 ms      decode · run ·      other instance:      │
//   blocking, then in the    encode · finish     copy · run · copy    │
//   event loop                     │                  │               │
//            └─────────────────────┴──────────────────┴───────────────┘
//
// The worker is BUSY in all of it but user code and sleep, where it is KILLABLE. User code that returns a promise is
// awaited, and so is a coroutine in Rust, so the event loop turns meanwhile; otherwise it gets a turn every 8 ms, so that
// timers, messages and imports of earlier tasks go on under any load.
//
// The pool's initializer comes first, as if it were a call; one that fails breaks the pool.

import {
  type Address,
  AWAITS,
  BROKEN,
  BROKEN_POOL,
  EXIT,
  NOTHING,
  PARCEL,
  REMOTE,
  REMOTE_COROUTINE,
  SCRIPT,
  SHOWN_CALLER,
  SHOWN_CHECK,
  SHOWN_ENTRY,
  SHOWN_EPOCH,
  SHOWN_INITIALIZER,
  SHOWN_PAYLOAD,
  SHOWN_PAYLOAD_LENGTH,
  THROWN,
  type ToSpawner,
  VALUE,
} from './abi.js';
import type { Agent } from './agent.js';
import { rung } from './alarm.js';
import { lendText, putBytes, readText, toUtf8 } from './blocks.js';
import { encodeError, runLater } from './call.js';
import { now, turn } from './clock.js';
import { shadowClose } from './close.js';
import { UnknownKindError } from './decode.js';
import { initializerFailure, reportInitializer } from './initializer.js';
import { SMALL } from './no-memory.js';
import { type Parcel, pack } from './parcels.js';
import type { TaskTable } from './table.js';
import type { TaskSide } from './task-side.js';
import { isThenable } from './tasks.js';
import { Transfer } from './transfer.js';

/** How long an idle worker blocks before it sleeps in the event loop, in milliseconds. */
const IDLE_BLOCK = 2;
/** How long tasks may follow each other before the event loop gets a turn, in milliseconds. */
const TURN_EVERY = 8;

/** What the loop works with. */
export interface Loop {
  readonly agent: Agent;
  readonly worker: Address;
  readonly tasks: TaskTable;
  /** The instance with private memory; absent in a module without Rust tasks. */
  readonly taskSide: TaskSide | undefined;
  readonly tell: (message: ToSpawner) => void;
}

/** Whether a task has closed this worker. */
let exit = { wanted: false };

/** Works until the pool lets the worker go. */
export async function work(loop: Loop): Promise<void> {
  exit = shadowClose();
  const { agent, worker } = loop;
  let turned = performance.now();
  let dozed = false;
  for (;;) {
    const taken = guarded(loop, () => runs(loop, () => take(loop)));
    if (taken === EXIT) return;
    dozed = taken === NOTHING && !dozed;
    if (dozed) doze(agent, worker);
    else if (taken === NOTHING) {
      await sleep(agent, worker);
      turned = performance.now();
    } else if (taken === SCRIPT) {
      const pending = runScript(loop);
      if (pending !== undefined) {
        await pending;
        turned = performance.now();
      }
    } else if (taken === AWAITS) {
      await goOn(loop);
      turned = performance.now();
    } else if (taken === REMOTE) runRemote(loop);
    else if (taken === REMOTE_COROUTINE) {
      await runRemoteCoroutine(loop);
      turned = performance.now();
    }
    if (exit.wanted) return;
    if (performance.now() - turned > TURN_EVERY) {
      await turn();
      turned = performance.now();
    }
  }
}

/** Takes the next call. */
function take({ agent, worker }: Loop): number {
  return agent.core.cf_take(worker, now());
}

/** Goes on with a closure that awaits something, until it has run. */
async function goOn(loop: Loop): Promise<void> {
  const { agent, worker } = loop;
  const { core } = agent;
  const alarm = core.cf_alarm_address(worker) / 4;
  let taken: number;
  do {
    await rung(() => agent.words, alarm);
    taken = guarded(loop, () => runs(loop, () => core.cf_go_on(worker, now())));
  } while (taken === AWAITS);
}

/**
 * A step in which a closure runs. If that traps, as it also does when JavaScript throws through it, only its own pool breaks:
 * what it was in the middle of is the user's, not the pool's.
 */
function runs(loop: Loop, step: () => number): number {
  const { agent, worker } = loop;
  const { core } = agent;
  const stack = core.__stack_pointer.value;
  try {
    return step();
  } catch (error) {
    core.__stack_pointer.value = stack;
    if (!failThrown(agent, worker, error)) throw error;
    agent.leave();
    return giveUp(loop, 'trapped', `a task trapped: ${String(error)}`);
  }
}

/**
 * Blocks for a moment, or until there may be something to take: a wake-up costs least there. It is KILLABLE, as in `sleep`:
 * whoever ends an idle worker shall not take the memory with it.
 */
function doze(agent: Agent, worker: Address): void {
  const { core } = agent;
  if (core.cf_fall_asleep(worker) === 0) return;
  const { words } = agent;
  const epoch = words[worker / 4 + SHOWN_EPOCH] ?? 0;
  const at = core.cf_epoch_address(worker) / 4;
  agent.leave();
  Atomics.wait(words, at, epoch, IDLE_BLOCK);
  agent.enter();
  core.cf_wake_up(worker);
}

/** Sleeps in the event loop until there may be something to take. */
async function sleep(agent: Agent, worker: Address): Promise<void> {
  if (typeof Atomics.waitAsync !== 'function') {
    // Without it there is no sleep that both the queue and the event loop can end: alternate between them.
    await turn();
    return;
  }
  const { core } = agent;
  if (core.cf_fall_asleep(worker) === 0) return;
  const { words } = agent;
  const epoch = words[worker / 4 + SHOWN_EPOCH] ?? 0;
  const wait = Atomics.waitAsync(words, core.cf_epoch_address(worker) / 4, epoch);
  agent.leave();
  if (wait.async) await wait.value;
  agent.enter();
  core.cf_wake_up(worker);
}

/** Runs a JavaScript call; gives a promise where it does not end at once. */
function runScript(loop: Loop): Promise<void> | undefined {
  const { agent, worker } = loop;
  const { words } = agent;
  const payload = words[worker / 4 + SHOWN_PAYLOAD] ?? 0;
  const length = words[worker / 4 + SHOWN_PAYLOAD_LENGTH] ?? 0;
  let values: unknown[];
  try {
    values = agent.decode(payload, length) as unknown[];
  } catch (error) {
    agent.leave();
    if (error instanceof UnknownKindError)
      return awaitThenFinish(loop, runAfterLoading(loop, payload, length));
    finish(loop, THROWN, error);
    return undefined;
  }
  const wire = values.pop() as string;
  const known = loop.tasks.find(wire);
  // From here on user code runs: the function, the module that it is in, the getters of what it returns.
  agent.leave();
  if (known === undefined)
    return awaitThenFinish(loop, runLater(loop.tasks, agent.parcels, wire, values));
  let value: unknown;
  try {
    value = known(...(values as never[]));
    // Asking what it is may run a getter.
    if (isThenable(value)) return awaitThenFinish(loop, value);
  } catch (error) {
    finish(loop, THROWN, error);
    return undefined;
  }
  finish(loop, VALUE, value);
  return undefined;
}

/** Runs a call with an argument of a class that its module brings: loads the module first, then decodes again. */
async function runAfterLoading(loop: Loop, payload: Address, length: number): Promise<unknown> {
  const { agent, tasks } = loop;
  const decode = (rough: boolean) =>
    agent.inside(() => agent.decode(payload, length, rough)) as unknown[];
  const wire = decode(true).pop() as string;
  const task = tasks.find(wire) ?? (await tasks.load(wire));
  return task(...(decode(false).slice(0, -1) as never[]));
}

async function awaitThenFinish(loop: Loop, pending: PromiseLike<unknown>): Promise<void> {
  let kind = VALUE;
  let value: unknown;
  try {
    value = await pending;
  } catch (error) {
    kind = THROWN;
    value = error;
  }
  finish(loop, kind, value);
}

function isInitializer({ agent, worker }: Loop): boolean {
  return agent.words[worker / 4 + SHOWN_INITIALIZER] !== 0;
}

/** Ends the initializer: nobody wants its value, and its error only in words. */
function finishInitializer(loop: Loop, kind: number, value: unknown): void {
  const { agent, worker } = loop;
  const { core } = agent;
  const failure = initializerFailure(kind, value, exit.wanted);
  agent.enter();
  guarded(loop, () => {
    if (failure === undefined) core.cf_finish(worker, VALUE, 0, 0, now());
    else core.cf_finish(worker, BROKEN, ...putBytes(agent, toUtf8(failure)), now());
  });
}

/** Encodes the reply, then enters the pool and ends the call. What cannot be sent fails the call with the reason. */
function finish(loop: Loop, kind: number, value: unknown): void {
  if (isInitializer(loop)) {
    finishInitializer(loop, kind, value);
    return;
  }
  const { agent, worker } = loop;
  let sent = kind;
  let length = 0;
  let parcel: Parcel | undefined;
  try {
    if (kind === VALUE && value instanceof Transfer)
      parcel = pack(value.value, value.list, 'the result');
    else length = agent.prepare(value, kind === VALUE ? 'the result' : 'the error');
  } catch (error) {
    sent = THROWN;
    length = prepareError(agent, error);
  }
  agent.enter();
  guarded(loop, () => {
    if (parcel !== undefined) {
      // In here nobody ends this worker between the two, so nothing waits at the spawner that no reply speaks of.
      const caller = agent.words[worker / 4 + SHOWN_CALLER] ?? 0;
      try {
        const ticket = agent.parcels.put(parcel, agent.address, caller);
        sent = PARCEL;
        length = agent.prepare(ticket, 'the result');
      } catch (error) {
        sent = THROWN;
        length = prepareError(agent, error);
      }
    }
    let block: Address;
    try {
      // Submits may have taken all that messages get: what is small shall come through all the same.
      block = agent.place(length, length < SMALL);
    } catch (error) {
      // Memory is exhausted: say so, which takes less.
      sent = THROWN;
      length = prepareError(agent, error);
      try {
        block = agent.place(length, true);
      } catch {
        // Not even for that: the caller finds a reply that cannot be read.
        length = block = 0;
      }
    }
    agent.core.cf_finish(worker, sent, block, length, now());
  });
}

function prepareError(agent: Agent, error: unknown): number {
  return encodeError(error, known => agent.prepare(known, 'the error'));
}

/** A Rust call for the instance with private memory, and that instance. From here on user code runs. */
function remoteCall(loop: Loop): [TaskSide, number, number, Uint8Array] {
  const { agent, worker, taskSide } = loop;
  const { words } = agent;
  const at = worker / 4;
  if (taskSide === undefined) {
    agent.leave();
    giveUp(loop, 'trapped', 'its module came without glue for a call in Rust');
  }
  const start = words[at + SHOWN_PAYLOAD] ?? 0;
  const payload = agent.bytes.slice(start, start + (words[at + SHOWN_PAYLOAD_LENGTH] ?? 0));
  const entry = words[at + SHOWN_ENTRY] ?? 0;
  const check = words[at + SHOWN_CHECK] ?? 0;
  agent.leave();
  return [taskSide, entry, check, payload];
}

/** Runs a Rust call in the instance with private memory. */
function runRemote(loop: Loop): void {
  const [taskSide, ...call] = remoteCall(loop);
  let reply: Uint8Array;
  try {
    reply = taskSide.run(...call);
  } catch (error) {
    giveUpTrapped(loop, error);
  }
  finishRemote(loop, reply);
}

/** As `runRemote`, for a coroutine. */
async function runRemoteCoroutine(loop: Loop): Promise<void> {
  const [taskSide, ...call] = remoteCall(loop);
  let reply: Uint8Array;
  try {
    reply = await taskSide.runCoroutine(...call);
  } catch (error) {
    giveUpTrapped(loop, error);
  }
  finishRemote(loop, reply);
}

/** A panic is caught in there and comes back as a reply: this is a trap, and the instance is lost. */
function giveUpTrapped(loop: Loop, error: unknown): never {
  giveUp(loop, 'trapped', `its instance trapped: ${String(error)}`);
}

/** Ends a Rust call with its encoded reply. */
function finishRemote(loop: Loop, reply: Uint8Array): void {
  const { agent, worker } = loop;
  agent.enter();
  let block: Address;
  try {
    block = agent.allocateMessage(reply.length);
  } catch (error) {
    // Memory is exhausted: say so, which takes less.
    failThrown(agent, worker, error);
    return;
  }
  agent.bytes.set(reply, block);
  agent.core.cf_finish_remote(worker, block, reply.length, now());
  agent.core.cf_free(block, reply.length);
  const pool = agent.core.cf_worker_pool(worker);
  if (isInitializer(loop) && agent.core.cf_pool_phase(pool) === BROKEN_POOL) {
    const reason = readText(agent, out => agent.core.cf_pool_reason(pool, out));
    agent.leave();
    reportInitializer(reason);
    agent.enter();
  }
}

/** Fails the closure that the worker runs; false where it runs none. */
function failThrown(agent: Agent, worker: Address, error: unknown): boolean {
  const { core } = agent;
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const failed = lendText(agent, String(error), (message, messageLength) =>
    lendText(agent, stack, (block, length) =>
      core.cf_fail_thrown(worker, message, messageLength, block, length, now()),
    ),
  );
  return failed === 1;
}

/** Runs a step on pool memory. If it traps, nobody can trust that memory any more. */
function guarded<R>(loop: Loop, step: () => R): R {
  try {
    return step();
  } catch (error) {
    if (error instanceof GivenUp) throw error;
    const { agent } = loop;
    Atomics.store(agent.words, agent.core.cf_poison_address() / 4, 1);
    const what = 'a worker trapped while it worked on the memory of its pool';
    return giveUp(loop, 'poison', `${what}: ${String(error)}`);
  }
}

/** Thrown out of the loop of a worker that must not touch its pool again: the spawner was told to end it. */
export class GivenUp extends Error {}

/** Not by blocking for ever: then the message might never leave. */
function giveUp({ agent, tell }: Loop, cf: 'trapped' | 'poison', reason: string): never {
  tell({ cf, reason });
  agent.poisoned({ reason });
  throw new GivenUp(reason);
}
