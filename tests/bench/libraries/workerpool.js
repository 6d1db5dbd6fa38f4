// workerpool, with a script of its own for the worker.

import workerpool from 'workerpool';

export function open(count) {
  const pool = workerpool.pool('/workers/workerpool.js', {
    minWorkers: count,
    maxWorkers: count,
    workerOpts: { type: 'module' },
  });
  return {
    call: (name, ...args) => pool.exec(name, args),
    move: buffer => pool.exec('move', [buffer], { transfer: [buffer] }),
    share: (name, shared) => pool.exec(name, [shared]),
    close: () => pool.terminate(true),
  };
}
