// Three engines behind one small interface: open a browser, go to an address, call a function that the page has as a
// global, with strings for arguments, and await its answer. `version` is the browser's own.
//
// Chromium is driven by playwright-core, the others by plain WebDriver. WebKit, the engine of Safari, is on Linux
// WebKitGTK's MiniBrowser.

import { chromium } from 'playwright-core';
import { openFirefox } from './firefox.mjs';
import { openWebKit } from './webkit.mjs';

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  // Some tests look whether anything still refers to an object.
  '--js-flags=--expose-gc',
];

async function overPlaywright(launched) {
  const browser = await launched;
  const page = await browser.newPage();
  return {
    version: browser.version(),
    goto: address => page.goto(address),
    call: (name, ...args) => page.evaluate(([fn, list]) => globalThis[fn](...list), [name, args]),
    close: () => browser.close(),
  };
}

export const BROWSERS = {
  chromium: ({ args = [] } = {}) =>
    overPlaywright(
      chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: [...CHROMIUM_ARGS, ...args],
      }),
    ),
  firefox: openFirefox,
  webkit: openWebKit,
};
