// Runs the page's end-to-end tests: a browser, the servers, and for each test a visitor with a hard time limit.
//
// In Chromium, where a new window costs most of a visit, the visitor has been here before: the next test has the same tab,
// with nothing stored but the browser's caches. A test that is about a first visit, or that changes the browser, has a
// fresh visitor. After a test that failed the next one has a fresh one, too. In Firefox all are fresh.
//
// A test fails on its own assertions, when it takes too long, and when the page wrote an error to its console that the
// test did not expect. Nothing here sleeps: tests wait for what they are about to look at.

import { join } from 'node:path';
import { chromium, firefox } from 'playwright-core';
import { serve } from '../../scripts/serve.mjs';
import { ROOT } from '../../scripts/toolchain.mjs';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const LAUNCH = {
  chromium: () =>
    chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: CHROMIUM_FLAGS,
    }),
  firefox: ({ calm }) =>
    firefox.launch({
      channel: 'moz-firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      firefoxUserPrefs: {
        // A slow display: without a graphics card, painting is most of what Firefox computes here.
        'layout.frame_rate': 30,
        // Over WebDriver BiDi a visitor cannot be made to prefer less motion, but a whole browser can.
        ...(calm && { 'ui.prefersReducedMotion': 1 }),
      },
    }),
};

export const BROWSERS = Object.keys(LAUNCH);
export const launch = (browser, wishes = {}) => LAUNCH[browser](wishes);

/**
 * The servers: `isolated` sends the isolation headers, `plain` does not and has the page under a sub-path, as a static
 * host would.
 */
export async function startServers(folder = join(ROOT, 'www', 'dist')) {
  const isolated = await serve({ folder, port: 0 });
  const plain = await serve({ folder: join(folder, '..'), port: 0, isolation: false });
  return {
    isolated: isolated.address,
    plain: `${plain.address}${folder.split('/').at(-1)}/`,
    close: () => Promise.all([isolated.close(), plain.close()]),
  };
}

const tests = [];

/**
 * Adds a test. `run` gets `{ page, context, servers, browser }`.
 *
 * @param {string} name what a person does or sees
 * @param {(fixture: any) => Promise<void>} run
 * @param {{ limit?: number, expectErrors?: RegExp, only?: string, fresh?: boolean, context?: object, calm?: boolean }} [options]
 *   `limit` in seconds; `only`: the one browser in which it makes sense; `fresh`: a visitor who has never been here;
 *   `context`: of such a one; `calm`: such a one who asked for less motion
 */
export function test(name, run, options = {}) {
  tests.push({ name, run, ...options });
}

const DEFAULT_LIMIT = 45;

function within(seconds, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not done after ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function watchErrors(page, errors) {
  page.on('console', message => {
    // Chromium looks for an icon of the picture at which a visitor's storage is emptied.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      errors.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => errors.push(`uncaught: ${error.message}`));
}

const VIEWPORT = { width: 1280, height: 860 };

/** A visitor who has never been here, with a page, and the errors that its pages will have reported. */
async function enter(one, name, browser) {
  const context = await within(
    20,
    browser.newContext({
      viewport: VIEWPORT,
      ...(one.calm && name === 'chromium' ? { reducedMotion: 'reduce' } : {}),
      ...one.context,
    }),
  );
  context.setDefaultTimeout(20_000);
  const errors = [];
  context.on('page', page => watchErrors(page, errors));
  return { context, errors, page: await within(20, context.newPage()) };
}

/** What such changes would do to the tests after this one, nobody would look for here. */
function refuseChanges({ context, page }) {
  for (const each of [context, page])
    for (const change of ['addInitScript', 'route', 'exposeFunction'])
      each[change] = () => {
        throw new Error(`${change}() is for good: give this test the option \`fresh: true\``);
      };
}

const leave = visitor => within(20, visitor.context.close()).catch(() => {});

/** Takes from the visitor what the page has stored. */
async function forget({ page, errors }, { isolated }) {
  await page.goto(`${isolated}favicon.svg`);
  await page.setViewportSize(VIEWPORT);
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  errors.length = 0;
}

/** The visitors of one browser. */
class Visitors {
  #known;

  constructor(browserFor, name, servers) {
    Object.assign(this, { browserFor, name, servers });
  }

  async welcome(one) {
    const visitor = await this.#visitor(one);
    // A window behind another one draws nothing.
    await within(20, visitor.page.bringToFront());
    return visitor;
  }

  async #visitor(one) {
    if (this.name !== 'chromium' || one.fresh || one.calm || one.context) return this.#enter(one);
    if (this.#known) {
      const forgotten = await within(20, forget(this.#known, this.servers)).then(
        () => true,
        () => false,
      );
      if (forgotten) return this.#known;
      await this.leave();
    }
    this.#known = await this.#enter(one);
    refuseChanges(this.#known);
    return this.#known;
  }

  async farewell(visitor, failed) {
    if (visitor !== this.#known) await leave(visitor);
    else if (failed) await this.leave();
  }

  async leave() {
    const known = this.#known;
    this.#known = undefined;
    if (known) await leave(known);
  }

  // A browser that went down between two tests is started again; what goes down in a test fails it.
  async #enter(one) {
    const { name } = this;
    return enter(one, name, await this.browserFor(one)).catch(async () =>
      enter(one, name, await this.browserFor(one, true)),
    );
  }
}

async function runOne(one, visitors) {
  const visitor = await visitors.welcome(one);
  const { context, errors, page } = visitor;
  const { name, servers } = visitors;
  let failed = true;
  try {
    await within(one.limit ?? DEFAULT_LIMIT, one.run({ page, context, servers, browser: name }));
    const unexpected = errors.filter(error => !one.expectErrors?.test(error));
    if (unexpected.length > 0) throw new Error(`the page reported:\n${unexpected.join('\n')}`);
    failed = false;
  } finally {
    await visitors.farewell(visitor, failed);
  }
}

/** Runs the tests whose names contain `only`, one after another. Resolves with the counts. */
export async function runTests({ browserName, servers, only = '' }) {
  const browsers = new Map();
  const browserFor = async ({ calm = false }, anew = false) => {
    const asked = calm && browserName === 'firefox';
    const known = browsers.get(asked);
    if (known?.isConnected() && !anew) return known;
    await within(20, Promise.resolve(known?.close())).catch(() => {});
    const launched = await launch(browserName, { calm: asked });
    browsers.set(asked, launched);
    return launched;
  };
  const visitors = new Visitors(browserFor, browserName, servers);
  const counts = { passed: 0, failed: 0 };
  const chosen = tests.filter(
    ({ name, only: where }) => name.includes(only) && (where ?? browserName) === browserName,
  );
  for (const one of chosen) {
    const start = performance.now();
    const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    try {
      await runOne(one, visitors);
      counts.passed++;
      console.log(`  ✓ ${one.name}  (${took()})`);
    } catch (error) {
      counts.failed++;
      console.log(`  ✗ ${one.name}  (${took()})`);
      console.log(String(error?.stack ?? error).replace(/^/gm, '      '));
    }
  }
  await visitors.leave();
  await Promise.all([...browsers.values()].map(each => within(20, each.close()).catch(() => {})));
  return counts;
}
