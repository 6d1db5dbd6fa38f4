// An agent in a worker that the page adopts: it has executors of its own, and blocks. It says what it is about to do
// before it does it, so that the page can tell where it hangs.

import { asCompleted, ready, TimeoutError, tasksOf, waitSync } from '../../dist/index.js';
import { Choices, RELAYS } from './choices.js';
import { Generation } from './executors.js';
import { Ledger, mayEnd } from './ledger.js';
import { Random } from './random.js';
import { mix } from './values.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const OWN = ['threads', 'respawning'];
const OPERATIONS = { burst: 30, map: 12, relay: 8, late: 4, end: 2, renew: 2, terminate: 1 };

const ledger = new Ledger();
const slots = {};
let number = 0;

const note = text => self.postMessage({ note: text });

function generation({ random }, kinds = OWN) {
  const by = slots[random.pick(kinds)];
  note(`    on ${by.name}`);
  return by;
}

const make = call => ledger.make(call, args => call.by.executor.submit(tasks[call.form], ...args));

function replace(by, cancelFutures) {
  slots[by.kind] = new Generation(by.kind, ++number);
  by.closing({ cancelFutures }).shutdownSync({ cancelFutures });
  if (by.executor.workers !== 0) throw new Error(`${by.name} has workers after its shutdown`);
}

const operations = {
  burst(choices) {
    const { random } = choices;
    const by = generation(choices);
    const calls = Array.from({ length: random.between(1, 30) }, () => choices.call(by, false));
    const entries = calls.map(make).filter(Boolean);
    if (random.chance(0.3))
      for (const entry of entries) if (random.chance(0.5)) ledger.cancel(entry);
    const futures = entries.map(({ future }) => future);
    const way = random.pick(['each', 'all', 'first', 'asCompleted']);
    note(`    ${entries.length} calls, ${way}`);
    if (way === 'all' && waitSync(futures).done.size !== futures.length)
      throw new Error('waitSync left a future out');
    if (way === 'first' && waitSync(futures, { returnWhen: 'FIRST_COMPLETED' }).done.size === 0)
      throw new Error('waitSync for the first came back with none');
    if (way === 'asCompleted' && new Set(asCompleted(futures)).size !== futures.length)
      throw new Error('asCompleted left a future out');
    for (const entry of entries) ledger.settleSync(entry);
  },
  map(choices) {
    const { random } = choices;
    const by = generation(choices);
    const ids = choices.ids(1, 200);
    const most = random.chance(0.2) ? random.between(1, ids.length) : ids.length;
    const options = { chunksize: random.between(1, 20) };
    if (random.chance(0.5)) options.buffersize = random.between(1, 10);
    note(`    ${ids.length} items, ${most} read`);
    let read = 0;
    try {
      for (const value of by.executor.map(tasks.value, ids, options)) {
        if (value !== mix(ids[read])) throw new Error(`item ${read} of a map gave ${value}`);
        read += 1;
        if (read === most) break;
      }
      if (read !== most) throw new Error(`a map of ${most} items gave ${read}`);
    } catch (error) {
      if (!mayEnd(error, by)) throw error;
    }
    ledger.settled += read;
    ledger.told += read;
  },
  relay(choices) {
    const { random } = choices;
    const [by, to] = OWN.map(kind => slots[kind]);
    const call = { id: choices.id(), form: 'relay', by, to, way: random.pick(RELAYS) };
    const entry = make({ ...call, ids: choices.ids(1, 12) });
    if (entry !== undefined) ledger.settleSync(entry);
  },
  late(choices) {
    const call = { id: choices.id(), form: 'later', by: generation(choices), ms: 30 };
    const entry = make(call);
    if (entry === undefined) return;
    try {
      entry.future.resultSync(0.001);
    } catch (error) {
      if (!(error instanceof TimeoutError || mayEnd(error, call.by))) throw error;
    }
    ledger.settleSync(entry);
  },
  /** A call that never ends, ended by its signal; until it runs, this agent looks again and again. */
  end(choices) {
    const { random } = choices;
    const by = generation(choices, ['respawning']);
    const controller = new AbortController();
    const id = choices.id();
    const reason = new Error(`the end of ${id}`);
    const options = { signal: controller.signal, terminateOnAbort: true };
    const call = { id, form: 'linger', by, busy: random.chance(0.3) };
    const entry = ledger.make({ ...call, mayCancel: true, reason }, args =>
      by.executor.submitWith(options, tasks.linger, ...args),
    );
    if (entry === undefined) return;
    while (!entry.future.running() && !entry.future.done());
    controller.abort(reason);
    ledger.settleSync(entry);
  },
  renew: choices => replace(generation(choices), choices.random.chance(0.4)),
  terminate(choices) {
    const by = generation(choices, ['respawning']);
    const running = make({ ...choices.call(by, false), form: 'later', ms: 1000 });
    by.terminate();
    if (running !== undefined) ledger.settleSync(running);
    replace(by, true);
  },
};

async function work(seed, name, agent, until) {
  for (let step = 0; performance.now() < until; step++) {
    const random = new Random(seed, name, step);
    const operation = random.weighted(OPERATIONS);
    note(`step ${step}: ${operation}`);
    operations[operation](new Choices(random, agent, step));
    self.postMessage({ settled: ledger.settled });
    // Done callbacks never run inside a blocking call.
    await Promise.resolve();
    if (ledger.problems.length > 0) return;
  }
}

self.onmessage = async ({ data }) => {
  const { seed, name, agent, milliseconds } = data ?? {};
  if (seed === undefined) return;
  const until = performance.now() + milliseconds;
  try {
    await ready();
    for (const kind of OWN) slots[kind] = new Generation(kind, number);
    await work(seed, name, agent, until);
    for (const kind of OWN) slots[kind].executor.shutdownSync();
    if (ledger.told !== ledger.settled)
      ledger.problems.push(`${ledger.settled} outcomes, and ${ledger.told} callbacks`);
    self.postMessage({ over: true, problems: [...ledger.problems, ...ledger.open] });
  } catch (error) {
    const problem = `${error?.name}: ${error?.message}\n${error?.stack}`;
    self.postMessage({ over: true, problems: [...ledger.problems, problem] });
  }
};
