// Who calls `terminate` on a pool's worker in this very agent asks its spawner. A worker that vanished while it works on the
// memory of its pool would leave that to nobody; and nothing else would tell soon, since Chromium lets a busy worker run
// on for two seconds, and where there are no locks nothing tells at all.

/** From now on a call of the worker's `terminate` calls `ask`, soon after. Gives what ends the thread there and then. */
export function onTerminate(thread: Worker, ask: () => void): () => void {
  // Its own, since somebody may have derived a class from Worker, and even put it in Worker's place.
  const end = thread.terminate.bind(thread);
  thread.terminate = () => queueMicrotask(ask);
  return end;
}
