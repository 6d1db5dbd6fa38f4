// A worker that somebody else made. With isolation it creates an executor, submits and blocks, all in one turn of its
// event loop: if the workers of its pool could only start when it yields, this would wait for ever. Without, it awaits.

import { isolated, ready } from '../../dist/index.js';
import { awaiting, blocking } from './checks.js';
import { KINDS } from './pools.js';
import { refusals } from './refusals.js';

self.onmessage = async ({ data: { kind, check } }) => {
  try {
    await ready();
    const executor = new KINDS[kind]({ maxWorkers: 2 });
    if (isolated()) {
      await blocking[check](executor);
      executor.shutdownSync();
    } else {
      await { ...awaiting, ...refusals }[check](executor);
      await executor.shutdown();
    }
    self.postMessage({ ok: true });
  } catch (error) {
    self.postMessage({ ok: false, error: `${error?.stack ?? error}` });
  }
};
