// A workload on every executor: the curve, its table, and the sentence that is made from them.

import assert from 'node:assert/strict';
import { noViolations } from './axe.mjs';
import { test } from './harness.mjs';
import { choose, pressRun, pressStop, runToEnd, state, visit, write } from './page.mjs';

/** The rows of the table: way, workers, and what stands in the cells. */
const rows = page =>
  page.locator('.compare-table tbody tr').evaluateAll(all =>
    all.map(row => {
      const cells = Array.from(row.querySelectorAll('td'), cell => cell.textContent);
      return {
        way: row.dataset.way,
        workers: Number(cells[0]) || 1,
        speedUp: Number.parseFloat(cells[2]),
        efficiency: Number.parseFloat(cells[3]),
        range: cells[4],
      };
    }),
  );

/** The sentence names the way and the factor that the table has as its best. */
async function agree(page) {
  const all = await rows(page);
  const said = await page.locator('.finding').innerText();
  const [, way, crew, factor] =
    /(threads|processes|coroutines)(?: with|,) (\d+) [^×]*?([\d.]+)× as fast/.exec(said) ?? [];
  const row = all.find(each => each.way === way && each.workers === Number(crew));
  assert.ok(row, said);
  // From 10 on the sentence has whole numbers.
  const rounding = factor < 10 ? 0.051 : 0.551;
  assert.ok(Math.abs(factor - row.speedUp) <= rounding, `${said}: ${row.speedUp} in the table`);
  for (const { way, workers, speedUp, efficiency } of all.filter(each => each.way !== 'sequence'))
    assert.ok(Math.abs(efficiency - (speedUp / workers) * 100) <= 1.5, `${way} ${workers}`);
  for (const { range } of all) assert.match(range, /[\d.]+.*–.*[\d.]+ (ms|s|µs)$/);
  return { all, verdict: await page.locator('.finding').getAttribute('data-verdict') };
}

test(
  'Downloads are compared on every executor, and waiting wins, light and dark',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Which executor, to wait?');
    await pressRun(page);
    await page.locator('.compare progress').waitFor();
    await noViolations(page, 'while it measures');
    await state(page, 'finished', 100_000);
    const { all, verdict } = await agree(page);
    assert.equal(all.length, 13);
    assert.equal(verdict, 'io');
    const eight = all.find(({ way, workers }) => way === 'coroutines' && workers === 8);
    assert.ok(eight.speedUp > 1.2, `${eight.speedUp}`);
    const svg = page.locator('.compare-chart svg');
    assert.match(await svg.locator('title').textContent(), /^Speed-up of download/);
    assert.match(await svg.locator('desc').textContent(), /Coroutines, 1: [\d.]+×, 2: /);
    assert.equal(await svg.locator('.point').count(), 12);
    assert.equal(await svg.locator('.whisker').count(), 12);
    await noViolations(page, 'compared');
    await page.setViewportSize({ width: 390, height: 844 });
    await noViolations(page, 'compared, on a phone');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} px`);
  },
  { limit: 130 },
);

test(
  'Primes are compared on every executor, and coroutines gain nothing',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Which executor, to compute?');
    await runToEnd(page, 110_000);
    const { all, verdict } = await agree(page);
    assert.equal(all.filter(({ way }) => way === 'threads').length, all.length / 3 - 1 / 3);
    // On a machine that is busy with other things there may be no winner; waiting there is never.
    assert.ok(['cpu', 'nothing'].includes(verdict), verdict);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    assert.match(await page.locator('.compare-what').innerText(), new RegExp(`${cores} cores?$`));
    const note = page.locator('.compare .note', { hasText: `reports ${cores} core` });
    assert.equal(await note.count(), cores <= 2 ? 1 : 0);
  },
  { limit: 130 },
);

const NAPS = `import { tasksOf } from 'concurrent-futures';
import { compare } from 'playground';
export const nap = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const tasks = tasksOf(import.meta.url);
`;

test('Tasks that do nothing are too small to be worth it', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { tasksOf } from 'concurrent-futures';
import { compare } from 'playground';
export const first = list => list[0];
const tasks = tasksOf(import.meta.url);
const lists = Array.from({ length: 300 }, () => Array.from({ length: 1000 }, (_, n) => n));
export default () => compare('first', tasks.first, lists, { workers: [2, 1], rounds: 7 });`,
  );
  await runToEnd(page);
  const { all, verdict } = await agree(page);
  assert.equal(verdict, 'small');
  assert.deepEqual(
    all.map(({ workers }) => workers),
    [1, 1, 2, 1, 2, 1, 2],
  );
});

test('Stop ends a comparison, and the page says where it was cut off', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `${NAPS}export default () => compare('nap', tasks.nap, Array(20).fill(100), { rounds: 50 });`,
  );
  await pressRun(page);
  await page.locator('.compare progress').waitFor();
  await pressStop(page);
  await state(page, 'stopped');
  assert.match(await page.locator('.compare-now').innerText(), /^Cut off while it warmed up\.$/);
  assert.equal(await page.locator('.finding').count(), 0);
});

test('What cannot be compared is refused in words', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, `${NAPS}export default () => compare('x', tasks.nap, [1], { workers: [0] });`);
  await pressRun(page);
  await state(page, 'failed');
  assert.match(
    await page.locator('.failure').innerText(),
    /from 1 to 64, such as \[1, 2, 4\], not 0/,
  );
});

test(
  'Without isolation threads are marked with the reason, and the others are compared',
  async ({ page, context, servers }) => {
    await context.addInitScript(() => {
      delete Navigator.prototype.serviceWorker;
    });
    await visit(page, servers.plain);
    await write(
      page,
      `${NAPS}export default () => compare('nap', tasks.nap, Array(6).fill(40), { workers: [1, 2], rounds: 2 });`,
    );
    await runToEnd(page);
    const { all, verdict } = await agree(page);
    assert.ok(all.every(({ way }) => way !== 'threads'));
    assert.equal(verdict, 'io');
    assert.match(
      await page.locator('[data-unavailable=threads]').innerText(),
      /^Threads, not here: .*isolated/,
    );
    assert.match(await page.locator('.finding').innerText(), /Threads cannot run on this page/);
  },
  { only: 'chromium', fresh: true },
);
