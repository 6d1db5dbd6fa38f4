// The subpath `concurrent-futures/worker`: what a worker entry of your own calls.
//
//   // tasks.worker.js
//   import { serve } from 'concurrent-futures/worker';
//   import * as tasks from './tasks.js';
//   serve(tasks);

import { serveTasks } from './entry.js';

export { registerErrorClass } from './codec.js';

/**
 * Makes this worker one of a pool's, with these tasks. Call it once, without awaiting anything before.
 *
 * @param tasks an object or module namespace with functions; or the glue of a wasm-bindgen module with the crate
 * `concurrent-futures` in it
 */
export function serve(tasks: object): void {
  if (tasks === null || typeof tasks !== 'object')
    throw new TypeError(
      `serve needs an object of functions, or a module namespace, not ${String(tasks)}`,
    );
  serveTasks(tasks);
}
