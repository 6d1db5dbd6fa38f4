// Measures in Chromium how smooth the page is: while 8 workers finish 10,000 tasks, and in a replay with 200 lanes.
//
//   npm run smoothness -- --rounds 5
//
// Each number is the median of the rounds. The time that the page's own thread works is taken from the browser's trace, task by
// task: as time on the clock, and as time on a processor, which other programs on the machine do not lengthen. A frame's
// work is what the thread did from one animation frame to the next.

import { parseArgs } from 'node:util';
import { launch, startServers } from './harness.mjs';
import { state, visit, write } from './page.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const ROUNDS = Number(values.rounds);
if (!(ROUNDS >= 1)) throw new RangeError(`--rounds must be at least 1, not ${values.rounds}`);

const LIMIT = 60 + 80 * ROUNDS;
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
  await act();
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
  const most = (list, of) => Math.max(...list.map(of)) / 1000;
  return {
    frames: starts.length,
    'frames a second': (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0),
    'a frame, on a processor, median ms': quantile(perFrame.processor, 0.5),
    'a frame, on a processor, 95 % ms': quantile(perFrame.processor, 0.95),
    'a frame, on the clock, median ms': quantile(perFrame.clock, 0.5),
    'a frame, on the clock, 95 % ms': quantile(perFrame.clock, 0.95),
    'longest task, on a processor, ms': most(tasks, ({ tdur = 0 }) => tdur),
    'longest task, on the clock, ms': most(tasks, ({ dur }) => dur),
  };
}

function tell(title, rounds) {
  console.log(`${title}, median of ${rounds.length}:`);
  for (const name of Object.keys(rounds[0])) {
    const all = rounds.map(round => round[name]);
    const range =
      all.length > 1 ? `  (${Math.min(...all).toFixed(1)}…${Math.max(...all).toFixed(1)})` : '';
    console.log(`  ${name.padEnd(34)} ${quantile(all, 0.5).toFixed(1).padStart(7)}${range}`);
  }
}

/** Presses a button, and waits until `over` says that what it began is over: watched by the page, not asked for. */
const pressed = (page, button, over) =>
  page.evaluate(
    ([selector, end]) =>
      new Promise(done => {
        let begun = false;
        const look = () => {
          const there = document.querySelector(end) !== null;
          if (!there) begun = true;
          else if (begun) {
            watch.disconnect();
            done();
          }
        };
        const watch = new MutationObserver(look);
        watch.observe(document.body, { subtree: true, childList: true, attributes: true });
        document.querySelector(selector).click();
      }),
    [button, over],
  );

const servers = await startServers();
const browser = await launch('chromium');

async function round(code, act) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await visit(page, servers.isolated);
  await page.waitForSelector('html[data-kept]', { state: 'attached' });
  await write(page, code);
  const result = await act(page);
  await context.close();
  return result;
}

const run = page => pressed(page, '.run', '.status[data-state=finished]');

const [working, replaying] = [[], []];
for (let count = 0; count < ROUNDS; count++) {
  working.push(await round(TASKS, page => measured(browser, page, () => run(page))));
  replaying.push(
    await round(LANES, async page => {
      await run(page);
      await state(page, 'finished');
      await page.getByLabel('Speed of the replay').selectOption('0.2');
      const replay = () => pressed(page, '.replay .play', '.replay .play[data-is=paused]');
      return measured(browser, page, replay);
    }),
  );
}
tell('10,000 tasks on 8 workers', working);
tell('A replay with 200 lanes', replaying);
await browser.close();
await servers.close();
process.exit(0);
