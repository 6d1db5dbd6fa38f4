// Measures in Chromium how smooth the page is: while 8 workers finish 10,000 tasks, and in a replay with 200 lanes.
//
//   node tests/browser/smoothness.mjs
//
// The time that the page's own thread works is taken from the browser's trace, task by task: as time on the clock, and as
// time on a processor, which other programs on the machine do not lengthen. A frame's work is what the thread did from one
// animation frame to the next.

import { launch, startServers } from './harness.mjs';
import { runToEnd, visit, write } from './page.mjs';

const LIMIT = 240;
setTimeout(() => {
  console.error(`Not done after ${LIMIT} s.`);
  process.exit(1);
}, LIMIT * 1000).unref();

const TASKS = `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
export const work = n => {
  const end = performance.now() + 1;
  while (performance.now() < end);
  return n;
};
export default async function main() {
  await withExecutor(new ThreadPoolExecutor({ maxWorkers: 8 }), async executor => {
    const { work } = tasksOf(import.meta.url);
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => executor.submit(work, n)));
  });
}`;

/** Two hundred coroutines at a time are two hundred lanes. */
const LANES = `import { AsyncExecutor } from 'concurrent-futures';
const sleep = ms => new Promise(done => setTimeout(done, ms));
export default async function main() {
  const executor = new AsyncExecutor({ maxWorkers: 200 });
  await Promise.all(Array.from({ length: 4000 }, (_, n) => executor.submit(sleep, 20 + (n % 7) * 10)));
  await executor.shutdown();
}`;

/** The value that a share of the values does not exceed. */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** What the page's main thread did while `act` went on. */
async function measured(browser, page, act) {
  await browser.startTracing(page, {
    categories: ['toplevel', 'devtools.timeline', 'blink.user_timing', '__metadata'],
  });
  const answer = await act();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  );
  const frames = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  // The page is the renderer that has animation frames.
  const main = mains.find(({ pid, tid }) =>
    frames.some(frame => frame.pid === pid && frame.tid === tid),
  );
  const here = event => event.pid === main.pid && event.tid === main.tid;
  const tasks = traceEvents
    .filter(event => here(event) && event.ph === 'X' && event.name.endsWith('RunTask'))
    .sort((a, b) => a.ts - b.ts);
  // All callbacks of a frame run in one task.
  const callbacks = frames.filter(here).map(({ ts }) => ts);
  const starts = tasks
    .filter(({ ts, dur }) => callbacks.some(at => at >= ts && at < ts + dur))
    .map(({ ts }) => ts);
  const perFrame = { clock: [], processor: [] };
  let at = 0;
  for (let index = 1; index < starts.length; index++) {
    let [clock, processor] = [0, 0];
    for (; at < tasks.length && tasks[at].ts < starts[index]; at++) {
      clock += tasks[at].dur / 1000;
      processor += (tasks[at].tdur ?? tasks[at].dur) / 1000;
    }
    perFrame.clock.push(clock);
    perFrame.processor.push(processor);
  }
  const gaps = starts.slice(1).map((ts, index) => (ts - starts[index]) / 1000);
  return { answer, perFrame, tasks, gaps, frames: starts.length };
}

const ms = value => `${value.toFixed(1)} ms`;

function tell(title, { perFrame, tasks, gaps, frames }) {
  const longest = Math.max(...tasks.map(({ dur }) => dur)) / 1000;
  const busiest = Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
  console.log(`${title}: ${frames} frames`);
  for (const [name, values] of Object.entries(perFrame))
    console.log(
      `  ${name.padEnd(10)} a frame: median ${ms(quantile(values, 0.5))}, 95 % ${ms(quantile(values, 0.95))}, most ${ms(Math.max(...values))}`,
    );
  console.log(`  longest task: ${ms(longest)} on the clock, ${ms(busiest)} on a processor`);
  console.log(
    `  between frames: median ${ms(quantile(gaps, 0.5))}, 95 % ${ms(quantile(gaps, 0.95))}`,
  );
}

const servers = await startServers();
const browser = await launch('chromium');
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
context.setDefaultTimeout(120_000);
const page = await context.newPage();

async function prepared(code) {
  await visit(page, servers.isolated);
  await write(page, code);
  // The first run loads the timeline's file.
  await page.locator('.run').waitFor();
}

await prepared(TASKS);
tell('10,000 tasks on 8 workers', await measured(browser, page, () => runToEnd(page, 120_000)));
await prepared(LANES);
await runToEnd(page, 120_000);
await page.getByRole('button', { name: 'Replay' }).waitFor();
await page.getByLabel('Speed of the replay').selectOption('0.2');
tell(
  'Replay with 200 lanes',
  await measured(browser, page, async () => {
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Replay' }).waitFor();
  }),
);
await browser.close();
await servers.close();
process.exit(0);
