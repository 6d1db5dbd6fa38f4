// Pictures of the page for people to look at: three widths, two themes, before and after runs.
//
//   node tests/browser/screenshots.mjs [--readme]
//
// They are written to .cache/screenshots/; with --readme, only docs/playground.png is.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/toolchain.mjs';
import { launch, startServers } from './harness.mjs';
import { choose, pressRun, runToEnd, state, visit, write } from './page.mjs';

const WIDTHS = { 1440: 900, 768: 1024, 390: 844 };
const THEMES = ['light', 'dark'];

/** The scenes: a name, and how to get there. */
const SCENES = {
  idle: async () => {},
  primes: async page => {
    await choose(page, 'Is it prime?');
    await runToEnd(page);
  },
  mandelbrot: async page => {
    await choose(page, 'Mandelbrot');
    await runToEnd(page);
  },
  failed: async page => {
    await choose(page, 'A task that fails');
    await write(page, `console.warn('careful');\n\nthrow new RangeError('one step too far');\n`);
    await page.getByRole('checkbox', { name: 'Plain editor' }).uncheck();
    await page.waitForSelector('.cm-content');
    await pressRun(page);
    await state(page, 'failed');
  },
  running: async page => {
    await choose(page, 'Flags');
    await pressRun(page);
    await page.locator('.gallery img').nth(3).waitFor();
  },
};

const { values } = parseArgs({
  options: { readme: { type: 'boolean', default: false }, dir: { type: 'string' } },
});
const limit = setTimeout(() => {
  console.error('The pictures were not done after 5 minutes.');
  process.exit(1);
}, 300_000);

const servers = await startServers(values.dir);
const browser = await launch('chromium');

async function take(name, path, { width, height, colorScheme, fullPage, scale = 1 }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  await visit(page, servers.isolated);
  await page.waitForSelector('.cm-content');
  await SCENES[name](page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, fullPage });
  console.log(path.slice(ROOT.length + 1));
  await context.close();
}

if (values.readme) {
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  const path = join(ROOT, 'docs', 'playground.png');
  await take('mandelbrot', path, { width: 1440, height: 940, colorScheme: 'light' });
} else {
  const folder = join(ROOT, '.cache', 'screenshots');
  mkdirSync(folder, { recursive: true });
  for (const [width, height] of Object.entries(WIDTHS))
    for (const colorScheme of THEMES)
      for (const name of Object.keys(SCENES))
        await take(name, join(folder, `${name}-${width}-${colorScheme}.png`), {
          width: Number(width),
          height,
          colorScheme,
          fullPage: true,
        });
}

await browser.close();
await servers.close();
clearTimeout(limit);
