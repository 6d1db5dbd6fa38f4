// Abort signals: one listener for each signal, however many calls it may cancel, and none when they are done.

import type { Future } from './future.js';

const waiting = new WeakMap<AbortSignal, Set<Future<unknown>>>();

/** Cancels `future` when `signal` aborts, if the call has not started by then. */
export function cancelOnAbort(future: Future<unknown>, signal: AbortSignal): void {
  if (future.done()) return;
  let futures = waiting.get(signal);
  if (futures === undefined) {
    futures = new Set();
    waiting.set(signal, futures);
    signal.addEventListener('abort', cancelAll);
  }
  const all = futures;
  all.add(future);
  future.watch(() => {
    all.delete(future);
    if (all.size > 0) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', cancelAll);
  });
}

function cancelAll({ target }: Event): void {
  for (const future of [...(waiting.get(target as AbortSignal) ?? [])]) future.cancel();
}
