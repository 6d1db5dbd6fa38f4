// Abort signals: one listener for each signal, however many calls it may cancel, and none when they are done.

import type { Future } from './future.js';

/** What ends a call that runs already. */
type End = (reason: unknown) => void;

const waiting = new WeakMap<AbortSignal, Map<Future<unknown>, End | undefined>>();

/** Cancels `future` when `signal` aborts, if the call has not started by then; else calls `end`, if there is one. */
export function cancelOnAbort(future: Future<unknown>, signal: AbortSignal, end?: End): void {
  if (future.done()) return;
  let futures = waiting.get(signal);
  if (futures === undefined) {
    futures = new Map();
    waiting.set(signal, futures);
    signal.addEventListener('abort', cancelAll);
  }
  const all = futures;
  all.set(future, end);
  future.watch(() => {
    all.delete(future);
    if (all.size > 0) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', cancelAll);
  });
}

function cancelAll({ target }: Event): void {
  const signal = target as AbortSignal;
  for (const [future, end] of [...(waiting.get(signal) ?? [])])
    if (!future.cancel() && !future.done()) end?.(signal.reason);
}
