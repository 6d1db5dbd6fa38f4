// Messages of the package on channels that it shares with its user's: the user's listeners never see them.

import type { FromSpawner, ToSpawner } from './abi.js';

/** Calls `handle` with each message that a worker sends to its spawner; gives what takes that back. */
export function onMessage(worker: Worker, handle: (message: ToSpawner) => void): () => void {
  return listen(worker, handle);
}

/** Calls `handle` with each message that the spawner sends to this worker; gives what takes that back. */
export function onSpawnerMessage(handle: (message: FromSpawner) => void): () => void {
  return listen(globalThis, handle);
}

/** Sends a message to whoever made this worker. */
export function tellParent(message: ToSpawner): void {
  globalThis.postMessage(message);
}

function listen<M>(target: EventTarget, handle: (message: M) => void): () => void {
  const hear = (event: Event): void => {
    const { data } = event as MessageEvent<{ readonly cf?: unknown } | null | undefined>;
    if (typeof data !== 'object' || typeof data?.cf !== 'string') return;
    event.stopImmediatePropagation();
    handle(data as M);
  };
  target.addEventListener('message', hear);
  return () => target.removeEventListener('message', hear);
}
