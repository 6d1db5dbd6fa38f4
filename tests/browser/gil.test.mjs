// The switch of the GIL: who gains nothing under the lock, and who does.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import {
  choose,
  lines,
  pressRun,
  pressStop,
  runToEnd,
  seesLine,
  state,
  variants,
  visit,
  write,
} from './page.mjs';

/**
 * Counts how often a thread saw another at work while it was so itself: in the middle of a sort, of which no part is a
 * place where the lock is handed over, and of a sleep. Times would say what else the machine does.
 */
const WORKLOAD = `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { SharedArray } from 'concurrent-futures/sync';
import { sleepSync } from 'concurrent-futures/worker';
function meet(shared, me, times, work) {
  const flags = shared.array;
  let met = 0;
  for (let n = 0; n < times; n++) {
    Atomics.store(flags, me, 1);
    work();
    met += Atomics.load(flags, 1 - me);
    Atomics.store(flags, me, 0);
  }
  return met;
}
const numbers = Array.from({ length: 40_000 }, (_, n) => (n * 7919) % 40_009);
export const compute = (shared, me) => meet(shared, me, 40, Array.prototype.toSorted.bind(numbers));
export const sleep = (shared, me) => meet(shared, me, 10, sleepSync.bind(null, 0.05));
const tasks = tasksOf(import.meta.url);
export default async function main() {
  await withExecutor(new ThreadPoolExecutor({ maxWorkers: 2 }), async executor => {
    const flags = new SharedArray(Int32Array, 2);
    for (const task of [tasks.compute, tasks.sleep]) {
      const both = [0, 1].map(me => executor.submit(task, flags, me));
      console.log(await both[0] + await both[1]);
    }
  });
}`;

/** How often threads met that compute, and threads that sleep. */
async function meetings(page) {
  await runToEnd(page, 60_000);
  const [compute, sleep] = (await lines(page)).map(Number);
  return { compute, sleep };
}

const turnOn = page => page.getByRole('switch', { name: 'GIL' }).check({ force: true });

test(
  'Under the GIL threads compute in turns and sleep side by side; without it both are side by side',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await write(page, WORKLOAD);
    const free = await meetings(page);
    assert.equal(await page.locator('.gil-note').count(), 0);
    await turnOn(page);
    const locked = await meetings(page);
    await page.locator('.gil-note', { hasText: 'The GIL was on' }).waitFor();
    assert.equal(locked.compute, 0);
    const others = [free.compute, free.sleep, locked.sleep];
    assert.ok(
      others.every(met => met > 0),
      `${others} meetings: computing and sleeping without the lock, sleeping with it`,
    );
  },
  { limit: 130 },
);

test(
  'The experiment “The GIL” says which times came under the lock',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'The GIL');
    // By keyboard alone.
    await page.getByRole('switch', { name: 'GIL' }).press('Space');
    await page.locator('[role=switch][aria-checked=true]').waitFor();
    await runToEnd(page, 80_000);
    assert.deepEqual(
      (await variants(page)).map(({ name, end }) => [name, end]),
      ['CPU, in sequence', 'CPU, threads', 'I/O, in sequence', 'I/O, threads'].map(name => [
        name,
        'done',
      ]),
    );
    const note = await page.locator('.gil-note').innerText();
    assert.match(note, /The lock is ours, the times are real/);
    await page.getByRole('switch', { name: 'GIL' }).press('Space');
    assert.equal(await page.getByRole('switch', { name: 'GIL' }).isChecked(), false);
  },
  { limit: 100, fresh: true },
);

test('Stop ends threads that fight for the GIL', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export function spin(n) { console.log('spinning', n); for (;;); }
     export default async function main() {
       const executor = new ThreadPoolExecutor({ maxWorkers: 3 });
       await Promise.all([1, 2, 3].map(n => executor.submit(tasksOf(import.meta.url).spin, n).result()));
     }`,
  );
  await turnOn(page);
  await pressRun(page);
  for (const n of [1, 2, 3]) await seesLine(page, `spinning ${n}`);
  await pressStop(page);
  await state(page, 'stopped');
  // The lock went with them.
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export function twice(n) { return n * 2; }
     export default async function main() {
       const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
       console.log('again:', await executor.submit(tasksOf(import.meta.url).twice, 21));
     }`,
  );
  await runToEnd(page);
  await seesLine(page, 'again: 42');
});

test(
  'A thread that dies with the GIL leaves nobody waiting for it',
  async ({ page, servers }) => {
    // The page starts all threads, so it can end one of them, as a browser does that runs out of memory.
    await page.addInitScript(() => {
      window.threads = [];
      window.Worker = class extends Worker {
        constructor(...how) {
          super(...how);
          window.threads.push({ name: how[1]?.name, worker: this });
        }
      };
    });
    await visit(page, servers.isolated);
    await write(
      page,
      `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export function spin() { console.log('spinning'); for (;;); }
     export function count(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum; }
     const { spin: s, count: c } = tasksOf(import.meta.url);
     export default async function main() {
       const [one, other] = [1, 2].map(() => new ThreadPoolExecutor({ maxWorkers: 1 }));
       const lost = one.submit(s);
       console.log('lost:', (await lost.exception()).name);
       console.log('counted:', await other.submit(c, 1000));
     }`,
    );
    await turnOn(page);
    await pressRun(page);
    await seesLine(page, 'spinning');
    // It spins alone, so it has the lock.
    const ended = await page.evaluate(() => {
      const doomed = window.threads.filter(({ name }) => name !== 'main');
      for (const { worker } of doomed) worker.terminate();
      return doomed.length;
    });
    assert.equal(ended, 1);
    await seesLine(page, 'lost: BrokenThreadPool');
    await seesLine(page, 'counted: 499500');
    await state(page, 'finished');
  },
  { fresh: true },
);
