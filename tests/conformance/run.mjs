// The conformance suite in one engine: every row that applies, on every executor, in every world.
//
//   node tests/conformance/run.mjs --browser chromium|firefox|webkit [--only text] [--repeat times] [--verbose]
//
// `--only` takes part of a cell's name, `<row> <executor> <world>`, or a name that is it: `--only "27 "`. Many cells share
// a page; after one that fails, or hangs, there is a fresh page, and after one that does not answer, a fresh browser. A
// run of all cells leaves its results in .cache/conformance, where `npm run conformance` finds them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from '../../scripts/serve.mjs';
import { CACHE, ROOT } from '../../scripts/toolchain.mjs';
import { BROWSERS } from '../engines/browsers.mjs';
import { CELLS, keyOf } from './rows/index.js';
import { WORLDS } from './where.js';

/** How many cells of each world are run in one go. */
const BATCH = 12;
/** How long a batch may take, in milliseconds: a page that does not answer is what some rows look for. */
const BATCH_LIMIT = 55_000;

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    only: { type: 'string', default: '' },
    repeat: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

/** Rejects when the promise takes too long. */
function within(limit, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer after ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const isolated = await serve({ folder: ROOT, port: 0 });
const plain = await serve({ folder: ROOT, port: 0, isolation: false });
const open = () => BROWSERS[values.browser]();
let browser = await open();
const { version } = browser;
const results = [];

function note(result) {
  results.push(result);
  const { key, outcome, message, took } = result;
  if (outcome === 'fail')
    console.log(`✗ ${key} (${took} ms)\n    ${message.replaceAll('\n', '\n    ')}`);
  else if (values.verbose)
    console.log(
      `${outcome === 'pass' ? '✓' : '–'} ${key} (${took} ms)${message ? ` ${message}` : ''}`,
    );
}

/** Runs some cells by lists; gives those that had no turn. */
async function runBatch(address, lists) {
  const answer = browser.call('runCells', JSON.stringify(lists));
  const done = JSON.parse(await within(BATCH_LIMIT, answer));
  for (const result of done) note(result);
  const keys = new Set(done.map(({ key }) => key));
  if (done.some(({ outcome }) => outcome === 'fail')) await browser.goto(address);
  return Object.values(lists)
    .flat()
    .filter(key => !keys.has(key));
}

const listsOf = keys =>
  Object.fromEntries(WORLDS.map(world => [world, keys.filter(key => key.endsWith(` ${world}`))]));

/** Runs cells of one address, batch by batch. */
async function runAll(address, cells) {
  if (cells.length === 0) return;
  await browser.goto(address);
  const rest = listsOf(cells.map(keyOf));
  for (;;) {
    const lists = Object.fromEntries(
      WORLDS.map(world => [world, rest[world].splice(0, BATCH)]).filter(([, keys]) => keys.length),
    );
    if (Object.keys(lists).length === 0) return;
    try {
      const missed = listsOf(await runBatch(address, lists));
      for (const world of WORLDS) rest[world].unshift(...missed[world]);
    } catch (error) {
      await renew(address);
      const keys = Object.values(lists).flat();
      if (keys.length === 1)
        note({ key: keys[0], outcome: 'fail', message: String(error), took: BATCH_LIMIT });
      // One of these holds the whole page: each has a page to itself now.
      else for (const key of keys) await runAlone(address, key);
    }
  }
}

async function runAlone(address, key) {
  await browser.goto(address);
  await runBatch(address, listsOf([key])).catch(async error => {
    note({ key, outcome: 'fail', message: String(error), took: BATCH_LIMIT });
    await renew(address);
  });
}

/** Whatever hangs may hold the whole browser. */
async function renew(address) {
  await within(BATCH_LIMIT, browser.close()).catch(() => undefined);
  browser = await open();
  await browser.goto(address);
}

const start = performance.now();
const chosen = CELLS.filter(
  cell => cell.reason === undefined && `${keyOf(cell)}`.includes(values.only),
);
const page = 'tests/conformance/page.html';
for (let round = 0; round < Number(values.repeat); round++) {
  await runAll(
    `${isolated.address}${page}`,
    chosen.filter(({ world }) => world !== 'plain'),
  );
  await runAll(
    `${plain.address}${page}`,
    chosen.filter(({ world }) => world === 'plain'),
  );
}
await within(BATCH_LIMIT, browser.close()).catch(() => undefined);
await Promise.all([isolated.close(), plain.close()]);

const amount = outcome => results.filter(result => result.outcome === outcome).length;
if (values.only === '' && values.repeat === '1') {
  const folder = join(CACHE, 'conformance');
  mkdirSync(folder, { recursive: true });
  const report = { browser: values.browser, version, date: new Date().toISOString(), results };
  writeFileSync(join(folder, `${values.browser}.json`), JSON.stringify(report, undefined, 1));
}
console.log(
  `${chosen.length} cells, ${amount('none')} of them not applicable in this browser, in ${Math.round((performance.now() - start) / 1000)} s`,
);
console.log(`${amount('pass')} passed, ${amount('fail')} failed`);
process.exit(amount('fail') === 0 ? 0 : 1);
