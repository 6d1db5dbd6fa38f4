// A worker that somebody else made: it creates an executor, submits and blocks, all in one turn of its event loop. If
// the workers of its pool could only start when it yields, this would wait for ever.

import { ready } from '../../dist/index.js';
import { blocking, KINDS } from './checks.js';

self.onmessage = async ({ data: { kind, check } }) => {
  try {
    await ready();
    const executor = new KINDS[kind]({ maxWorkers: 2 });
    blocking[check](executor);
    executor.shutdownSync();
    self.postMessage({ ok: true });
  } catch (error) {
    self.postMessage({ ok: false, error: `${error?.stack ?? error}` });
  }
};
