// The switch of the GIL: who gains nothing under the lock, and who does.

import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { test } from './harness.mjs';
import { pressRun, pressStop, runToEnd, seesLine, state, variants, visit, write } from './page.mjs';

const ROUNDS = 3;
const WORKLOAD = `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { sleepSync } from 'concurrent-futures/worker';
import { variant } from 'playground';
export function compute(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; }
export const load = seconds => sleepSync(seconds);
const { compute: c, load: l } = tasksOf(import.meta.url);
export default async function main() {
  await withExecutor(new ThreadPoolExecutor({ maxWorkers: 2 }), async executor => {
    const both = async (task, n) => { for await (const _ of executor.map(task, [n, n])); };
    await both(l, 0.01);
    for (let round = 0; round < ${ROUNDS}; round++) {
      await variant('cpu', () => [6e7, 6e7].map(compute));
      await variant('cpu threads', () => both(c, 6e7));
      await variant('io', () => [0.2, 0.2].map(load));
      await variant('io threads', () => both(l, 0.2));
    }
  });
}`;

/** Threads' time of a kind, in parts of the time in sequence: the median of the rounds. */
function ratio(all, kind) {
  const of = name => all.filter(each => each.name === name).map(({ seconds }) => seconds);
  const ratios = of(`${kind} threads`).map((seconds, i) => seconds / of(kind)[i]);
  return ratios.sort((a, b) => a - b)[ROUNDS >> 1];
}

const turnOn = page => page.getByRole('switch', { name: 'GIL' }).check({ force: true });

test(
  'Under the GIL threads that compute gain nothing and threads that sleep do; without it both do',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await write(page, WORKLOAD);
    await runToEnd(page, 60_000);
    const free = await variants(page);
    assert.equal(await page.locator('.gil-note').count(), 0);
    await turnOn(page);
    await runToEnd(page, 60_000);
    const locked = await variants(page);
    await page.locator('.gil-note', { hasText: 'The GIL was on' }).waitFor();
    const [cpu, io] = ['cpu', 'io'].map(kind => [ratio(free, kind), ratio(locked, kind)]);
    console.log(`      threads/sequence without and with: CPU ${cpu}, I/O ${io}`);
    assert.ok(cpu[1] > 0.85, `CPU-bound threads took ${cpu[1]} of the time in sequence`);
    assert.ok(io[0] < 0.85 && io[1] < 0.85, `I/O-bound threads took ${io} of it`);
    if (cpus().length < 2) console.log('      one core: without the lock nothing can be gained');
    else assert.ok(cpu[0] < 0.9 * cpu[1], `${cpu[0]} without the lock, ${cpu[1]} with it`);
  },
  { limit: 130 },
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
});
