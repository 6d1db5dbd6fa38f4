// Who calls `terminate` in this very agent is noted: the lock of a worker is not released before Chromium has let a busy one
// run on for two seconds, and where there are no locks nothing else tells.

/** Calls `tell` soon after each `terminate` of the worker. */
export function onTerminate(thread: Worker, tell: () => void): void {
  const terminate = () => {
    Worker.prototype.terminate.call(thread);
    queueMicrotask(tell);
  };
  Object.defineProperty(thread, 'terminate', { value: terminate });
}
