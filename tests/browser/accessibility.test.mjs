// What axe finds, in every state and both themes, and whether the page fits its window.

import assert from 'node:assert/strict';
import { noViolations } from './axe.mjs';
import { test } from './harness.mjs';
import { choose, pressRun, pressStop, runToEnd, state, visit, write } from './page.mjs';

test(
  'No accessibility violation before a run, light and dark',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await page.waitForSelector('.cm-content');
    await noViolations(page, 'idle');

    await page.getByRole('button', { name: /^Experiments/ }).click();
    await noViolations(page, 'the list of experiments');
    await page.getByRole('combobox').fill('no such thing');
    await noViolations(page, 'the list without a hit');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('textbox', { name: 'Link' }).waitFor();
    await noViolations(page, 'sharing');
    await page.keyboard.press('Escape');

    await choose(page, 'Flags');
    await page.locator('.network summary').click();
    await noViolations(page, 'the sliders of the network');

    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('futures.');
    await page.waitForSelector('.cm-completionInfo');
    await noViolations(page, 'completion');
    await page.keyboard.press('Escape');
  },
  { limit: 90 },
);

test(
  'No accessibility violation in any state of a run, light and dark',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'A task that fails');
    await runToEnd(page);
    await noViolations(page, 'finished');

    await choose(page, 'Mandelbrot');
    await runToEnd(page);
    await noViolations(page, 'finished, with canvases');

    await write(
      page,
      `import { variant } from 'playground';
         console.log('a'); console.warn('b'); console.error('c'); console.debug('d');
         await variant('x', () => new Promise(() => {}));`,
    );
    await pressRun(page);
    await page.waitForSelector('.times tr[data-end=running]');
    await noViolations(page, 'running');
    await pressStop(page);
    await state(page, 'stopped');
    await noViolations(page, 'stopped');

    await write(page, `throw new Error('oh');`);
    await pressRun(page);
    await state(page, 'failed');
    await noViolations(page, 'failed');
    await page.getByRole('button', { name: 'Reset' }).click();
    await noViolations(page, 'asking before a reset');
  },
  { limit: 90 },
);

test('No accessibility violation with the GIL on, and after a run under it, light and dark', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await page.getByRole('switch', { name: 'GIL' }).press('Space');
  await page.locator('[role=switch][aria-checked=true]').waitFor();
  await noViolations(page, 'with the GIL');
  await runToEnd(page);
  await page.locator('.gil-note').waitFor();
  await noViolations(page, 'finished under the GIL');
});

test('No accessibility violation in a frame, and in the messages about links', async ({
  page,
  servers,
}) => {
  await visit(page, `${servers.isolated}#v1.broken`);
  await page.waitForSelector('[data-link=damaged]');
  await noViolations(page, 'a damaged link');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.goto(link.replace('#', '?embed#'));
  await page.waitForSelector('[data-link=shared]');
  await page.waitForSelector('.cm-content');
  await noViolations(page, 'embedded, by a link');
});

test(
  'No accessibility violation in the timeline and the table of futures, light and dark',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'A task that fails');
    await runToEnd(page);
    await page.getByRole('button', { name: 'Replay' }).waitFor();
    await page.getByRole('listbox', { name: 'Futures on the lanes' }).focus();
    await page.keyboard.press('.');
    await page.getByRole('tab', { name: /Futures/ }).click();
    await noViolations(page, 'with a future chosen');
    await page.getByRole('slider', { name: 'Moment of the run' }).focus();
    await page.keyboard.press('Home');
    await noViolations(page, 'at the beginning of the replay');
    await page.getByRole('searchbox', { name: 'Filter the futures' }).fill('nothing is like this');
    await noViolations(page, 'with an empty table');
    await page.getByRole('button', { name: 'Keys and gestures' }).click();
    await noViolations(page, 'with the help');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Wide' }).click();
    await page.getByRole('heading', { name: 'Futures', exact: true }).waitFor();
    await noViolations(page, 'over the whole width');
  },
  { limit: 90 },
);

test(
  'No accessibility violation in the message about isolation',
  async ({ page, context, servers }) => {
    await context.addInitScript(() => {
      delete Navigator.prototype.serviceWorker;
    });
    await visit(page, servers.plain);
    await page.waitForSelector('.notice');
    await noViolations(page, 'not isolated');
  },
  { fresh: true },
);

for (const width of [1440, 768, 390]) {
  test(
    `The page fits a window ${width} pixels wide, before and after a run`,
    async ({ page, servers }) => {
      const overflow = () =>
        page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return scrollWidth - clientWidth;
        });
      await visit(page, servers.isolated);
      assert.equal(await overflow(), 0, 'before a run');
      await choose(page, 'A task that fails');
      await runToEnd(page);
      assert.equal(await overflow(), 0, 'after a run');
    },
    { context: { viewport: { width, height: 860 } } },
  );
}
