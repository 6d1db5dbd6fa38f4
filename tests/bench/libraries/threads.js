// threads.js: its pool, over a classic script.

import { Pool, spawn, Transfer, Worker } from 'threads';

export function open(count) {
  const pool = Pool(() => spawn(new Worker('/workers/threads.js')), count);
  return {
    call: (name, ...args) => pool.queue(worker => worker[name](...args)),
    move: buffer => pool.queue(worker => worker.move(Transfer(buffer, [buffer]))),
    share: (name, shared) => pool.queue(worker => worker[name](shared)),
    close: () => pool.terminate(true),
  };
}
