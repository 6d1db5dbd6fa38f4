// What axe finds, in every state and both themes, and whether the page fits its window.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/toolchain.mjs';
import { test } from './harness.mjs';
import { choose, pressRun, pressStop, runToEnd, state, visit, write } from './page.mjs';

const axe = readFile(join(ROOT, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

async function noViolations(page, when) {
  await page.evaluate(await axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(node => `    ${node.html}\n    ${node.failureSummary}`).join('\n')}`,
  );
  assert.equal(told.length, 0, `${when}:\n${told.join('\n')}`);
}

for (const colorScheme of ['light', 'dark']) {
  test(
    `No accessibility violation in any state, ${colorScheme}`,
    async ({ page, servers }) => {
      await visit(page, servers.isolated);
      await page.waitForSelector('.cm-content');
      await noViolations(page, 'idle');

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
    { limit: 90, context: { colorScheme } },
  );
}

test('No accessibility violation in the message about isolation', async ({
  page,
  context,
  servers,
}) => {
  await context.addInitScript(() => {
    delete Navigator.prototype.serviceWorker;
  });
  await visit(page, servers.plain);
  await page.waitForSelector('.notice');
  await noViolations(page, 'not isolated');
});

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
