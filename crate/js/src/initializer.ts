// How the initializer of a pool ended, on whatever kind of worker.

import { VALUE } from './abi.js';
import { messageOf, WorkerExit } from './errors.js';

/** Why the initializer failed, in words, after it was reported; `undefined` if it did not. */
export function initializerFailure(
  kind: number,
  value: unknown,
  closed: boolean,
): string | undefined {
  // A worker that closes itself is not set up, even if its initializer went on.
  if (kind === VALUE && !closed) return undefined;
  const error = kind === VALUE ? new WorkerExit() : value;
  reportInitializer(error);
  return messageOf(error);
}

/** Python logs this, too. */
export function reportInitializer(error: unknown): void {
  const { name } = globalThis as { name?: string };
  console.error(`concurrent-futures: the initializer of ${name} failed:`, error);
}
