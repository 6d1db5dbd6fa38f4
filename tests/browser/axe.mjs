// What axe finds on the page as it stands, in both themes.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/toolchain.mjs';

const axe = readFile(join(ROOT, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** The list of completions scrolls, and its keys are those of the editor, which axe cannot know. */
const KEYS_ELSEWHERE = '.cm-tooltip-autocomplete > ul';

/** In the page: what axe finds in that theme, with the colours that it comes to. */
async function look([theme, elsewhere]) {
  document.documentElement.dataset.theme = theme;
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
  const { violations } = await globalThis.axe.run({ exclude: [[elsewhere]] });
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(node => `    ${node.html}\n    ${node.failureSummary}`).join('\n')}`,
  );
}

/** Fails where axe finds anything, in the light theme or in the dark one. Leaves the page with the theme that it had. */
export async function noViolations(page, when) {
  await page.evaluate(await axe);
  const before = await page.evaluate(() => document.documentElement.dataset.theme);
  for (const theme of ['light', 'dark']) {
    const told = await page.evaluate(look, [theme, KEYS_ELSEWHERE]);
    assert.equal(told.length, 0, `${when}, ${theme}:\n${told.join('\n')}`);
  }
  await page.evaluate(theme => {
    if (theme === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, before);
}
