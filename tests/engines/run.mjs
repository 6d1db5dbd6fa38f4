// One suite in one engine: pools used from a page with await, and from workers with blocking calls.
//
//   node tests/engines/run.mjs --browser chromium|firefox|webkit [--no-isolation] [--only words]
//
// --no-isolation serves the pages without the headers, so memory cannot be shared: the cases are those of processes then.
// Every case has a fresh page, and its own time limit.

import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publicExamples } from '../../scripts/lib/documentation.mjs';
import { serve } from '../../scripts/serve.mjs';
import { CACHE, ROOT } from '../../scripts/toolchain.mjs';
import { BROWSERS } from './browsers.mjs';

const CASE_LIMIT = 30_000;

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    only: { type: 'string', default: '' },
    'no-isolation': { type: 'boolean', default: false },
  },
});

/** Rejects when the promise takes too long: a pool that hangs is what these tests look for. */
function within(limit, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer after ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The examples of the documentation, for examples.js. */
function collectExamples() {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'examples.json'), JSON.stringify(publicExamples()));
}

collectExamples();
const isolation = !values['no-isolation'];
const { address, close } = await serve({ folder: ROOT, port: 0, isolation });
// A server that takes every connection, and never says a word.
const silent = createServer(() => {}).listen(0);
await once(silent, 'listening');
const page = `${address}tests/engines/page.html?silent=${silent.address().port}${isolation ? '' : '&apart'}`;
const open = () => BROWSERS[values.browser]({ isolation });
let browser = await open();
let passed = 0;
let failed = 0;

await browser.goto(page);
const names = await browser.call('caseNames');
for (const name of names.filter(text => text.includes(values.only))) {
  const start = performance.now();
  let problem;
  try {
    await browser.goto(page);
    problem = await within(CASE_LIMIT, browser.call('runCase', name));
  } catch (error) {
    problem = String(error);
    // Whatever hangs may hold the whole browser.
    await within(CASE_LIMIT, browser.close()).catch(() => undefined);
    browser = await open();
  }
  const took = `${Math.round(performance.now() - start)} ms`;
  if (problem) failed += 1;
  else passed += 1;
  console.log(
    `${problem ? '✗' : '✓'} ${name} (${took})${problem ? `\n    ${problem.replaceAll('\n', '\n    ')}` : ''}`,
  );
}

await within(CASE_LIMIT, browser.close()).catch(() => undefined);
await close();
silent.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
