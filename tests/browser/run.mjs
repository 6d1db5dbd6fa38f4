// The page's end-to-end tests in one browser.
//
//   node tests/browser/run.mjs --browser chromium|firefox [--only "part of a name"] [--dir www/dist]

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BROWSERS, runTests, startServers } from './harness.mjs';
import './gallery.test.mjs';
import './picking.test.mjs';
import './network.test.mjs';
import './comparing.test.mjs';
import './sharing.test.mjs';
import './running.test.mjs';
import './editing.test.mjs';
import './isolation.test.mjs';
import './timeline.test.mjs';
import './drawing.test.mjs';
import './gil.test.mjs';
import './accessibility.test.mjs';

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    only: { type: 'string' },
    dir: { type: 'string' },
  },
});
if (!BROWSERS.includes(values.browser)) {
  console.error(`Unknown browser ${values.browser}. Known: ${BROWSERS.join(', ')}`);
  process.exit(2);
}

// A browser that hangs would hold everything up.
const LIMIT = 18 * 60;
setTimeout(() => {
  console.error(`The tests were not done after ${LIMIT} s.`);
  process.exit(1);
}, LIMIT * 1000).unref();

const servers = await startServers(values.dir && resolve(values.dir));
const { passed, failed } = await runTests({
  browserName: values.browser,
  servers,
  only: values.only,
});
await servers.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
