// Workers that make executors and block: one that the page adopts, whose spawner is the page, and one that it does not,
// whose spawner is a worker of its own below it.

import { adopt } from '../../dist/index.js';

const FORMS = { 'adopted worker': adopt, 'worker of its own': () => undefined };

/** Has a new worker do something, and hears of its end, and of that of all workers it made. */
async function inBlocker(form, doing, options = {}) {
  const before = await heldLocks();
  const worker = new Worker(new URL('./blocker.worker.js', import.meta.url), { type: 'module' });
  FORMS[form](worker);
  try {
    await new Promise((resolve, reject) => {
      worker.onerror = event => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (data?.ok === true) resolve();
        if (data?.ok === false) reject(new Error(data.error));
      };
      worker.postMessage({ doing, options });
    });
    // Each worker of a pool holds a lock for as long as it lives, and so does an adopted worker.
    const left = before + (form === 'adopted worker' ? 1 : 0);
    while ((await heldLocks()) > left);
  } finally {
    worker.terminate();
  }
}

async function heldLocks() {
  return (await navigator.locks.query()).held.length;
}

/** Lets all tasks go that meet under a name, once so many are there. */
function host(name, count) {
  const [up, all] = [new BroadcastChannel(name), new BroadcastChannel(`all ${name}`)];
  let there = 0;
  up.onmessage = () => {
    if (++there === count) all.postMessage('go');
  };
}

export const blockers = {};

for (const form of Object.keys(FORMS)) {
  blockers[`${form}: ten workers, all needed at once, come up while it blocks`] = async () => {
    const names = ['ten threads', 'ten processes'];
    for (const name of names) host(name, 10);
    await inBlocker(form, 'manyAtOnce', { count: 10, names });
  };
  blockers[`${form}: its pools' workers may have an entry of their own`] = () =>
    inBlocker(form, 'entries');
  blockers[`${form}: it ends what never ends, waits for that, and no worker is left`] = () =>
    inBlocker(form, 'endless');
  blockers[`${form}: tasks three levels deep make executors and block`] = () =>
    inBlocker(form, 'levels');
}
blockers['worker of its own: so are the worker that it makes, and the one that that makes'] = () =>
  inBlocker('worker of its own', 'family', { generations: 3 });
blockers[
  'worker of its own: when its memory dies, it gets another, and no worker of the old one is left'
] = () => inBlocker('worker of its own', 'deadMemory');
blockers['worker of its own: when its spawner cannot start, it hears why, and may try again'] =
  () => inBlocker('worker of its own', 'noSpawner');
