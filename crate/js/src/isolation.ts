// Cross-origin isolation: only then can memory be shared, so only then are there threads and blocking calls. Without it
// an agent works alone on its memory, and the workers of its process pools get their calls as messages.

import { BlockingNotAllowedError, NotIsolatedError } from './errors.js';

/**
 * Whether this agent is cross-origin isolated, so that memory can be shared.
 *
 * ```js
 * const Pool = isolated() ? ThreadPoolExecutor : ProcessPoolExecutor;
 * console.log(Pool.name);   // ThreadPoolExecutor
 * ```
 */
export function isolated(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
}

/** Throws what a blocking call gets where nobody may block; `why` says so, and what to write instead. */
export function refuseBlocking(why: string): never {
  if (isolated()) throw new BlockingNotAllowedError(why);
  throw new NotIsolatedError('a blocking call', 'a worker of a cross-origin isolated page');
}
