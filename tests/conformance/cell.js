// What a row's body works with: an executor of the cell's kind, counters, and every way of waiting under one name. With
// `await` before each of these calls, a body is the same on a page, where it awaits, and in a worker, where it blocks.

import * as futures from '../../dist/index.js';
import { Pool, ThreadPool, withPool, withPoolSync } from '../../dist/multiprocessing.js';
import { holds, same } from './same.js';
import * as signals from './signals.js';
import * as localTasks from './tasks.js';

/** How many counters a cell may have. */
export const COUNTERS = 32;
/** Which of them counts the workers that the page made for the cell and has not ended. */
export const LIVING = COUNTERS - 1;

const KINDS = {
  threads: futures.ThreadPoolExecutor,
  processes: futures.ProcessPoolExecutor,
  async: futures.AsyncExecutor,
  inline: futures.InlineExecutor,
};

const served = futures.tasksOf();

/** Thrown where a cell turns out not to apply. */
export class NotApplicable extends Error {}

const channel = new MessageChannel();
const turns = [];
channel.port1.onmessage = () => turns.shift()();
/** One turn of the event loop. */
const turn = () =>
  new Promise(resolve => {
    turns.push(resolve);
    channel.port2.postMessage(0);
  });

/** A cell that awaits. */
class Awaiting {
  /** @param base the number of the cell's first counter: they are never used twice */
  constructor(executor, world, base) {
    this.kind = executor;
    this.world = world;
    this.Executor = KINDS[executor];
    this.isPool = executor === 'threads' || executor === 'processes';
    /** The tasks, in the form that this executor takes. */
    this.tasks = this.isPool ? served : localTasks;
    this.Broken = executor === 'threads' ? futures.BrokenThreadPool : futures.BrokenProcessPool;
    this.same = same;
    this.holds = holds;
    this.reports = [];
    this.executors = [];
    this.pools = [];
    this.base = base;
    this.next = base;
  }

  // ── Executors ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A new executor of the cell's kind. Pools have two workers if nothing else is said. */
  executor({ query = '', ...options } = {}) {
    const executor = new this.Executor(this.isPool ? this.poolOptions(options, query) : options);
    this.executors.push(executor);
    return executor;
  }

  /** A new pool as those of `multiprocessing`, of the cell's kind. It has two workers if nothing else is said. */
  pool({ query = '', ...options } = {}) {
    const MultiprocessingPool = this.kind === 'threads' ? ThreadPool : Pool;
    const { worker } = this.poolOptions({}, query);
    const pool = new MultiprocessingPool({ processes: 2, worker, ...options });
    this.pools.push(pool);
    return pool;
  }

  /**
   * Makes an executor, has `use` submit to it, and drops it. A collection is asked for where that is possible. Gives what
   * shuts it down where it lives on.
   */
  async dropped(options, use) {
    const weak = new WeakRef(this.executor(options));
    use(weak.deref());
    this.executors.pop();
    if (globalThis.gc) await this.collect();
    else await turn();
    return async () => {
      const executor = weak.deref();
      if (executor) await this.shutdown(executor);
      while (this.living > 0) await turn();
    };
  }

  /** The options of a pool whose workers serve the tasks. The page's `Worker` reads what `query` says. */
  poolOptions(options, query = '') {
    // The number tells this cell's workers from all others.
    const url = new URL(`./entry.worker.js?cell=${this.base}&${query}`, import.meta.url);
    return { maxWorkers: 2, worker: () => new Worker(url, { type: 'module' }), ...options };
  }

  /** Shuts down what the body has made: then no worker is left. */
  async end() {
    for (const executor of this.executors) {
      await this.shutdown(executor);
      if (this.isPool) same(executor.workers, 0);
    }
    for (const pool of this.pools) {
      pool.terminate();
      await this.join(pool);
      same(pool.workers, 0);
    }
    same([this.living, 'workers live'], [0, 'workers live']);
  }

  /** How many workers the page made for this cell and has not ended. */
  get living() {
    return this.count(this.base + LIVING);
  }

  // ── Waiting ────────────────────────────────────────────────────────────────────────────────────────────────────────

  result(future, timeout) {
    return future.result({ timeout });
  }

  exception(future, timeout) {
    return future.exception({ timeout });
  }

  wait(list, options) {
    return futures.wait(list, options);
  }

  shutdown(executor, options) {
    return executor.shutdown(options);
  }

  /** The with-statement. */
  withExecutor(executor, body) {
    return futures.withExecutor(executor, body);
  }

  withPool(pool, body) {
    return withPool(pool, body);
  }

  /** Calls the method of a pool that waits: `apply`, `map` or `starmap`. */
  call(pool, method, ...args) {
    return pool[method](...args);
  }

  /** What an AsyncResult gives. */
  get(result, timeout) {
    return result.get({ timeout });
  }

  /** The next value of an imap. */
  nextOf(steps, timeout) {
    return steps.next({ timeout });
  }

  /** Waits for an AsyncResult. */
  ready(result, timeout) {
    return result.wait({ timeout });
  }

  join(pool) {
    return pool.join();
  }

  /** The iterator's steps, one by one: `await steps.next()`. */
  steps(iterable) {
    return iterable[Symbol.asyncIterator]();
  }

  /** Waits until a counter is at least `amount`. */
  async reached(counter, amount = 1) {
    await signals.reached(counter, amount, false);
  }

  /** Waits until the condition holds: it is looked at in every turn of the event loop. */
  async until(condition) {
    while (!condition()) await turn();
  }

  // ── The same in every world ────────────────────────────────────────────────────────────────────────────────────────

  asCompleted(list, options) {
    return this.steps(futures.asCompleted(list, options));
  }

  /** All that an iterable gives. */
  async all(iterable) {
    const steps = this.steps(iterable);
    const values = [];
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return values;
      values.push(value);
    }
  }

  /** Throws where an iterator has more to give. */
  async exhausted(steps) {
    same((await steps.next()).done, true);
  }

  /** What `call` throws, or rejects with; it must be an instance of `Class`, and its message must contain `words`. */
  async error(call, Class, words = '') {
    let error;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
      if (Class && !(error instanceof Class))
        throw new Error(`${Class.name} was expected, not ${error?.stack ?? error}`);
      holds(!words || error.message.includes(words), `"${error?.message}" contains "${words}"`);
      return error;
    }
    throw new Error(`it should have failed with ${Class?.name}`);
  }

  /** A new counter. */
  counter() {
    return this.next++;
  }

  open(counter, amount = 1) {
    signals.add(counter, amount);
  }

  count(counter) {
    return signals.get(counter);
  }

  turn() {
    return turn();
  }

  /** The cell turns out not to apply: to be found out before anything is submitted. */
  notApplicable(reason) {
    throw new NotApplicable(reason);
  }

  /** Futures in each state that the test can make by hand. */
  fixtures() {
    const make = (...steps) => {
      const future = new futures.Future();
      for (const step of steps) step(future);
      return future;
    };
    const run = future => future.setRunningOrNotifyCancel();
    return {
      pending: make(),
      running: make(run),
      cancelled: make(future => future.cancel()),
      notified: make(future => future.cancel(), run),
      failed: make(run, future => future.setException(new RangeError('on purpose'))),
      succeeded: make(run, future => future.setResult(42)),
    };
  }

  /** Waits until something with these words was reported, here or in a worker: that comes as a message. */
  async reported(words) {
    while (!this.reports.some(report => report.includes(words))) await turn();
  }

  /** For the begin of a body: it needs an engine whose garbage collector can be asked. */
  needsCollector() {
    if (typeof globalThis.gc !== 'function')
      this.notApplicable('its garbage collector cannot be asked');
  }

  /** Collects garbage. */
  async collect() {
    // What was looked at in this turn is alive until the next.
    for (let round = 0; round < 3; round++) {
      await turn();
      globalThis.gc();
    }
  }
}

/** A cell that blocks. Where nothing blocks, it awaits nothing that needs a turn of the event loop. */
class Blocking extends Awaiting {
  async result(future, timeout) {
    return future.resultSync(timeout);
  }

  async exception(future, timeout) {
    return future.exceptionSync(timeout);
  }

  async wait(list, options) {
    return futures.waitSync(list, options);
  }

  async shutdown(executor, options) {
    executor.shutdownSync(options);
  }

  async withExecutor(executor, body) {
    return futures.withExecutorSync(executor, body);
  }

  async withPool(pool, body) {
    return withPoolSync(pool, body);
  }

  async call(pool, method, ...args) {
    return pool[`${method}Sync`](...args);
  }

  async get(result, timeout) {
    return result.getSync(timeout);
  }

  async nextOf(steps, timeout) {
    return steps.nextSync(timeout);
  }

  async ready(result, timeout) {
    return result.waitSync(timeout);
  }

  async join(pool) {
    pool.joinSync();
  }

  steps(iterable) {
    const iterator = iterable[Symbol.iterator]();
    return {
      next: async () => iterator.next(),
      return: async () => iterator.return(),
    };
  }

  async reached(counter, amount = 1) {
    signals.reached(counter, amount, true);
  }

  async until(condition) {
    const word = new Int32Array(new SharedArrayBuffer(4));
    while (!condition()) Atomics.wait(word, 0, 0, 1);
  }
}

/** Runs one cell. Resolves with its outcome: `pass`, `fail` with a message, or `none` with the reason. */
export async function runCell({ id, body }, executor, world, base, channel) {
  const cell = new (world === 'blocking' ? Blocking : Awaiting)(executor, world, base);
  const { error: report } = console;
  console.error = (...words) => cell.reports.push(words.map(String).join(' '));
  const fromWorkers = new BroadcastChannel(`${channel} reports`);
  fromWorkers.onmessage = ({ data }) => {
    if (data.cell === base) cell.reports.push(data.report);
  };
  try {
    await body(cell);
    await cell.end();
    return { outcome: 'pass' };
  } catch (error) {
    if (error instanceof NotApplicable) return { outcome: 'none', message: error.message };
    const reported = cell.reports.map(words => `\nreported: ${words}`).join('');
    return {
      outcome: 'fail',
      message: `row ${id}: ${error?.name}: ${error?.message}\n${error?.stack ?? ''}${reported}`,
    };
  } finally {
    console.error = report;
    fromWorkers.close();
  }
}
