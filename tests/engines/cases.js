// The page side: the list of the cases, and a function that runs one of them.

import { adopt, isolated } from '../../dist/index.js';
import { awaiting, blocking, KINDS } from './checks.js';
import { faults } from './faults.js';
import { forms } from './forms.js';

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
  await awaiting[check](executor);
  await executor.shutdown();
}

const cases = {
  'the page is isolated': async () => {
    if (!isolated()) throw new Error('no cross-origin isolation');
  },
};
for (const kind of Object.keys(KINDS)) {
  for (const check of Object.keys(awaiting)) {
    cases[`page, ${kind}: ${check}`] = () => onPage(kind, check);
  }
  for (const check of Object.keys(blocking)) {
    cases[`adopted worker, ${kind}: ${check}`] = () => inWorker(kind, check, adopt);
    cases[`worker of its own, ${kind}: ${check}`] = () => inWorker(kind, check, () => undefined);
  }
}

Object.assign(cases, forms, faults);

globalThis.caseNames = () => Object.keys(cases);

/** Resolves with '' when the case passed, else with what went wrong. */
globalThis.runCase = name =>
  cases[name]().then(
    () => '',
    error => `${error?.name}: ${error?.message}\n${error?.stack ?? ''}`,
  );
