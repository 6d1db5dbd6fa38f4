// `self.close()` in a pool's worker.

import { WorkerExit } from './errors.js';

/** From now on `self.close()` does not end the thread in the middle of something: it ends the task, then the worker. */
export function shadowClose(): { wanted: boolean } {
  const exit = { wanted: false };
  Object.defineProperty(globalThis, 'close', {
    value: () => {
      exit.wanted = true;
      throw new WorkerExit();
    },
  });
  return exit;
}
