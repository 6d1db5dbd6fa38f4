// The package `concurrent-futures`: Python's names, in camelCase. Importing it has no effect; the first executor, or
// `ready()`, loads the WebAssembly module.

import type { FromSpawner } from './abi.js';
import { isolated } from './isolation.js';
import { onGreeting } from './messages.js';
import {
  type Attached,
  installExecutors,
  type PoolOptions,
  ProcessPoolExecutorBase,
  type ProcessPoolOptions,
  ThreadPoolExecutorBase,
} from './pool.js';
import { type Loader, ready as readyWith } from './ready.js';
import { currentRealm } from './realm.js';

export { AsyncExecutor, type AsyncExecutorOptions } from './async-executor.js';
export { registerErrorClass } from './codec.js';
export {
  BlockingNotAllowedError,
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  CancelledError,
  DeadlockError,
  InvalidStateError,
  NotIsolatedError,
  RuntimeError,
  TimeoutError,
  WorkerExit,
} from './errors.js';
export {
  Executor,
  type ShutdownOptions,
  type SubmitOptions,
  withExecutor,
  withExecutorSync,
} from './executor.js';
export type { WorkerFactory } from './factory.js';
export { Future, type Snapshot, type WaitOptions } from './future.js';
export { InlineExecutor } from './inline-executor.js';
export type { MapIterator, MapOptions } from './map.js';
export type { PoolOptions, ProcessPoolOptions } from './pool.js';
export { partial, type Task, TaskRef, type Tasks, task, tasksOf } from './tasks.js';
export {
  ALL_COMPLETED,
  asCompleted,
  type CompletedIterator,
  type DoneAndNotDone,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  type WaitForOptions,
  wait,
  waitSync,
} from './wait.js';
export { isolated };

// The literals that bundlers look for; each stands once.
const loader: Loader = {
  module: async () => {
    const url = new URL('./concurrent_futures.wasm', import.meta.url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answers ${response.status} ${response.statusText}`);
    // Not streaming, which insists on a content type that not every static server knows.
    return WebAssembly.compile(await response.arrayBuffer());
  },
  worker: () => new Worker(new URL('./default-worker.js', import.meta.url), { type: 'module' }),
  spawner: () => new Worker(new URL('./spawner.js', import.meta.url), { type: 'module' }),
};

/**
 * Python's `ThreadPoolExecutor`. Threads are Web Workers on one shared memory; they start on demand, up to
 * `maxWorkers`, and are reused. What a task throws becomes its future's error, and the thread goes on.
 *
 * ```js
 * const executor = new ThreadPoolExecutor({ maxWorkers: 4, worker });
 * const future = executor.submit(isPrime, 112272535095293);
 * console.log(await future);   // true
 * await executor.shutdown();
 * ```
 *
 * @throws NotIsolatedError where the page is not cross-origin isolated
 */
export class ThreadPoolExecutor extends ThreadPoolExecutorBase {
  constructor(options: PoolOptions | Attached = {}) {
    super(options, loader);
  }
}

/**
 * Python's `ProcessPoolExecutor`. Workers share nothing with the caller but messages. If one dies, the pool is broken,
 * as in Python: what ran and what is queued fails with BrokenProcessPool, and so does every later `submit`.
 *
 * It works without cross-origin isolation too: then calls are sent to their workers one at a time, and nothing can be
 * waited for by blocking.
 *
 * ```js
 * const pool = new ProcessPoolExecutor({ maxWorkers: 2 });
 * const future = pool.submit((a, b) => a + b, 1, 2);
 * console.log(await future);   // 3
 * await pool.shutdown();
 * ```
 */
export class ProcessPoolExecutor extends ProcessPoolExecutorBase {
  constructor(options: ProcessPoolOptions | Attached = {}) {
    super(options, loader);
  }
}

installExecutors(ThreadPoolExecutor, ProcessPoolExecutor);

/**
 * Settles once executors work here without delay. On a page it only loads the module early. In a worker it is needed
 * before the first executor whose calls are waited for by blocking: somebody else must start workers for it.
 *
 * ```js
 * const pool = new ThreadPoolExecutor({ maxWorkers: 4 });
 * const before = pool.queued + pool.workers;
 * await ready();
 * console.log(before, await pool.submit(isPrime, 97));   // 0 true
 * ```
 */
export async function ready(): Promise<void> {
  await readyWith(loader);
}

/**
 * How many values wait in this agent that were sent by `submitWith({ transfer })` or `transfer`, and not fetched yet by
 * whoever they are for. Only the agent that starts workers has any: a page. For finding leaks.
 *
 * ```js
 * console.log(parcelsWaiting());   // 0
 * ```
 */
export function parcelsWaiting(): number {
  return currentRealm()?.spawner?.depot.size ?? 0;
}

/** A worker that a page has adopted. */
export interface Adopted {
  /** Ends the worker, and all executors that it made. Settles when its thread is gone. */
  terminate(): Promise<void>;
}

/**
 * Gives a worker that this page made a place on the page's pool memory: after `await ready()` it may create executors,
 * submit and block. Call it right after `new Worker`. A worker that nobody adopts starts workers by one of its own, which
 * costs it a memory and a thread, and is not reliable where Firefox is driven by WebDriver BiDi.
 *
 * Without cross-origin isolation there is nothing to share: the worker makes a memory of its own, and must not block.
 *
 * ```js
 * // blocking.worker.js
 * import { ready, ThreadPoolExecutor } from 'concurrent-futures';
 * await ready();
 * const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
 * self.postMessage({ answer: executor.submit(() => 6 * 7).resultSync() });
 *
 * // page.js
 * const worker = new Worker(new URL('./blocking.worker.js', import.meta.url), { type: 'module' });
 * const adopted = adopt(worker);
 * const answer = await new Promise(resolve => {
 *   worker.addEventListener('message', ({ data }) => 'answer' in data && resolve(data.answer));
 * });
 * console.log(answer);   // 42
 * await adopted.terminate();
 * ```
 */
export function adopt(worker: Worker): Adopted {
  let adopting: Promise<Adopted | undefined> = Promise.resolve(undefined);
  // Each time it greets, it comes to the memory of that time: one may have died meanwhile.
  onGreeting(worker, line => {
    const message: FromSpawner = { cf: 'adopting' };
    line.postMessage(message);
    adopting = readyWith(loader).then(({ spawner }) => {
      if (spawner === undefined) throw new Error('only a page can adopt a worker');
      return spawner.adopt(worker, line);
    });
    adopting.catch((error: unknown) =>
      console.error('concurrent-futures: a worker was not adopted:', error),
    );
  });
  return {
    terminate: async () => {
      const adopted = await adopting.catch(() => undefined);
      if (adopted === undefined) worker.terminate();
      else await adopted.terminate();
    },
  };
}
