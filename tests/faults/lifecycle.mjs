// What a browser does to whole tabs: freezes them, throttles them, keeps them in the back/forward cache. Chromium only:
// over its DevTools protocol, started without the flags by which Playwright forbids all three.

import { chromium } from 'playwright-core';

const FORBIDDING = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
/** How long a tab stays as it is, in milliseconds. */
const AWHILE = 1500;

async function awayAndBack({ page, away, pause }) {
  await page.goto(away, { waitUntil: 'commit' });
  await pause(AWHILE);
  await page.goBack({ waitUntil: 'commit' });
}

/** Does to the tab what the fault says, while calls wait and run. */
const HAPPENINGS = {
  async frozen({ cdp, pause }) {
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await pause(AWHILE);
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  },
  async throttled({ cdp, page, pause }) {
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    // Another tab in front of it: its timers come once a second.
    const front = await page.context().newPage();
    await front.bringToFront();
    await pause(AWHILE);
    await front.close();
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  },
  'away-and-back': awayAndBack,
  'away-while-starting': awayAndBack,
};

/** Resolves with '' when all was as it should be, else with what was not. */
export async function playInChromium(fault, kind, shared, address, away) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
    ignoreDefaultArgs: FORBIDDING,
  });
  try {
    const page = await (await browser.newContext()).newPage();
    const cdp = await page.context().newCDPSession(page);
    await page.goto(address);
    const pause = time => new Promise(resolve => setTimeout(resolve, time));
    await page.evaluate(list => globalThis.begin(...list), [fault, kind, shared]);
    await HAPPENINGS[fault]({ cdp, page, away, pause });
    return await page.evaluate(id => globalThis.finish(id), fault);
  } finally {
    await browser.close();
  }
}
