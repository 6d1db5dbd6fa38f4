// The soak: random work on every kind of executor from several agents, checked against a model.
//
//   npm run soak [-- --seconds 600 --seed words --browser chromium]
//
// Three agents on the page await, two adopted workers block, tasks submit to executors that they are given; workers are
// ended, calls cancelled and aborted, executors shut down and replaced. It runs in phases: after each, every call must
// have exactly one outcome, its own, no worker may live, and no more pool memory be in use than after the first. From five
// minutes on, the last phase must also have at least nine tenths of the first one's calls a second.
//
// What each agent does follows from the seed; how the agents' steps fall in between each other does not.

import { parseArgs } from 'node:util';
import { serve } from '../../scripts/serve.mjs';
import { ROOT } from '../../scripts/toolchain.mjs';
import { BROWSERS } from '../engines/browsers.mjs';

/** How much more pool memory may be in use after the last phase than after the first, in bytes. */
const MOST_GROWTH = 64 * 1024;
const LEAST_THROUGHPUT = 0.9;
/** From so many seconds on, speed is compared: shorter runs are too noisy. */
const TIMED = 300;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: new Date().toISOString() },
    browser: { type: 'string', default: 'chromium' },
  },
});
const seconds = Number(values.seconds);
if (!(seconds >= 2)) {
  console.error(`--seconds must be a number, at least 2, not ${values.seconds}`);
  process.exit(2);
}
const count = Math.min(10, Math.max(2, Math.round(seconds / 15)));
const again = `npm run soak -- --seed '${values.seed}' --seconds ${seconds} --browser ${values.browser}`;
console.log(`seed ${values.seed}; ${count} phases of ${seconds / count} s; again: ${again}`);

const { address, close } = await serve({ folder: ROOT, port: 0 });
const browser = await BROWSERS[values.browser]({ isolation: true });
// Each step has its own limit; this one is for a page that hangs.
const limit = setTimeout(
  () => finish([`the page gave no answer in time`]),
  (seconds * 1.5 + 180) * 1000,
);
let passed = 0;
const phases = [];

async function finish(problems) {
  clearTimeout(limit);
  for (const problem of problems) console.log(`✗ ${problem}`);
  if (problems.length > 0) console.log(`To run it again: ${again}`);
  await Promise.race([
    browser.close().catch(() => undefined),
    new Promise(done => setTimeout(done, 10_000)),
  ]);
  await close();
  console.log(`${passed} passed, ${problems.length} failed`);
  process.exit(problems.length === 0 ? 0 : 1);
}

await browser.goto(`${address}tests/soak/page.html`);
await browser.call('begin', values.seed);
for (let n = 1; n <= count; n++) {
  const phase = JSON.parse(await browser.call('phase', seconds / count));
  phases.push(phase);
  const { problems, calls, perSecond, bytes } = phase;
  if (problems.length > 0) await finish(problems);
  console.log(
    `✓ phase ${n}: ${calls} calls, ${perSecond} a second, ${bytes} bytes in use after it`,
  );
  passed += 1;
}

const [first, last] = [phases[0], phases.at(-1)];
const problems = [];
const grown = last.bytes - first.bytes;
if (grown > MOST_GROWTH) problems.push(`pool memory in use grew by ${grown} bytes`);
const share = last.perSecond / first.perSecond;
if (seconds >= TIMED && share < LEAST_THROUGHPUT)
  problems.push(
    `the last phase had ${Math.round(100 * share)} % of the calls a second of the first`,
  );
passed += 2 - problems.length;
await finish(problems);
