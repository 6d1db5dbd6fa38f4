// comlink has no pool: round robin over its proxies.

import { transfer, wrap } from 'comlink';

export function open(count) {
  const workers = Array.from(
    { length: count },
    () => new Worker('/workers/comlink.js', { type: 'module' }),
  );
  const proxies = workers.map(worker => wrap(worker));
  let next = 0;
  const proxy = () => proxies[next++ % count];
  return {
    call: (name, ...args) => proxy()[name](...args),
    move: buffer => proxy().move(transfer(buffer, [buffer])),
    share: (name, shared) => proxy()[name](shared),
    close: () => {
      for (const worker of workers) worker.terminate();
    },
  };
}
