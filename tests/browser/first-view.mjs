// Measures in Chromium how soon a first visitor sees the page, and how soon Run is there to be pressed: nothing is in
// any cache. Each number is the median of the rounds.
//
//   npm run first-view -- --rounds 9
//
// The budget is 1.5 s for all of it on a machine that does nothing else; what the page loads for it is kept small by
// tests/tidy/page.test.mjs.

import { parseArgs } from 'node:util';
import { launch, startServers } from './harness.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const ROUNDS = Number(values.rounds);
if (!(ROUNDS >= 1)) throw new RangeError(`--rounds must be at least 1, not ${values.rounds}`);

const LIMIT = 30 + 20 * ROUNDS;
setTimeout(() => {
  console.error(`Not done after ${LIMIT} s.`);
  process.exit(1);
}, LIMIT * 1000).unref();

/** Runs in the page before anything else does: notes when each thing is there. */
function note() {
  const times = {};
  window.firstView = times;
  const look = () => {
    const run = document.querySelector('.run');
    if (run && !run.disabled) times.run ??= performance.now();
    if (document.querySelector('.cm-content')) {
      times.editor ??= performance.now();
      watch.disconnect();
    }
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { subtree: true, childList: true, attributes: true });
}

async function visited(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(note);
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(
    () =>
      window.firstView.editor !== undefined &&
      performance.getEntriesByName('first-contentful-paint').length > 0,
  );
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    ...window.firstView,
  }));
  await context.close();
  return times;
}

const TITLES = {
  paint: 'first contentful paint',
  run: 'Run can be pressed',
  editor: 'the editor is there',
};

const servers = await startServers();
const rounds = [];
for (let count = 0; count < ROUNDS; count++) {
  const browser = await launch('chromium');
  rounds.push(await visited(browser, servers.isolated));
  await browser.close();
}
for (const [name, title] of Object.entries(TITLES)) {
  const all = rounds.map(round => round[name]).sort((a, b) => a - b);
  const [least, middle, most] = [all[0], all[all.length >> 1], all.at(-1)].map(Math.round);
  console.log(`${title.padEnd(24)} ${String(middle).padStart(5)} ms  (${least}…${most})`);
}
await servers.close();
process.exit(0);
