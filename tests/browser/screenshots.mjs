// Pictures of the page for people to look at: three widths, two themes, before and after runs.
//
//   npm run screenshots -- [--readme] [--only idle]
//
// of the page as it was last built.
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
  picker: async page => {
    await page.getByRole('button', { name: /^Experiments/ }).click();
    await page.getByRole('combobox').fill('');
  },
  network: async page => {
    await choose(page, 'Flags, with errors');
    await page.locator('.network summary').click();
    await runToEnd(page);
  },
  share: async page => {
    await choose(page, 'as_completed');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('textbox', { name: 'Link' }).waitFor();
  },
  help: async page => {
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nconst future = new Future();\nfuture.re');
    await page.waitForSelector('.cm-tooltip-autocomplete');
    await page.waitForSelector('.cm-completionInfo');
  },
  chart: async page => {
    await choose(page, 'chunksize');
    await runToEnd(page);
  },
  primes: async page => {
    await choose(page, 'Is it prime?');
    await runToEnd(page);
  },
  mandelbrot: async page => {
    await choose(page, 'Mandelbrot');
    await runToEnd(page);
  },
  timeline: async page => {
    await choose(page, 'Mandelbrot');
    await runToEnd(page);
    await page.getByRole('button', { name: 'Replay' }).waitFor();
    await page.getByRole('tab', { name: /Futures/ }).click();
    await page.locator('.futures tbody tr').nth(4).click();
    const wide = page.getByRole('button', { name: 'Wide' });
    if (await wide.isVisible()) await wide.click();
  },
  compare: async page => {
    await choose(page, 'Which executor, to wait?');
    await runToEnd(page, 100_000);
  },
  gil: async page => {
    await choose(page, 'The GIL');
    await page.getByRole('switch', { name: 'GIL' }).press('Space');
    await runToEnd(page, 60_000);
  },
  embed: async (page, { isolated }) => {
    await page.goto(`${isolated}?embed`);
    await page.waitForSelector('.cm-content');
    await runToEnd(page);
  },
  notice: async (page, { plain }) => {
    await page.addInitScript(() => {
      delete Navigator.prototype.serviceWorker;
    });
    await visit(page, plain);
    await page.waitForSelector('.notice');
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
  options: {
    readme: { type: 'boolean', default: false },
    dir: { type: 'string' },
    only: { type: 'string' },
  },
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
  await SCENES[name](page, servers);
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
      for (const name of Object.keys(SCENES).filter(each => !values.only || each === values.only))
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
