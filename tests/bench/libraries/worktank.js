// worktank in its dynamic form: methods go by their source, once a worker.

import WorkTank from 'worktank';
import * as tasks from '../tasks.js';

export function open(count) {
  const pool = new WorkTank({
    pool: { size: count },
    worker: { autoInstantiate: true, methods: { ...tasks } },
  });
  return {
    call: (name, ...args) => pool.exec(name, args),
    share: (name, shared) => pool.exec(name, [shared]),
    close: () => pool.terminate(),
  };
}
