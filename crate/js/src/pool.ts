// `ThreadPoolExecutor` and `ProcessPoolExecutor`: faces of a pool in shared memory.
//
// A constructor is synchronous, but the module may not be loaded yet. What is submitted until then is encoded at once and
// waits here, cancellable; when the agent is up, it goes to the pool in order.

import {
  type Address,
  BROKEN_POOL,
  PROCESS,
  REFUSED_BROKEN,
  REFUSED_SHUTDOWN,
  REFUSED_WORKERS,
  THREAD,
} from './abi.js';
import type { Agent, Watcher } from './agent.js';
import { putBytes, readText, toUtf8 } from './blocks.js';
import { now } from './clock.js';
import { sharing } from './codec.js';
import { toBytes } from './encode.js';
import {
  type Breakage,
  type BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  messageOf,
  NotIsolatedError,
  RuntimeError,
} from './errors.js';
import { cancelledFuture, Executor, type ShutdownOptions, type SubmitOptions } from './executor.js';
import { describeFactory, type WorkerFactory } from './factory.js';
import { Failures } from './failures.js';
import { Future, type Origin } from './future.js';
import { isolated, refuseBlocking } from './isolation.js';
import { checkOptions } from './options.js';
import { type Parcel, pack, withTicket } from './parcels.js';
import {
  checkFlag,
  checkRespawn,
  checkTasks,
  checkWorkers,
  cores,
  MOST_WORKERS,
} from './pool-checks.js';
import { type Loader, ready } from './ready.js';
import { currentRealm, type Realm } from './realm.js';
import { describe, type Task, type TaskRef, toCall } from './tasks.js';

/** Options of a pool. */
export interface PoolOptions {
  /** The most workers there will ever be: 1 to 256. Threads: `min(32, cores + 4)` if not given; processes: the cores. */
  readonly maxWorkers?: number | undefined;
  /**
   * Makes a worker from an entry of your own, which calls `serve(tasks)`. It must be the literal
   * `() => new Worker(new URL('./tasks.worker.js', import.meta.url), { type: 'module' })`, so that bundlers see it.
   */
  readonly worker?: WorkerFactory | undefined;
  /** Workers are called this, an underscore, and a number from zero. */
  readonly threadNamePrefix?: string | undefined;
  /**
   * A task that each worker runs before its first call; it may be async. If it fails, it is reported on the console and
   * the pool is broken: what waits fails, and so does every later `submit`.
   */
  readonly initializer?: Task | undefined;
  /** The arguments of `initializer`; they are encoded once, when the executor is made. */
  readonly initargs?: readonly unknown[] | undefined;
  /**
   * Whether workers that wait for each other, blocking and without a time-out, wait for ever, as in Python. Without it each
   * of them gets a `DeadlockError` within a second.
   */
  readonly ignoreDeadlocks?: boolean | undefined;
}

/** Options of a process pool. */
export interface ProcessPoolOptions extends PoolOptions {
  /** How many calls a worker runs before another takes its place; a chunk of a `map` is one call. Any number if not given. */
  readonly maxTasksPerChild?: number | undefined;
  /**
   * Whether the death of a worker fails only the call that it held, with `BrokenProcessPool`, and another takes its
   * place. Without it, as in Python, the pool is broken then.
   */
  readonly respawn?: boolean | undefined;
}

/** A call that waits for the module to be loaded. */
interface Early {
  readonly future: Future<unknown>;
  readonly ref: TaskRef;
  readonly content: Uint8Array | Parcel;
}

/** A pool that is there already: what the constructor of an executor that came from another agent gets. */
export class Attached {
  constructor(
    /** What keeps the pool; given back when the executor is collected, or the pool has ended. */
    readonly object: Address,
    readonly prefix: string,
  ) {}
}

const collected = /* @__PURE__ */ new FinalizationRegistry<{ agent: Agent; object: Address }>(
  ({ agent, object }) => {
    if (agent.dead === undefined) agent.inside(() => agent.core.cf_sync_drop(object));
  },
);

export abstract class PoolExecutor extends Executor implements Origin, Watcher {
  /** @internal */
  readonly failures: Failures = new Failures();
  readonly #kind: number;
  readonly #maxWorkers: number = 0;
  readonly #maxTasks: number = 0;
  readonly #respawn: boolean = false;
  readonly #ignoreDeadlocks: boolean = false;
  readonly #initializer: Uint8Array | undefined;
  readonly #prefix: string;
  readonly #factory: WorkerFactory | undefined;
  readonly #load: Loader;
  #realm: Realm | undefined;
  #pool: Address = 0;
  #early: Early[] = [];
  #closing = false;
  #ended: (() => void)[] = [];
  /** Why the pool never came to be. */
  #failure: Breakage | undefined;
  /** The pool as an object that crosses, once it has; of an executor that came, from the start. */
  #object: Address = 0;
  /** Whether the pool was made by another agent. */
  readonly #came: boolean;

  constructor(
    kind: number,
    what: string,
    options: ProcessPoolOptions | Attached,
    defaultWorkers: number,
    load: Loader,
  ) {
    super();
    this.#came = options instanceof Attached;
    this.#kind = kind;
    this.#load = load;
    if (options instanceof Attached) {
      this.#prefix = options.prefix;
      this.#attach(options.object);
      return;
    }
    if (options === null || typeof options !== 'object')
      throw new TypeError(`${what} takes an object of options, not ${String(options)}`);
    this.#maxWorkers = checkWorkers(options.maxWorkers, defaultWorkers);
    this.#maxTasks = checkTasks(options.maxTasksPerChild, kind);
    this.#respawn = checkRespawn(options.respawn, kind);
    this.#ignoreDeadlocks = checkFlag('ignoreDeadlocks', options.ignoreDeadlocks);
    if (options.worker !== undefined && typeof options.worker !== 'function')
      throw new TypeError('the option `worker` must be a function that returns a new Worker');
    this.#factory = options.worker;
    this.#prefix = options.threadNamePrefix ?? `${what}-${nextNumber(what)}`;
    this.#initializer = encodeInitializer(options);
    if (kind === THREAD && !isolated()) throw new NotIsolatedError(what);
    const realm = currentRealm();
    if (realm !== undefined) this.#open(realm);
    else
      void ready(load).then(
        realm => this.#open(realm),
        (error: unknown) => this.#fail(error),
      );
  }

  /**
   * Workers there are now, those just starting included.
   *
   * ```js
   * await executor.submit(isPrime, 97);
   * console.log(executor.workers);   // 1
   * ```
   */
  get workers(): number {
    return this.#alive() ? this.#agent.core.cf_pool_workers_alive(this.#pool) : 0;
  }

  /**
   * Calls that wait for a worker.
   *
   * ```js
   * const future = executor.submit(isPrime, 97);
   * await future;
   * console.log(executor.queued);   // 0
   * ```
   */
  get queued(): number {
    return this.#alive() ? this.#agent.core.cf_pool_queued(this.#pool) : this.#early.length;
  }

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptions('shutdown', options, ['wait', 'cancelFutures']);
    this.#close(options.cancelFutures === true);
    if (this.#hasEnded()) void this.failures.report();
    if (options.wait === false || this.#hasEnded()) return Promise.resolve();
    if (this.#isMine()) return Promise.reject(waitsForItself());
    return new Promise(resolve => {
      this.#ended.push(resolve);
    });
  }

  override shutdownSync(options: ShutdownOptions = {}): void {
    checkOptions('shutdownSync', options, ['wait', 'cancelFutures']);
    this.#close(options.cancelFutures === true);
    if (this.#hasEnded()) void this.failures.report();
    if (options.wait === false || this.#hasEnded()) return;
    if (this.#realm === undefined)
      refuseBlocking('the module is not loaded yet: `await ready()` before the first executor');
    if (!this.#agent.mayBlock)
      refuseBlocking('a page must not block: await executor.shutdown() instead');
    if (this.#isMine()) throw waitsForItself();
    this.#agent.block(() => this.#hasEnded(), undefined, 'a shutdown');
  }

  /** @internal */
  broken(breakage: Breakage, task?: string): BrokenExecutor {
    const Broken = this.#kind === THREAD ? BrokenThreadPool : BrokenProcessPool;
    const message = `${breakage.reason}${task === undefined ? '' : `; the task was ${task}`}`;
    return new Broken(message, breakage, task);
  }

  /** @internal */
  workerName(index: number): string {
    return `${this.#prefix}_${index}`;
  }

  /** @internal */
  look(): void {
    if (!this.#hasEnded()) return;
    void this.failures.report();
    const realm = this.#realm;
    realm?.agent.watchers.delete(this);
    realm?.spawner?.release(this);
    realm?.spawner?.forgetFactory(this.#pool);
    if (realm !== undefined && realm.agent.dead === undefined) {
      realm.agent.inside(() => this.#release(realm.agent));
      this.#pool = 0;
    }
    const ended = this.#ended;
    this.#ended = [];
    for (const tell of ended) tell();
  }

  /** @internal Whether all workers are to be there from the start. */
  protected get eager(): boolean {
    return false;
  }

  /**
   * @internal For eager pools: has the workers made now, where that is done in this agent. Throws where one could not be
   * made; the others are ended then.
   */
  protected startAll(): void {
    const { spawner } = this.#realm ?? {};
    if (spawner === undefined) return;
    this.#agent.attempt(() => spawner.look());
    if (!this.#alive() || this.#agent.core.cf_pool_phase(this.#pool) !== BROKEN_POOL) return;
    const cause = this.#cause();
    void this.shutdown({ wait: false });
    throw this.broken(cause);
  }

  protected override get chunks(): boolean {
    return this.#kind === PROCESS;
  }

  /** @internal */
  protected override get end(): ((future: Future<unknown>, reason: unknown) => void) | undefined {
    if (this.#kind !== PROCESS) return undefined;
    return (future, reason) => future.end(this.#pool, reason);
  }

  /** @internal */
  protected override call(
    fn: unknown,
    args: unknown[],
    { signal, transfer }: SubmitOptions,
  ): Future<unknown> {
    const { ref, fixed } = toCall(fn);
    if (this.#failure !== undefined) throw this.broken(this.#failure);
    if (this.#closing) throw new RuntimeError('cannot schedule new futures after shutdown');
    if (signal?.aborted) return cancelledFuture();
    const future = new Future<unknown>().from(this, ref.name);
    if (transfer !== undefined) {
      // What is to be refused is refused before anything is moved.
      if (this.#alive() && this.#agent.core.cf_pool_phase(this.#pool) === BROKEN_POOL)
        throw this.broken(this.#cause());
      const parcel = orFail(future, () => pack([...fixed, ...args], transfer, 'args'));
      if (parcel !== undefined && this.#realm !== undefined) this.#sendParcel(future, ref, parcel);
      else if (parcel !== undefined) this.#early.push({ future, ref, content: parcel });
      return future;
    }
    const values = [...fixed, ...args, ref.wire];
    if (this.#realm === undefined) {
      const encoded = orFail(future, () => toBytes(values, 'args'));
      if (encoded !== undefined) this.#early.push({ future, ref, content: encoded });
      return future;
    }
    const length = orFail(future, () => this.#agent.prepare(values, 'args'));
    if (length !== undefined)
      this.#send(future, ref, agent => agent.submit(this.#pool, length, future));
    return future;
  }

  /** Ends the workers by force: see `ProcessPoolExecutor.terminateWorkers`. */
  protected terminate(): void {
    this.#close(true);
    if (!this.#alive()) return;
    const { agent, spawner } = this.#realm as Realm;
    agent.inside(() => agent.core.cf_pool_terminate(this.#pool, now()));
    spawner?.look();
  }

  get #agent(): Agent {
    return (this.#realm as Realm).agent;
  }

  /** @internal How it crosses to another agent. */
  crossing(): [kind: number, object: Address, prefix: string] | string {
    if (!isolated())
      return 'an executor crosses only where memory is shared, which needs a cross-origin isolated page';
    if (this.#realm === undefined) return 'it has no pool yet: `await ready()` first';
    if (!this.#alive()) return 'its pool has ended';
    const agent = this.#agent;
    if (this.#object === 0)
      this.#object = agent.inside(() => agent.core.cf_sync_of_pool(this.#pool)) ?? 0;
    return [EXECUTOR + this.#kind, this.#object, this.#prefix];
  }

  #attach(object: Address): void {
    const realm = currentRealm() as Realm;
    const { agent } = realm;
    this.#realm = realm;
    this.#object = object;
    this.#pool = agent.core.cf_sync_gate(object, 0);
    collected.register(this, { agent, object }, this);
  }

  #release({ core }: Agent): void {
    collected.unregister(this);
    if (this.#object !== 0) core.cf_sync_drop(this.#object);
    if (!this.#came) core.cf_pool_release(this.#pool);
  }

  /** Whether this realm is a worker of the pool. */
  #isMine(): boolean {
    return this.#alive() && this.#agent.core.cf_pool_is_mine(this.#pool) !== 0;
  }

  #alive(): boolean {
    return this.#pool !== 0 && this.#realm?.agent.dead === undefined;
  }

  #hasEnded(): boolean {
    if (!this.#closing && this.#realm?.agent.dead === undefined) return false;
    if (this.#realm === undefined) return this.#failure !== undefined;
    return !this.#alive() || this.#agent.core.cf_pool_workers(this.#pool) === 0;
  }

  /** The module is loaded: makes the pool, and sends what waited. */
  #open(realm: Realm): void {
    this.#realm = realm;
    const { agent, spawner } = realm;
    agent.inside(() => {
      // Another agent is to make the workers, and cannot be given the function.
      const source = spawner === undefined && this.#factory && describeFactory(this.#factory);
      const config = source ? JSON.stringify(source) : '';
      const spec = [
        this.#kind,
        this.#maxWorkers,
        this.#maxTasks,
        Number(this.#respawn),
        Number(this.#ignoreDeadlocks),
        Number(this.eager && !this.#closing),
        ...putBytes(agent, toUtf8(this.#prefix)),
        ...putBytes(agent, toUtf8(config)),
        ...(this.#initializer === undefined ? [0, 0] : putBytes(agent, this.#initializer)),
        agent.address,
      ];
      agent.words.set(spec, agent.scratch / 4);
      this.#pool = agent.core.cf_pool_new(agent.scratch, now());
    });
    if (this.#factory !== undefined) spawner?.setFactory(this.#pool, this.#factory);
    spawner?.use(this);
    const early = this.#early;
    this.#early = [];
    for (const { future, ref, content } of early) {
      if (future.cancelled()) continue;
      try {
        if (content instanceof Uint8Array)
          this.#send(future, ref, agent => agent.submitEncoded(this.#pool, content, future));
        else this.#sendParcel(future, ref, content);
      } catch (error) {
        future.setException(error);
      }
    }
    if (this.#closing) this.#closePool(false);
  }

  #send(future: Future<unknown>, ref: TaskRef, submit: (agent: Agent) => Address): void {
    const { agent } = this.#realm as Realm;
    if (agent.dead !== undefined) throw this.broken(agent.dead, ref.name);
    agent.inside(() => {
      const call = orFail(future, () => submit(agent));
      if (call === undefined) return;
      if (call === REFUSED_SHUTDOWN)
        throw new RuntimeError('cannot schedule new futures after shutdown');
      if (call === REFUSED_BROKEN) throw this.broken(this.#cause());
      if (call === REFUSED_WORKERS)
        throw new RangeError(
          `a page can have at most ${MOST_WORKERS} workers, and has them already: shut an executor down first`,
        );
    });
    if (agent.dead !== undefined) throw this.broken(agent.dead, ref.name);
  }

  /** The arguments wait at the spawner; the queue gets their ticket. */
  #sendParcel(future: Future<unknown>, ref: TaskRef, parcel: Parcel): void {
    const agent = this.#agent;
    const { parcels, address } = agent;
    const ticket = parcels.put(parcel, address, address);
    // However it ends, nobody fetches them any more.
    future.watch(() => parcels.drop(ticket));
    try {
      const length = agent.prepare([withTicket(ticket, ref.wire)], 'args');
      this.#send(future, ref, agent => agent.submit(this.#pool, length, future));
    } catch (error) {
      parcels.drop(ticket);
      throw error;
    }
  }

  /** Why the pool is broken. */
  #cause(): Breakage {
    const agent = this.#agent;
    const reason = readText(agent, out => agent.core.cf_pool_reason(this.#pool, out));
    const worker = readText(agent, out => agent.core.cf_pool_culprit(this.#pool, out));
    return { reason, worker: worker || undefined };
  }

  #close(cancel: boolean): void {
    if (cancel) for (const { future } of this.#early.splice(0)) future.cancel();
    const first = !this.#closing;
    this.#closing = true;
    if (this.#realm !== undefined && (first || cancel) && this.#alive()) this.#closePool(cancel);
    // The module is still on its way, and then nobody waits for it any more.
    else if (this.#realm === undefined && this.#early.length === 0)
      void ready(this.#load).catch(() => {});
  }

  #closePool(cancel: boolean): void {
    const agent = this.#agent;
    agent.inside(() => {
      agent.core.cf_pool_shutdown(this.#pool, cancel ? 1 : 0, now());
      if (this.#came) agent.core.cf_pool_watch(this.#pool, agent.address);
    });
    agent.watchers.add(this);
    agent.listen();
    // What was cancelled is settled before this returns, as callers expect of a call that cancels.
    if (cancel) agent.look();
    this.look();
  }

  #fail(error: unknown): void {
    const cause = messageOf(error);
    const failure = { reason: `the WebAssembly module could not be started: ${cause}` };
    this.#failure = failure;
    for (const { future, ref } of this.#early.splice(0))
      if (!future.cancelled()) future.setException(this.broken(failure, ref.name));
    this.look();
  }
}

/** Python's `ThreadPoolExecutor`: each thread is a Web Worker on the page's shared memory. */
export class ThreadPoolExecutorBase extends PoolExecutor {
  constructor(options: PoolOptions | Attached = {}, load: Loader) {
    super(THREAD, 'ThreadPoolExecutor', options, Math.min(32, cores() + 4), load);
  }
}

/** Python's `ProcessPoolExecutor`: each process is a Web Worker that shares nothing with the caller but messages. */
export class ProcessPoolExecutorBase extends PoolExecutor {
  constructor(options: ProcessPoolOptions | Attached = {}, load: Loader) {
    super(PROCESS, 'ProcessPoolExecutor', options, cores(), load);
  }

  /**
   * Ends all workers now, running or not. What runs fails with BrokenProcessPool, what is queued is cancelled, and the
   * pool accepts nothing more. Does not wait.
   *
   * ```js
   * const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
   * const future = pool.submit(() => { for (;;); });
   * while (!future.running()) await new Promise(resolve => setTimeout(resolve));
   * pool.terminateWorkers();
   * console.log((await future.exception()).name);   // BrokenProcessPool
   * ```
   */
  terminateWorkers(): void {
    this.terminate();
  }

  /**
   * The same as `terminateWorkers`: a browser knows only one way to end a worker.
   *
   * ```js
   * const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
   * pool.killWorkers();
   * await pool.shutdown();
   * console.log(pool.workers);   // 0
   * ```
   */
  killWorkers(): void {
    this.terminate();
  }
}

/** What executors that cross are called in messages: this, and the kind of the pool. Locks and queues have less. */
const EXECUTOR = 64;

type PoolClass = new (options: Attached) => PoolExecutor;

/** Lets executors cross between agents, as instances of these classes. */
export function installExecutors(threads: PoolClass, processes: PoolClass): void {
  sharing.add({
    describe(value) {
      if (!(value instanceof PoolExecutor)) return undefined;
      return value.crossing();
    },
    restore(kind, object, prefix) {
      const agent = currentRealm()?.agent;
      if (kind < EXECUTOR || agent === undefined) return undefined;
      // The message keeps the object until here.
      agent.core.cf_sync_hold(object);
      return new (kind === EXECUTOR + THREAD ? threads : processes)(
        new Attached(object, String(prefix)),
      );
    },
  });
}

function waitsForItself(): RuntimeError {
  return new RuntimeError(
    'a worker cannot wait for the end of its own pool: shut it down without waiting',
  );
}

function encodeInitializer({ initializer, initargs }: PoolOptions): Uint8Array | undefined {
  if (initargs !== undefined && !Array.isArray(initargs))
    throw new TypeError(
      `the option \`initargs\` must be an array of arguments, not ${describe(initargs)}`,
    );
  if (initializer === undefined) return undefined;
  const { ref, fixed } = toInitializer(initializer);
  return toBytes([...fixed, ...(initargs ?? []), ref.wire], 'initargs');
}

function toInitializer(initializer: Task): ReturnType<typeof toCall> {
  try {
    return toCall(initializer);
  } catch (error) {
    throw new TypeError(`the option \`initializer\`: ${(error as Error).message}`);
  }
}

const numbers = new Map<string, number>();

function nextNumber(what: string): number {
  const number = numbers.get(what) ?? 0;
  numbers.set(what, number + 1);
  return number;
}

/** What `step` gives; fails the future with what it throws. */
function orFail<R>(future: Future<unknown>, step: () => R): R | undefined {
  try {
    return step();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    future.setException(error);
    return undefined;
  }
}
