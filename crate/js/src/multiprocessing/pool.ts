// `Pool` and `ThreadPool`: Python's, as faces of the executors.

import { disposal } from '../disposal.js';
import { NotIsolatedError } from '../errors.js';
import type { WorkerFactory } from '../factory.js';
import { isolated } from '../isolation.js';
import { checkCount, checkOptions } from '../options.js';
import { cores, MOST_WORKERS } from '../pool-checks.js';
import { describe, type Task } from '../tasks.js';
import { Crew } from './crew.js';
import { Imap, type ImapIterator } from './imap.js';
import { AsyncResult, type Callbacks, checkCallbacks } from './result.js';
import { Processes, Threads, type Workers } from './workers.js';

/** Options of a `ThreadPool`. */
export interface ThreadPoolOptions {
  /** How many workers there are: 1 to 256; the cores if not given. */
  readonly processes?: number | undefined;
  /** A task that each worker runs before its first call; it may be async. If it fails, the pool is broken. */
  readonly initializer?: Task | undefined;
  /** The arguments of `initializer`. */
  readonly initargs?: readonly unknown[] | undefined;
  /** Makes a worker from an entry of your own: see `PoolOptions` of the executors. */
  readonly worker?: WorkerFactory | undefined;
}

/** Options of a `Pool`. */
export interface MultiprocessingPoolOptions extends ThreadPoolOptions {
  /** How many calls a worker runs before another takes its place; a chunk is one call. Any number if not given. */
  readonly maxtasksperchild?: number | undefined;
}

/** Options of `map` and `starmap`. */
export interface ChunkOptions {
  /** Items to a call, at least 1. For `map`: so many that each worker gets four calls; for `imap`: 1. */
  readonly chunksize?: number | undefined;
}

/** Options of `mapAsync` and `starmapAsync`. */
export interface MapAsyncOptions<T> extends ChunkOptions, Callbacks<T> {}

type Values<R> = Awaited<R>[];

/** How many calls each worker of a pool gets from a map without a chunksize. */
const CALLS_PER_WORKER = 4;

/** Pools that nobody can close any more. */
const dropped = /* @__PURE__ */ new FinalizationRegistry<Crew>(crew => {
  console.warn('ResourceWarning: unclosed running multiprocessing pool: it is closed now');
  crew.close();
});

/** How a pool ends. */
interface Ends {
  terminate(): void;
  join(): Promise<void>;
}

/**
 * What both pools are.
 *
 * ```js
 * const pool = new Pool({ processes: 2, worker });
 * console.log(await pool.apply(isPrime, [97]));   // true
 * console.log(await pool.applyAsync(add, [1, 2]).get({ timeout: 60 }));   // 3
 * console.log(await pool.map(isPrime, [97, 98], { chunksize: 1 }));   // [true,false]
 * console.log(await pool.mapAsync(isPrime, [97, 98]).get());   // [true,false]
 * console.log(await pool.starmap(add, [[1, 2], [3, 4]]));   // [3,7]
 * console.log(await pool.starmapAsync(add, [[1, 2], [3, 4]]).get());   // [3,7]
 * for await (const prime of pool.imap(isPrime, [97, 98])) console.log(prime);   // true false
 * let primes = 0;
 * for await (const prime of pool.imapUnordered(isPrime, [97, 98, 101])) primes += prime;
 * console.log(primes, pool.workers);   // 2 2
 * pool.close();
 * await pool.join();
 * console.log(pool.workers);   // 0
 * ```
 *
 * On a page nothing may block, unless there is nothing to wait for:
 *
 * ```js
 * const pool = new Pool({ processes: 2, worker });
 * const refused = [];
 * for (const call of [
 *   () => pool.applySync(isPrime, [97]),
 *   () => pool.mapSync(isPrime, [97]),
 *   () => pool.starmapSync(add, [[1, 2]]),
 * ])
 *   try {
 *     call();
 *   } catch (error) {
 *     refused.push(error.name);
 *   }
 * console.log(new Set(refused).size, refused[0]);   // 1 BlockingNotAllowedError
 * console.log(pool.mapSync(isPrime, []), pool.starmapSync(add, []));   // [] []
 * pool.terminate();
 * await pool.join();
 * pool.joinSync();
 * console.log(pool.workers);   // 0
 * ```
 */
abstract class BasePool extends /* @__PURE__ */ disposal<Ends>(end, it => it.terminate()) {
  readonly #crew: Crew;
  readonly #processes: number;

  protected constructor(name: string, processes: number, workers: Workers) {
    super();
    this.#processes = processes;
    this.#crew = new Crew(workers);
    // Said like this, it is refused where somebody sends it to a worker, as Python refuses to pickle it.
    Object.defineProperty(this, Symbol.toStringTag, { value: name });
    dropped.register(this, this.#crew, this);
  }

  /** How many workers there are now, those just starting included. */
  get workers(): number {
    return this.#crew.workers.workers;
  }

  /**
   * Has a task called, and waits for its value. Python's `kwds` are an object among the arguments here.
   *
   * ```js
   * const pool = new Pool({ processes: 2, worker });
   * console.log(await pool.apply(isPrime, [97]));   // true
   * pool.terminate();
   * ```
   *
   * @returns a promise that rejects as that of `AsyncResult.get`
   * @throws TypeError where `fn` is not a task; RangeError where the pool was closed or terminated; BrokenExecutor where
   * it is broken
   */
  apply<A extends unknown[], R>(
    fn: Task<(...args: A) => R>,
    args?: NoInfer<A>,
  ): Promise<Awaited<R>> {
    return this.applyAsync(fn, args).get();
  }

  /** The blocking form of `apply`, in workers only. */
  applySync<A extends unknown[], R>(fn: Task<(...args: A) => R>, args?: NoInfer<A>): Awaited<R> {
    return this.applyAsync(fn, args).getSync();
  }

  /** As `apply`, but gives the result at once, before it is there. */
  applyAsync<A extends unknown[], R>(
    fn: Task<(...args: A) => R>,
    args?: NoInfer<A>,
    options: Callbacks<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    this.#crew.check();
    checkOptions('applyAsync', options, ['callback', 'errorCallback']);
    const callbacks = checkCallbacks(options);
    const list: unknown = args ?? [];
    if (!Array.isArray(list))
      throw new TypeError(`apply takes the arguments as an array, not ${describe(list)}`);
    const future = this.#crew.workers.send(fn as Task, list);
    return new AsyncResult(this.#crew, [future], ([value]) => value as Awaited<R>, callbacks);
  }

  /**
   * Calls a task with each item of an iterable, and gives the list of the values, in order. It waits for all of them, also
   * where one has failed, and then throws the error that came first.
   *
   * ```js
   * await withPool(new Pool({ processes: 2, worker }), async pool => {
   *   console.log(await pool.map(isPrime, [97, 98, 99]));   // [true,false,false]
   * });
   * ```
   *
   * @throws as `apply`; TypeError for what is not iterable; RangeError for a chunksize below 1; whatever the iterable throws
   */
  map<A, R>(
    fn: Task<(item: A) => R>,
    iterable: Iterable<A>,
    options: ChunkOptions = {},
  ): Promise<Values<R>> {
    checkOptions('map', options, ['chunksize']);
    return this.mapAsync(fn, iterable, options).get();
  }

  /** The blocking form of `map`, in workers only. */
  mapSync<A, R>(
    fn: Task<(item: A) => R>,
    iterable: Iterable<A>,
    options: ChunkOptions = {},
  ): Values<R> {
    checkOptions('mapSync', options, ['chunksize']);
    return this.mapAsync(fn, iterable, options).getSync();
  }

  /** As `map`, but gives the result at once. Over nothing it is ready at once, and `callback` is not called. */
  mapAsync<A, R>(
    fn: Task<(item: A) => R>,
    iterable: Iterable<A>,
    options: MapAsyncOptions<Values<R>> = {},
  ): AsyncResult<Values<R>> {
    return this.#mapAsync('mapAsync', fn as Task, iterable, item => [item], options);
  }

  /**
   * As `map`, but each item is the arguments of one call.
   *
   * ```js
   * await withPool(new Pool({ processes: 2, worker }), async pool => {
   *   console.log(await pool.starmap(add, [[1, 2], [3, 4]]));   // [3,7]
   * });
   * ```
   */
  starmap<A extends unknown[], R>(
    fn: Task<(...args: A) => R>,
    iterable: Iterable<NoInfer<A>>,
    options: ChunkOptions = {},
  ): Promise<Values<R>> {
    checkOptions('starmap', options, ['chunksize']);
    return this.starmapAsync(fn, iterable, options).get();
  }

  /** The blocking form of `starmap`, in workers only. */
  starmapSync<A extends unknown[], R>(
    fn: Task<(...args: A) => R>,
    iterable: Iterable<NoInfer<A>>,
    options: ChunkOptions = {},
  ): Values<R> {
    checkOptions('starmapSync', options, ['chunksize']);
    return this.starmapAsync(fn, iterable, options).getSync();
  }

  /** As `starmap`, but gives the result at once. */
  starmapAsync<A extends unknown[], R>(
    fn: Task<(...args: A) => R>,
    iterable: Iterable<NoInfer<A>>,
    options: MapAsyncOptions<Values<R>> = {},
  ): AsyncResult<Values<R>> {
    const spread = (item: unknown): unknown[] => [...checkIterable('starmap', item)];
    return this.#mapAsync('starmapAsync', fn as Task, iterable, spread, options);
  }

  /**
   * As `map`, but gives the values one by one, in order, as they come. The input is taken without waiting for whoever
   * takes the values, so it may be endless.
   *
   * ```js
   * await withPool(new Pool({ processes: 2, worker }), async pool => {
   *   for await (const prime of pool.imap(isPrime, [97, 98])) console.log(prime);   // true false
   * });
   * ```
   */
  imap<A, R>(
    fn: Task<(item: A) => R>,
    iterable: Iterable<A>,
    options: ChunkOptions = {},
  ): ImapIterator<Awaited<R>> {
    return this.#imap('imap', fn as Task, iterable, options, true);
  }

  /** As `imap`, but the values come in the order in which they are ready. */
  imapUnordered<A, R>(
    fn: Task<(item: A) => R>,
    iterable: Iterable<A>,
    options: ChunkOptions = {},
  ): ImapIterator<Awaited<R>> {
    return this.#imap('imapUnordered', fn as Task, iterable, options, false);
  }

  /** No new work. What was given runs, then the workers leave. Calling it again is harmless. */
  close(): void {
    dropped.unregister(this);
    this.#crew.close();
  }

  /**
   * Ends all workers now. Every result that is not ready fails, with BrokenProcessPool or BrokenThreadPool. `join` waits
   * until they are gone.
   */
  terminate(): void {
    dropped.unregister(this);
    this.#crew.terminate();
  }

  /**
   * Waits until all is done and the workers are gone.
   *
   * @throws RangeError where the pool was neither closed nor terminated
   */
  join(): Promise<void> {
    this.#checkEnding();
    return this.#crew.join();
  }

  /** The blocking form of `join`, in workers only. */
  joinSync(): void {
    this.#checkEnding();
    this.#crew.joinSync();
  }

  /** @internal Throws where the pool cannot be entered any more. */
  enter(): void {
    this.#crew.check();
  }

  #checkEnding(): void {
    if (this.#crew.running)
      throw new RangeError('Pool is still running: close() or terminate() it first');
  }

  #mapAsync<R>(
    what: string,
    fn: Task,
    iterable: unknown,
    toArgs: (item: unknown) => unknown[],
    options: MapAsyncOptions<R[]>,
  ): AsyncResult<R[]> {
    const crew = this.#crew;
    crew.check();
    checkOptions(what, options, ['chunksize', 'callback', 'errorCallback']);
    const callbacks = checkCallbacks(options);
    const { chunksize: asked } = options;
    if (asked !== undefined) checkCount('chunksize', asked);
    const send = crew.workers.sender(fn, true);
    const items = Array.from(checkIterable(what, iterable), toArgs);
    const chunksize = asked ?? Math.ceil(items.length / (CALLS_PER_WORKER * this.#processes));
    const futures = [];
    for (let at = 0; at < items.length; at += chunksize)
      futures.push(send(items.slice(at, at + chunksize)));
    return new AsyncResult(crew, futures, chunks => (chunks as R[][]).flat(), callbacks);
  }

  #imap<R>(
    what: string,
    fn: Task,
    iterable: unknown,
    options: ChunkOptions,
    ordered: boolean,
  ): ImapIterator<R> {
    this.#crew.check();
    checkOptions(what, options, ['chunksize']);
    const chunksize =
      options.chunksize === undefined ? 1 : checkCount('chunksize', options.chunksize);
    const send = this.#crew.workers.sender(fn, chunksize > 1);
    const input = checkIterable(what, iterable)[Symbol.iterator]();
    return new Imap<R>(this.#crew, send, input, { chunksize, ordered });
  }
}

/**
 * Python's `multiprocessing.Pool`: processes that are all there from the start. Unlike a `ProcessPoolExecutor` it goes on
 * when a worker dies: the call that it held fails with BrokenProcessPool, and another takes its place.
 *
 * ```js
 * await withPool(new Pool({ processes: 2, worker }), async pool => {
 *   const result = pool.mapAsync(isPrime, [97, 98], { callback: primes => console.log(primes) });
 *   await result.wait();
 *   console.log(result.ready(), result.successful());   // [true,false] true true
 * });
 * ```
 *
 * @throws TypeError or RangeError for bad options; BrokenProcessPool where a worker cannot be made
 */
export class Pool extends BasePool {
  constructor(options: MultiprocessingPoolOptions = {}) {
    const name = 'Pool';
    const { maxtasksperchild } = options;
    const { processes, ...common } = checkPool(name, options, ['maxtasksperchild']);
    if (maxtasksperchild !== undefined) checkCount('maxtasksperchild', maxtasksperchild);
    const maxTasksPerChild = maxtasksperchild;
    super(name, processes, new Processes({ ...common, maxTasksPerChild, respawn: true }));
  }
}

/**
 * Python's `multiprocessing.pool.ThreadPool`: the same over threads.
 *
 * ```js
 * await withPool(new ThreadPool({ processes: 2, worker }), async pool => {
 *   console.log(await pool.map(isPrime, [97, 98]));   // [true,false]
 * });
 * ```
 *
 * @throws NotIsolatedError where the page is not cross-origin isolated; else as `Pool`
 */
export class ThreadPool extends BasePool {
  constructor(options: ThreadPoolOptions = {}) {
    const name = 'ThreadPool';
    const { processes, ...common } = checkPool(name, options, []);
    if (!isolated()) throw new NotIsolatedError(name);
    super(name, processes, new Threads(common));
  }
}

/**
 * Python's with-statement: calls `body` with the pool, and terminates it, however `body` ends; then waits until its
 * workers are gone. Results that are still wanted must be asked for inside. The same as `await using`.
 *
 * ```js
 * const sum = await withPool(new Pool({ processes: 1, worker }), pool => pool.apply(add, [1, 2]));
 * console.log(sum);   // 3
 * ```
 *
 * @throws RangeError where the pool was closed or terminated before
 */
export async function withPool<P extends BasePool, R>(
  pool: P,
  body: (pool: P) => R | PromiseLike<R>,
): Promise<R> {
  pool.enter();
  try {
    return await body(pool);
  } finally {
    await end(pool);
  }
}

/**
 * The blocking form of `withPool`, in workers only. A pool that was closed is refused anywhere.
 *
 * ```js
 * const pool = new Pool({ processes: 1, worker });
 * pool.close();
 * try {
 *   withPoolSync(pool, pool => pool.mapSync(isPrime, [97]));
 * } catch (error) {
 *   console.log(error.message);   // Pool not running: it is closed
 * }
 * ```
 */
export function withPoolSync<P extends BasePool, R>(pool: P, body: (pool: P) => R): R {
  pool.enter();
  try {
    return body(pool);
  } finally {
    pool.terminate();
    pool.joinSync();
  }
}

function end(pool: Ends): Promise<void> {
  pool.terminate();
  return pool.join();
}

const numbers = { Pool: 0, ThreadPool: 0 };

/** The options that both pools have, checked, as the executors take them. */
function checkPool(
  name: keyof typeof numbers,
  options: ThreadPoolOptions,
  more: string[],
): {
  processes: number;
  maxWorkers: number;
  threadNamePrefix: string;
  initializer: Task | undefined;
  initargs: readonly unknown[] | undefined;
  worker: WorkerFactory | undefined;
} {
  checkOptions(name, options, ['processes', 'initializer', 'initargs', 'worker', ...more]);
  const { processes: asked, initializer, initargs, worker } = options;
  const processes =
    asked === undefined ? Math.min(cores(), MOST_WORKERS) : checkCount('processes', asked);
  if (processes > MOST_WORKERS)
    throw new RangeError(`processes must be at most ${MOST_WORKERS}, not ${processes}`);
  const threadNamePrefix = `${name}-${numbers[name]++}`;
  return { processes, maxWorkers: processes, threadNamePrefix, initializer, initargs, worker };
}

function checkIterable(what: string, value: unknown): Iterable<unknown> {
  if (typeof (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function')
    return value as Iterable<unknown>;
  const hint =
    Symbol.asyncIterator in Object(value) ? ' (an async iterable: collect its items first)' : '';
  throw new TypeError(`${what} needs an iterable, not ${describe(value)}${hint}`);
}
