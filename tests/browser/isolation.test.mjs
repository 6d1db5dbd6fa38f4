// Hosts that cannot send headers, and browsers that cannot be helped.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import {
  choose,
  noWorkersLeft,
  pressRun,
  pressStop,
  runToEnd,
  seesLine,
  state,
  variants,
  visit,
  write,
} from './page.mjs';

const withoutServiceWorkers = context =>
  context.addInitScript(() => {
    delete Navigator.prototype.serviceWorker;
  });

test(
  'On a plain server under a sub-path, the service worker gives isolation after one reload',
  async ({ page, servers }) => {
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(servers.plain);
    await page.waitForSelector('[data-isolation=isolated]');
    assert.ok(loads <= 2, `${loads} loads`);
    await choose(page, 'A task that fails');
    await runToEnd(page);
    assert.ok((await variants(page)).every(({ end }) => end === 'done'));
  },
  { fresh: true },
);

test(
  'Without isolation the page says what is missing, why, and what still works',
  async ({ page, context, servers }) => {
    await withoutServiceWorkers(context);
    await visit(page, servers.plain);
    const notice = page.locator('.notice');
    const text = await notice.innerText();
    assert.match(text, /Cross-Origin-Opener-Policy: same-origin/);
    assert.match(text, /Cross-Origin-Embedder-Policy: require-corp/);
    assert.match(text, /service worker/);
    assert.match(text, /What still works/);
  },
  { fresh: true },
);

/** Without isolation the driver makes its workers itself; under playwright-core Firefox now and then loses such ones. */
const OWN_WORKERS = { only: 'chromium', fresh: true };

test(
  'Without isolation the experiments run in sequence and on processes, and mark the rest',
  async ({ page, context, servers }) => {
    await withoutServiceWorkers(context);
    await visit(page, servers.plain);
    for (const title of ['Is it prime?', 'Mandelbrot']) {
      await choose(page, title);
      await runToEnd(page);
      for (const { name, end } of await variants(page)) {
        const shared = /Threads|rayon/.test(name);
        assert.equal(end, shared ? 'unavailable' : 'done', `${title}, ${name}`);
      }
      assert.match(await page.locator('.times .note').innerText(), /Not here:/);
    }
  },
  OWN_WORKERS,
);

test(
  'Without isolation Stop ends what processes are at',
  async ({ page, context, servers }) => {
    await withoutServiceWorkers(context);
    await visit(page, servers.plain);
    await write(
      page,
      `import { ProcessPoolExecutor, tasksOf } from 'concurrent-futures';
       export const spin = () => { console.log('at it'); for (;;); };
       export default async () => {
         await new ProcessPoolExecutor({ maxWorkers: 1 }).submit(tasksOf(import.meta.url).spin);
       };`,
    );
    await pressRun(page);
    await seesLine(page, 'at it');
    await pressStop(page);
    await state(page, 'stopped');
    await noWorkersLeft(page);
  },
  OWN_WORKERS,
);

test(
  'Without a service worker the flags experiment says so instead of hanging',
  async ({ page, context, servers }) => {
    await withoutServiceWorkers(context);
    await visit(page, servers.isolated);
    await choose(page, 'Flags');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.waitForSelector('.status[data-state=failed]');
    assert.match(await page.locator('.failure').innerText(), /service worker/);
  },
  { fresh: true },
);

test(
  'A server that sends the headers is left alone: nothing is reloaded',
  async ({ page, servers }) => {
    let loads = 0;
    page.on('load', () => loads++);
    await visit(page, servers.isolated);
    await page.evaluate(() => navigator.serviceWorker.ready);
    assert.equal(loads, 1);
    assert.equal(await page.locator('.notice').count(), 0);
  },
  { fresh: true },
);
