// The subpath `concurrent-futures/worker`: what a worker entry of your own calls, and what tasks may call anywhere.
//
//   // tasks.worker.js
//   import { serve } from 'concurrent-futures/worker';
//   import * as tasks from './tasks.js';
//   serve(tasks);

import { serveTasks } from './entry.js';

export {
  type BlockingHook,
  blocking,
  type FetchSyncOptions,
  fetchSync,
  onBlocking,
  type SyncResponse,
  sleepSync,
} from './blocking.js';
export { registerErrorClass } from './codec.js';
export { transfer } from './transfer.js';

/**
 * Makes this worker one of a pool's, with these tasks. Call it once, without awaiting anything before.
 *
 * ```js
 * // tasks.worker.js
 * import { serve } from 'concurrent-futures/worker';
 * import * as tasks from './tasks.js';
 * serve(tasks);
 *
 * // page.js
 * const worker = () => new Worker(new URL('./tasks.worker.js', import.meta.url), { type: 'module' });
 * const pool = new ThreadPoolExecutor({ worker });
 * console.log(await pool.submit(tasksOf().isPrime, 97));   // true
 * await pool.shutdown();
 * ```
 *
 * @param tasks an object of functions, or a module namespace. It may be the glue that wasm-bindgen makes for a module in
 * Rust (`--target web`): its exports are then the tasks, and the worker makes its instance before the first call. The
 * workers of a module that has the crate `concurrent-futures` in it are served that module's own glue
 */
export function serve(tasks: object): void {
  if (tasks === null || typeof tasks !== 'object')
    throw new TypeError(
      `serve needs an object of functions, or a module namespace, not ${String(tasks)}`,
    );
  serveTasks(tasks);
}
