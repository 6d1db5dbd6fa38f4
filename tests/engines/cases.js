// The page side: the list of the cases, and a function that runs one of them.

import { adopt, isolated } from '../../dist/index.js';
import { asyncio } from './asyncio.js';
import { blockers } from './blockers.js';
import { blockingCalls } from './blocking.js';
import { calls } from './calls.js';
import { awaiting, blocking } from './checks.js';
import { deadlock } from './deadlock.js';
import { exampleCases, lies } from './examples.js';
import { drivers, faults } from './faults.js';
import { forms } from './forms.js';
import { garbage } from './garbage.js';
import { limits } from './limits.js';
import { multiprocessing } from './multiprocessing.js';
import { options } from './options.js';
import { parcels } from './parcels.js';
import { KINDS } from './pools.js';
import { progress } from './progress.js';
import { apart, refusals } from './refusals.js';
import { same } from './same.js';
import { sync } from './sync.js';
import { trace } from './trace.js';

/** Asks a new worker to run a check, and waits for its answer. */
function inWorker(kind, check, prepare) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  prepare(worker);
  return new Promise((done, fail) => {
    worker.onerror = event => fail(new Error(event.message));
    worker.onmessage = ({ data }) => {
      // The package's own messages, which ask whether a page adopts the worker, come this way too.
      if (data?.ok === true) done();
      if (data?.ok === false) fail(new Error(data.error));
    };
    worker.postMessage({ kind, check });
  }).finally(() => worker.terminate());
}

async function onPage(kind, check) {
  const executor = new KINDS[kind]({ maxWorkers: 2 });
  await check(executor);
  await executor.shutdown();
}

const shared = isolated();
const cases = {
  // Not that the other half of the cases is run by mistake.
  [`the page is ${shared ? '' : 'not '}isolated, as it was asked for`]: async () =>
    same(shared, !location.search.includes('apart')),
};
/** The app in crate/examples, built by wasm-pack: the crate inside somebody else's module. */
cases['an app of its own, in Rust, gets its answers from threads and from processes'] =
  async () => {
    const frame = document.createElement('iframe');
    frame.src = '/crate/examples/primes/index.html';
    document.body.append(frame);
    await new Promise(resolve => {
      frame.onload = resolve;
    });
    const answers = frame.contentDocument.querySelector('#answers');
    while (!answers.dataset.state) await new Promise(resolve => setTimeout(resolve));
    const lines = answers.textContent.split('\n');
    if (!shared)
      same(lines.shift().startsWith('threads: a ThreadPoolExecutor needs a cross-origin'), true);
    const expected = Object.keys(KINDS).flatMap(kind =>
      [
        [112272535095293, true],
        [112582705942171, true],
        [112272535095293, true],
        [115280095190773, true],
        [115797848077099, true],
        [1099726899285419, false],
      ].map(([number, prime]) => `${kind}: ${number} is prime: ${prime}`),
    );
    same(lines, [...expected, 'a coroutine: 112272535095293 is prime: true']);
    frame.remove();
  };

const onPages = shared ? awaiting : { ...awaiting, ...refusals };
const inWorkers = shared ? blocking : onPages;
for (const kind of Object.keys(KINDS)) {
  for (const [check, run] of Object.entries(onPages)) {
    cases[`page, ${kind}: ${check}`] = () => onPage(kind, run);
  }
  for (const check of Object.keys(inWorkers)) {
    cases[`adopted worker, ${kind}: ${check}`] = () => inWorker(kind, check, adopt);
    cases[`worker of its own, ${kind}: ${check}`] = () => inWorker(kind, check, () => undefined);
  }
}

const onlyShared = [drivers, progress, asyncio, multiprocessing, blockers, sync, deadlock, lies];
Object.assign(
  cases,
  forms,
  blockingCalls,
  calls,
  options,
  parcels,
  trace,
  faults,
  garbage,
  limits,
  ...(shared ? onlyShared : [apart]),
);

/** The examples of the documentation are known only when their list is loaded. */
const allCases = async () => (shared ? { ...cases, ...(await exampleCases()) } : cases);

globalThis.caseNames = async () => Object.keys(await allCases());

/** Resolves with '' when the case passed, else with what went wrong. */
globalThis.runCase = name =>
  allCases()
    .then(all => all[name]())
    .then(
      () => '',
      error => `${error?.name}: ${error?.message}\n${error?.stack ?? ''}`,
    );
