// poolifier-web-worker, a fixed pool without tasks queue, which is its default.

import { FixedThreadPool } from 'poolifier-web-worker';

export function open(count) {
  const pool = new FixedThreadPool(count, new URL('/workers/poolifier.js', location.href), {
    workerOptions: { type: 'module' },
  });
  return {
    call: (name, ...args) => pool.execute(args, name),
    share: (name, shared) => pool.execute([shared], name),
    close: () => pool.destroy(),
  };
}
