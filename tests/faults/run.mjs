// Every fault in one browser: on threads, on processes, and on processes of a page that is not isolated.
//
//   node tests/faults/run.mjs --browser chromium|firefox [--only text]
//
// `--only` takes part of a cell's name, `<fault> <threads|processes|apart>`. Every cell has a fresh page and a time limit.
// A run of all cells leaves its results in .cache/faults, where `npm run faults` finds them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from '../../scripts/serve.mjs';
import { CACHE, ROOT } from '../../scripts/toolchain.mjs';
import { BROWSERS } from '../engines/browsers.mjs';
import { playInChromium } from './lifecycle.mjs';
import { FAULTS, keyOf, PLACES } from './list.js';

const CELL_LIMIT = 30_000;
/** What a page may do that forbids all that the package can do without. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

/** The back/forward cache does not keep a page that says `no-store`. */
const CACHED = { chromium: { 'Cache-Control': 'no-cache' } };

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    only: { type: 'string', default: '' },
  },
});

/** Rejects when the promise takes too long: what hangs is what these tests look for. */
function within(limit, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer after ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const servers = new Map();
/** The address of the page that a cell needs. */
async function pageFor({ needs }, { isolated }) {
  const key = `${needs} ${isolated}`;
  if (!servers.has(key)) {
    const headers = needs === 'policy' ? { 'Content-Security-Policy': POLICY } : CACHED[needs];
    servers.set(key, await serve({ folder: ROOT, port: 0, isolation: isolated, headers }));
  }
  return `${servers.get(key).address}tests/faults/page.html`;
}

const open = () => BROWSERS[values.browser]();
let browser = await open();
const { version } = browser;
const results = [];

async function problemOf(fault, place) {
  const address = await pageFor(fault, place);
  const shared = place.isolated ? 'shared' : 'apart';
  if (fault.needs === 'chromium') {
    const away = new URL('./away.html', address).href;
    return playInChromium(fault.id, place.kind, shared, address, away);
  }
  await browser.goto(address);
  return browser.call('play', fault.id, place.kind, shared);
}

/** Chromium is the one that can be asked for some. */
const applies = ({ needs }) => needs !== 'chromium' || values.browser === 'chromium';

async function play(fault, place) {
  const start = performance.now();
  let problem;
  try {
    problem = await within(CELL_LIMIT, problemOf(fault, place));
  } catch (error) {
    problem = String(error);
    // Whatever hangs may hold the whole browser.
    await within(CELL_LIMIT, browser.close()).catch(() => undefined);
    browser = await open();
  }
  const took = Math.round(performance.now() - start);
  const key = keyOf(fault, place);
  results.push({ key, outcome: problem ? 'fail' : 'pass', message: problem, took });
  console.log(
    `${problem ? '✗' : '✓'} ${key} (${took} ms)${problem ? `\n    ${problem.replaceAll('\n', '\n    ')}` : ''}`,
  );
}

for (const fault of FAULTS.filter(applies))
  for (const place of PLACES)
    if (keyOf(fault, place).includes(values.only)) await play(fault, place);

await within(CELL_LIMIT, browser.close()).catch(() => undefined);
await Promise.all([...servers.values()].map(({ close }) => close()));

const amount = outcome => results.filter(result => result.outcome === outcome).length;
if (values.only === '') {
  const folder = join(CACHE, 'faults');
  mkdirSync(folder, { recursive: true });
  const report = { browser: values.browser, version, date: new Date().toISOString(), results };
  writeFileSync(join(folder, `${values.browser}.json`), JSON.stringify(report, undefined, 1));
}
console.log(`${amount('pass')} passed, ${amount('fail')} failed`);
process.exit(amount('fail') === 0 ? 0 : 1);
