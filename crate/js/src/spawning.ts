// The spawner: it starts, watches and ends every worker on one pool memory. It never blocks.
//
//   a pool wants a worker, or workers to end ─▶ the spawner's lists, and its bell
//   new Worker ─▶ hello ─▶ boot ─▶ (takes its lock, instantiates) ─▶ up ─▶ … ─▶ bye ─▶ terminate, its lock is released
//                                                                                                   │
//        stack and thread-local storage freed, cf_worker_gone ◀─────────────────────────────────────┘
//
// A lock that is released without `bye` is a death. Then the worker's kill word says what is lost:
//
//   KILLABLE  it ran user code: the spawner claims it, its call fails, its pool is broken
//   BUSY      it worked on the pool's memory, which nobody can trust any more: the memory is poisoned
//   CLAIMED   the spawner ended it itself
//
// Without isolation a worker has no part in the memory: a proxy works on it in the worker's place, see `proxy.ts`.
//
// To end a worker, the spawner claims it first, also where others on this agent call its `terminate`. Chromium lets a busy
// worker run on for two seconds then; in that time it finds the claim and parks. To end one call, it looks whether a worker
// still holds it: see `HELD` in `crate/src/agent.rs`.

import {
  type Address,
  AGENT_BELL,
  AGENT_KILL,
  AGENT_KILL_WANTED,
  BUSY,
  CALL_STATE,
  CALL_WORKER,
  type CallMessage,
  CLAIMED,
  type FromSpawner,
  type HostMessage,
  KILLABLE,
  type ParcelMessage,
  PROCESS,
  RUNNING,
  STATE_MASK,
  type Stack,
  TERMINATED,
  type ToSpawner,
  TRY_AGAIN,
} from './abi.js';
import type { Agent, Watcher } from './agent.js';
import { lendText, readAddresses, readText } from './blocks.js';
import { alarm, now } from './clock.js';
import { Depot, isToDepot } from './depot.js';
import { diagnosis } from './diagnosis.js';
import { type Breakage, messageOf } from './errors.js';
import { callFactory, type WorkerFactory, type WorkerSource } from './factory.js';
import type { Host, Hosted } from './hosted.js';
import { RAW_STACK, TASK_STACK } from './instance.js';
import { isolated } from './isolation.js';
import { isToSpawner, onGreeting } from './messages.js';
import { onTerminate } from './on-terminate.js';
import { WorkerProxy } from './proxy.js';
import { StartLimit } from './start-limit.js';
import type { Watched } from './watched.js';

/** How long a worker that did not get up may run on after it was ended, in milliseconds: two seconds in Chromium. */
const LAST_BREATH = 3_000;
/** How long a busy worker is given to come to a point where it can be ended. */
const KILL_LIMIT = 2_000;
const KILL_RETRY = 5;
const ENDED_BY_OTHERS = 'it was terminated, or closed, by somebody else';
const endedByOthers = ({ name }: Watched) => `the worker ${name} died: ${ENDED_BY_OTHERS}`;

export class Spawner implements Watcher {
  readonly #agent: Agent;
  readonly #glue: string | undefined;
  readonly #defaultFactory: WorkerFactory;
  readonly #host: Host | undefined;
  readonly #factories = new Map<Address, WorkerFactory>();
  readonly #watched = new Set<Watched>();
  /** Who needs the spawner to listen, besides its own workers. */
  readonly #users = new Set<unknown>();
  /** What the names of locks begin with; `undefined` where there are none, as on a page that is not secure. */
  readonly #scope = navigator.locks && `concurrent-futures ${crypto.randomUUID()}`;
  #next = 0;
  readonly #limit = new StartLimit();
  /** Where values wait that bytes cannot hold. */
  readonly depot: Depot;

  /**
   * `creator` is the agent that started a nested spawner; `host` is for modules whose tasks may make executors in processes.
   */
  constructor(
    agent: Agent,
    defaultFactory: WorkerFactory,
    glue: string | undefined,
    creator = 0,
    host?: Host,
  ) {
    this.#host = host;
    this.#agent = agent;
    this.#defaultFactory = defaultFactory;
    this.#glue = glue;
    agent.onPoison = breakage => this.#poisoned(breakage);
    this.depot = new Depot(
      other =>
        other === agent.address ||
        other === creator ||
        [...this.#watched].some(watched => watched.agent === other),
    );
    agent.tellSpawner = message => {
      const arrived = (answer: ParcelMessage) => agent.parcels.arrived(answer);
      if (isToDepot(message)) this.depot.handle(message, agent.address, arrived);
    };
  }

  /** The agent that this spawner is a part of. */
  get agent(): Agent {
    return this.#agent;
  }

  /** The spawner listens as long as anybody uses it. */
  use(user: unknown): void {
    this.#users.add(user);
    this.#listen();
  }

  release(user: unknown): void {
    this.#users.delete(user);
    this.#stopIfIdle();
  }

  /** Workers of this pool are made by `factory`. */
  setFactory(pool: Address, factory: WorkerFactory): void {
    this.#factories.set(pool, factory);
  }

  forgetFactory(pool: Address): void {
    this.#factories.delete(pool);
  }

  /** Starts the workers that are wanted, and ends those that are not. */
  look(): void {
    const agent = this.#agent;
    const { core, address } = agent;
    for (let found = 1; found > 0 && agent.dead === undefined; ) {
      const wanted = readAddresses(agent, (out, most) => core.cf_next_workers(address, out, most));
      for (const worker of wanted) this.#start(worker);
      const unwanted = readAddresses(agent, (out, most) =>
        core.cf_next_terminations(address, out, most),
      );
      for (const termination of unwanted) this.#carryOut(termination);
      found = wanted.length + unwanted.length;
    }
  }

  /** Makes a worker that somebody else started, and that has greeted, an agent of this memory. Gives what ends it. */
  adopt(thread: Worker, line: MessagePort): { terminate(): Promise<void> } {
    const adopted = this.#watch(thread, 'an adopted worker', 0, 0, 0);
    this.#hear(adopted, line, message => {
      if (message.cf !== 'joined') return;
      adopted.agent = message.agent;
      this.#up(adopted, message);
    });
    this.#send(adopted, {
      cf: 'welcome',
      creator: 0,
      module: this.#agent.module,
      memory: this.#agent.memory,
      lock: adopted.lock,
      stackSize: RAW_STACK,
      glue: undefined,
    });
    return { terminate: () => this.#terminateAdopted(adopted) };
  }

  // ── Birth ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #start(worker: Address): void {
    const { core } = this.#agent;
    const pool = core.cf_worker_pool(worker);
    const prefix = readText(this.#agent, out => core.cf_pool_prefix(pool, out));
    const name = `${prefix}_${core.cf_worker_index(worker)}`;
    let thread: Worker;
    let script: string | undefined;
    try {
      ({ worker: thread, script } = callFactory(this.#factoryOf(pool)));
      if (!(thread instanceof Worker))
        throw new TypeError('the option `worker` must return a Worker');
    } catch (error) {
      this.#breakPool(pool, `the worker ${name} could not be created: ${messageOf(error)}`, worker);
      core.cf_worker_gone(worker, now());
      return;
    }
    const agent = core.cf_worker_agent(worker);
    const watched = this.#watch(thread, name, worker, pool, agent);
    // Without isolation it touches nothing of the pool's, so it may be ended at any time.
    if (!isolated()) Atomics.store(this.#agent.words, agent / 4 + AGENT_KILL, KILLABLE);
    watched.stopTimer = this.#limit.watch(
      seconds => this.#failStart(watched, `it did not get up within ${seconds} s`, LAST_BREATH),
      () => {
        if (watched.phase !== 'starting' || watched.line) return;
        // It knows nothing of the memory yet: another thread can be this worker.
        watched.worker = watched.agent = 0;
        this.#drop(watched);
        this.#start(worker);
      },
    );
    thread.addEventListener('error', event => {
      // After `up` it is a report of something outside any task, not a death.
      if (watched.phase !== 'starting') return;
      event.preventDefault();
      void diagnosis(event.message, script).then(reason => {
        // Or it was another error, and the worker is up by now.
        if (watched.phase === 'starting') this.#failStart(watched, reason);
      });
    });
    // Once: where glue imports the worker's own script, WebKit evaluates that again, and it greets again.
    const stop = onGreeting(thread, line => {
      stop();
      this.#hear(watched, line, message => {
        if (message.cf === 'up') this.#up(watched, message);
        else if (message.cf === 'reply') watched.proxy?.answer(message);
        else if (message.cf === 'host') watched.hosted ??= this.#hostFor(watched, message);
        else if (message.cf === 'bye') this.#dismiss(watched);
        else if (message.cf === 'failed') this.#failStart(watched, message.reason);
        else if (message.cf === 'trapped') this.#kill(watched, message.reason);
      });
      if (!isolated()) watched.proxy = this.#standInFor(watched, line);
      this.#boot(watched);
    });
    this.#listen();
  }

  #factoryOf(pool: Address): WorkerFactory {
    const factory = this.#factories.get(pool);
    if (factory !== undefined) return factory;
    const { core } = this.#agent;
    const text = readText(this.#agent, out => core.cf_pool_config(pool, out));
    if (text === '') return this.#defaultFactory;
    const config = JSON.parse(text) as WorkerSource;
    return () => new Worker(config.url, { type: config.type });
  }

  #boot(watched: Watched): void {
    if (watched.phase !== 'starting' || this.#agent.dead !== undefined) return;
    const { module, memory } = this.#agent;
    const { name, lock, worker } = watched;
    const glue = this.#glue;
    const kind = this.#agent.core.cf_pool_kind(watched.pool);
    const stackSize = glue === undefined || kind === PROCESS ? RAW_STACK : TASK_STACK;
    this.#send(
      watched,
      isolated()
        ? { cf: 'boot', module, memory, worker, name, kind, lock, glue, stackSize }
        : { cf: 'boot-apart', module, name, agent: watched.agent, lock, glue },
    );
  }

  #up(watched: Watched, stack: Stack): void {
    if (watched.phase !== 'starting') return;
    watched.phase = 'up';
    this.#limit.up();
    watched.stopTimer();
    watched.stack = stack;
    this.#whenLockIsFree(watched);
    watched.proxy?.look();
    if (watched.ended && watched.worker === 0) this.#kill(watched);
  }

  /** Without isolation: has the worker's calls taken here, and sent to it. */
  #standInFor(watched: Watched, line: MessagePort): WorkerProxy {
    const send = (message: CallMessage) => line.postMessage(message, [message.payload]);
    const proxy = new WorkerProxy(this.#agent, watched.worker, send, () => this.#dismiss(watched));
    line.onmessageerror = () =>
      this.#agent.attempt(() => proxy.fail(new Error('the reply of the worker was lost')));
    return proxy;
  }

  /** A worker that was slow may be at its record right now: that is kept for `breath` milliseconds more. */
  #failStart(watched: Watched, reason: string, breath = 0): void {
    if (watched.phase !== 'starting') {
      this.#kill(watched, `the worker ${watched.name} died: ${reason}`);
      return;
    }
    this.#breakPool(
      watched.pool,
      `the worker ${watched.name} could not start: ${reason}`,
      watched.worker,
    );
    watched.end();
    // It never came up, so no lock tells when it is gone; what it may have allocated is given up with it.
    if (this.#claim(watched) === KILLABLE) this.#agent.core.cf_fail_current(watched.worker, now());
    if (breath === 0) {
      this.#gone(watched);
      return;
    }
    watched.phase = 'leaving';
    alarm(breath, () => {
      if (this.#agent.dead !== undefined) return;
      this.#agent.attempt(() => {
        // What it took in that time is nobody's any more.
        this.#agent.core.cf_fail_current(watched.worker, now());
        this.#gone(watched);
      });
    });
  }

  /** It sent what nobody here knows, so nothing that it says or holds can be relied on. */
  #misunderstood(watched: Watched): void {
    if (watched.phase === 'leaving') return;
    const reason = 'it sent a message that is none of this version of the package';
    if (watched.worker !== 0) this.#failStart(watched, reason);
    else if (watched.phase === 'up') this.#kill(watched, reason);
    else this.#drop(watched);
  }

  /** An agent that never came to share the memory. */
  #drop(watched: Watched): void {
    watched.end();
    this.#gone(watched);
  }

  /** The worker has left the pool: its thread is not needed any more. */
  #dismiss(watched: Watched): void {
    // Then that is why it left, and no other may take its place.
    if (watched.ended) this.#kill(watched, endedByOthers(watched));
    else {
      watched.phase = 'leaving';
      watched.hosted?.end('its process has left');
      watched.end();
    }
  }

  /** Starts workers on a process's own memory, too, for as long as the process lives. */
  #hostFor(watched: Watched, message: HostMessage): Hosted | undefined {
    const host = this.#host;
    const spawnerOf = (of: Agent) => new Spawner(of, this.#defaultFactory, this.#glue, 0, host);
    const fail = (reason: string) => this.#agent.attempt(() => this.#kill(watched, reason));
    return host?.(this.#agent.module, message, spawnerOf, fail);
  }

  // ── Death ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #whenLockIsFree(watched: Watched): void {
    if (watched.lock === '') return;
    const lost = () => this.#agent.attempt(() => this.#lost(watched));
    const unwatched = (error: unknown) =>
      this.#agent.poisoned({ reason: `a worker could not be watched: ${messageOf(error)}` });
    navigator.locks.request(watched.lock, { mode: 'shared' }, lost).catch(unwatched);
  }

  /** The thread is gone. */
  #lost(watched: Watched): void {
    if (watched.phase === 'gone' || this.#agent.dead !== undefined) return;
    if (watched.phase === 'up') {
      const claim = this.#claim(watched);
      if (claim === BUSY) {
        this.#poison(watched, 'was lost while it worked on the memory of its pool');
        return;
      }
      if (claim === KILLABLE) this.#bury(watched, endedByOthers(watched));
    }
    this.#gone(watched);
  }

  /** What a claimed worker held fails, and its pool is broken. The workers of a process pool are to end then. */
  #bury(watched: Watched, reason: string): void {
    if (watched.worker === 0) {
      this.#endOrphans(watched);
      return;
    }
    const { core } = this.#agent;
    lendText(this.#agent, reason, (block, length) =>
      core.cf_worker_died(watched.worker, block, length, now()),
    );
    this.look();
  }

  #gone(watched: Watched): void {
    if (watched.phase === 'gone') return;
    watched.phase = 'gone';
    watched.stopTimer();
    watched.proxy?.end();
    watched.hosted?.end('its process is gone');
    this.#watched.delete(watched);
    watched.line?.close();
    this.depot.gone(watched.agent);
    const { core } = this.#agent;
    const { stack } = watched;
    if (stack !== undefined && stack.stack > 0)
      core.__wbindgen_thread_destroy(stack.tls, stack.stack, stack.stackSize);
    this.#endOrphans(watched);
    if (watched.worker !== 0) core.cf_worker_gone(watched.worker, now());
    else if (watched.agent !== 0) core.cf_agent_gone(watched.agent);
    for (const tell of watched.whenGone) tell();
    this.look();
    this.#stopIfIdle();
  }

  #breakPool(pool: Address, reason: string, worker: Address): void {
    const { core } = this.#agent;
    lendText(this.#agent, reason, (block, length) =>
      core.cf_pool_break(pool, block, length, worker, now()),
    );
    // The workers of a process pool are to end now.
    this.look();
  }

  #carryOut(termination: Address): void {
    const { core } = this.#agent;
    const pool = core.cf_termination_pool(termination);
    const call = core.cf_termination_call(termination);
    if (call !== 0) {
      this.#endCall(termination, pool, call);
      return;
    }
    for (const watched of [...this.#watched]) if (watched.pool === pool) this.#kill(watched);
    core.cf_termination_done(termination);
  }

  /** Ends the worker that holds `call`, as soon as that does no harm; does nothing once the call is over. */
  #endCall(termination: Address, pool: Address, call: Address): void {
    const { core, words, dead } = this.#agent;
    if (dead !== undefined) return;
    const running = (Atomics.load(words, call / 4 + CALL_STATE) & STATE_MASK) === RUNNING;
    const index = Atomics.load(words, call / 4 + CALL_WORKER) - 1;
    const holder = [...this.#watched].find(
      ({ worker, pool: its }) => its === pool && core.cf_worker_index(worker) === index,
    );
    const outcome = running && holder && core.cf_terminate(holder.worker, termination, now());
    if (outcome === TRY_AGAIN) {
      const again = () => this.#agent.attempt(() => this.#endCall(termination, pool, call));
      alarm(KILL_RETRY, again);
      return;
    }
    if (outcome === TERMINATED && holder) this.#endThread(holder);
    core.cf_termination_done(termination);
    this.look();
  }

  /** Ends a worker by force, as soon as that does no harm; `reason` says why it died, where it did by itself. */
  #kill(watched: Watched, reason?: string, since = performance.now()): void {
    if (watched.phase === 'gone' || this.#agent.dead !== undefined) return;
    const claim = this.#claim(watched);
    if (claim === BUSY) {
      // While it starts it may be at work already, its `up` on the way, or find the wish when it is up: time runs from then.
      const from = watched.phase === 'starting' ? undefined : since;
      if (from !== undefined && performance.now() - from > KILL_LIMIT)
        this.#poison(watched, 'did not let go of the memory of its pool');
      else alarm(KILL_RETRY, () => this.#agent.attempt(() => this.#kill(watched, reason, from)));
      return;
    }
    // It is being ended already.
    if (claim !== KILLABLE) return;
    if (reason !== undefined || watched.worker === 0) this.#bury(watched, reason ?? '');
    else this.#agent.core.cf_fail_current(watched.worker, now());
    this.#endThread(watched);
  }

  #endThread(watched: Watched): void {
    // A reply that is on its way comes too late.
    watched.proxy?.end();
    watched.hosted?.end('its process was ended');
    watched.end();
    // Nobody waits for the lock of one whose `up` has not come.
    if (watched.phase === 'starting') this.#whenLockIsFree(watched);
  }

  /** Claims the agent, and says what its kill word was: only after KILLABLE is what it held the spawner's. */
  #claim(watched: Watched): number {
    const { words } = this.#agent;
    const at = watched.agent / 4;
    Atomics.store(words, at + AGENT_KILL_WANTED, 1);
    const before = Atomics.compareExchange(words, at + AGENT_KILL, KILLABLE, CLAIMED);
    // It may sleep on its bell or its queue: let it look.
    Atomics.notify(words, at + AGENT_BELL);
    return before;
  }

  // ── Adopted workers ───────────────────────────────────────────────────────────────────────────────────────────────

  #terminateAdopted(adopted: Watched): Promise<void> {
    if (adopted.phase === 'gone' || this.#agent.dead !== undefined) {
      adopted.end();
      return Promise.resolve();
    }
    return new Promise(resolve => {
      adopted.whenGone.push(resolve);
      this.#kill(adopted);
    });
  }

  /** The pools that a dead agent made are nobody's any more: they end with it. */
  #endOrphans({ agent }: Watched): void {
    const { core } = this.#agent;
    while (agent !== 0) {
      const pool = core.cf_next_orphan(agent);
      if (pool === 0) break;
      core.cf_pool_terminate(pool, now());
      core.cf_pool_release(pool);
    }
    this.look();
  }

  // ── The memory is dead ────────────────────────────────────────────────────────────────────────────────────────────

  #poison({ name }: Watched, what: string): void {
    this.#agent.poisoned({ reason: `${name} ${what}`, worker: name });
  }

  #poisoned(breakage: Breakage): void {
    const { words } = this.#agent;
    Atomics.store(words, this.#agent.core.cf_poison_address() / 4, 1);
    for (const watched of this.#watched) {
      watched.stopTimer();
      watched.hosted?.end(breakage.reason);
      if (watched.agent !== 0) Atomics.notify(words, watched.agent / 4 + AGENT_BELL);
      if (watched.worker !== 0 || watched.ended) {
        watched.end();
        watched.line?.close();
      } else this.#send(watched, { cf: 'poisoned', ...breakage });
      watched.phase = 'gone';
      for (const tell of watched.whenGone) tell();
    }
    this.#watched.clear();
    this.depot.clear();
    this.#users.clear();
    this.#factories.clear();
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #watch(thread: Worker, name: string, worker: Address, pool: Address, agent: Address): Watched {
    const end = onTerminate(thread, () => this.#agent.attempt(() => this.#askedToEnd(watched)));
    const watched: Watched = {
      end: () => {
        end();
        // Where no lock tells, this is when the thread is gone.
        const lost = () => this.#agent.attempt(() => this.#lost(watched));
        if (watched.lock === '') queueMicrotask(lost);
      },
      name,
      agent,
      worker,
      pool,
      lock: this.#scope === undefined ? '' : `${this.#scope} ${this.#next++}`,
      phase: 'starting',
      stopTimer: () => {},
      whenGone: [],
    };
    this.#watched.add(watched);
    this.#listen();
    return watched;
  }

  /** Somebody called the worker's `terminate`: it ends as soon as that does no harm. */
  #askedToEnd(watched: Watched): void {
    const { line, phase, worker } = watched;
    if (this.#agent.dead !== undefined || phase === 'leaving' || phase === 'gone') watched.end();
    // One that has not greeted has not begun.
    else if (line === undefined && worker !== 0) this.#failStart(watched, ENDED_BY_OTHERS);
    else if (!watched.ended) {
      watched.ended = true;
      if (watched.agent !== 0) this.#kill(watched, endedByOthers(watched));
      else watched.stopTimer = alarm(KILL_LIMIT, () => this.#drop(watched));
    }
  }

  /** Opens the line to an agent. What every agent may ask for is done here, the rest is for `handle`. */
  #hear(watched: Watched, line: MessagePort, handle: (message: ToSpawner) => void): void {
    watched.line = line;
    line.onmessage = ({ data: message }: MessageEvent<unknown>) => {
      // What comes after the lock was released must not bring the worker back: its stack is freed already.
      if (this.#agent.dead !== undefined || watched.phase === 'gone') return;
      if (!isToSpawner(message, this.#agent.memory))
        this.#agent.attempt(() => this.#misunderstood(watched));
      else if (message.cf === 'poison')
        this.#agent.poisoned({ reason: message.reason, worker: watched.name });
      else if (isToDepot(message))
        this.depot.handle(message, watched.agent, (answer, transfer) =>
          line.postMessage(answer, transfer),
        );
      else this.#agent.attempt(() => handle(message));
    };
  }

  #send(watched: Watched, message: FromSpawner): void {
    watched.line?.postMessage(message);
  }

  #listen(): void {
    this.#agent.watchers.add(this);
    this.#agent.listen();
  }

  #stopIfIdle(): void {
    if (this.#users.size > 0 || this.#watched.size > 0) return;
    if (this.#agent.watchers.delete(this)) this.#agent.ring();
  }
}
