// What goes wrong with a call of a pool, besides what the executors know.

import { EncodeError } from '../codec.js';

/**
 * What a task returned cannot be sent. Its worker goes on.
 *
 * ```js
 * await withPool(new Pool({ processes: 1, worker }), async pool => {
 *   try {
 *     await pool.apply(() => ({ list: [1, () => 2] }));
 *   } catch (error) {
 *     console.log(error instanceof MaybeEncodingError, error.value);   // true the result.list[1]
 *   }
 * });
 * ```
 */
export class MaybeEncodingError extends Error {
  override name = 'MaybeEncodingError';
  /** Why it cannot be sent. */
  readonly exc: string;
  /** Where the value is that cannot be sent: `the result.list[1]`. */
  readonly value: string;

  constructor(exc: string, value: string) {
    super(`Error sending result: '${value}'. Reason: '${exc}'`);
    this.exc = exc;
    this.value = value;
  }
}

/** The error that a pool shows for what a call failed with. */
export function errorOfPool(error: unknown): unknown {
  const unsent = error instanceof EncodeError && error.path.startsWith('the result');
  return unsent ? new MaybeEncodingError(error.message, error.path) : error;
}
