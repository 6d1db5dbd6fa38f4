// The editor: what a person types is kept, can be thrown away, and never traps the keyboard.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { choose, codeOf, pressRun, state, visit, write } from './page.mjs';

const MARK = '// typed by hand';

test('Code that was typed is run, marked as edited, and there again after a reload', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(`${MARK}\n`);
  await page.locator('.code-head em', { hasText: 'edited' }).waitFor();
  await pressRun(page);
  await state(page, 'finished', 40_000);
  await visit(page, servers.isolated);
  assert.ok((await codeOf(page)).startsWith(MARK));
});

test('Another experiment leaves the edited code alone', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, MARK);
  await choose(page, 'Mandelbrot');
  assert.match(await codeOf(page), /Mandelbrot/);
  await choose(page, 'Is it prime?');
  assert.equal(await codeOf(page), MARK);
});

test('Reset asks first, and gives the original back', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  const original = await codeOf(page);
  await write(page, MARK);
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Keep' }).click();
  assert.equal(await codeOf(page), MARK);
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Throw away' }).click();
  assert.equal(await codeOf(page), original);
  await page.getByRole('button', { name: 'Reset' }).waitFor({ state: 'detached' });
});

test(
  'Without the editor’s file a plain text area does',
  async ({ page, context, servers }) => {
    await context.route(/codemirror/, route => route.abort());
    await visit(page, servers.isolated);
    await page.locator('.editor textarea').fill('export default () => console.log("plain");');
    await pressRun(page);
    await state(page, 'finished');
  },
  { expectErrors: /codemirror|Failed to load|ERR_FAILED/i, fresh: true },
);

test('The keyboard alone is enough: through the editor by Tab, run by Ctrl+Enter', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await page.waitForSelector('.cm-content');
  const reached = new Set();
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      if (element.closest('.cm-editor')) return 'editor';
      if (element.closest('.experiments')) return 'experiments';
      if (element.closest('.themes')) return 'theme';
      return element.classList[0] ?? element.closest('[class]')?.className ?? '';
    });
  // More often than there are places to stop at; a trap would keep the focus.
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab');
    reached.add(await focused());
  }
  for (const place of ['theme', 'experiments', 'run', 'stop', 'check', 'editor'])
    assert.ok(reached.has(place), `${place} is reached: ${[...reached]}`);
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate(() => !!document.activeElement.closest('.cm-editor')), false);
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+Enter');
  await state(page, 'finished', 40_000);
});

test('After an edit, Tab indents', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('x');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => !!document.activeElement.closest('.cm-editor')), true);
});

test('The theme is remembered', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await page.waitForSelector('html[data-theme=dark]');
  await visit(page, servers.isolated);
  await page.waitForSelector('html[data-theme=dark]');
});

test('While typing, what may follow is offered with its documentation', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await choose(page, 'Done?');
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nconst pool = new ProcessPoolExecutor();\npool.');
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'killWorkers' }).waitFor();
  // A list takes no keys in its first 75 ms; that the arrow moves shows that it takes Enter, too.
  const chosen = page.locator('.cm-tooltip-autocomplete li[aria-selected=true]');
  let name = await chosen.innerText();
  assert.doesNotMatch(name, /terminateWorkers/);
  while (!name.includes('terminateWorkers')) {
    await page.keyboard.press('ArrowDown');
    name = await chosen.innerText();
  }
  const info = page.locator('.cm-completionInfo', { hasText: 'terminateWorkers(): void' });
  await info.waitFor();
  assert.match(await info.innerText(), /Ends all workers now, running or not/);
  await page.keyboard.press('Enter');
  await page.locator('.cm-line', { hasText: 'pool.terminateWorkers' }).waitFor();
  await page.keyboard.type('; import {} from "');
  await page
    .locator('.cm-tooltip-autocomplete li', { hasText: 'concurrent-futures/sync' })
    .waitFor();
});

test('A name of the API explains itself where the mouse rests', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'Submit and result');
  await page.waitForSelector('.cm-content');
  await page
    .locator('.cm-line span', { hasText: /^withExecutor$/ })
    .first()
    .hover();
  const help = page.locator('.cm-tooltip-hover .api-help');
  await help.waitFor();
  assert.match(await help.innerText(), /Python's with-statement/);
});
