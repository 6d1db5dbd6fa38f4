// The page of a soak: `begin` once, then `phase` as often as it lasts. Between two phases nothing works, so that what is
// left behind shows: a worker, an outcome, a block of pool memory.

import { parcelsWaiting, ready } from '../../dist/index.js';
import { Driver } from './driver.js';
import { KINDS, Slot } from './executors.js';
import { Ledger } from './ledger.js';
import { PageAgent } from './page-agent.js';

const PAGE_AGENTS = 3;
const DRIVERS = 2;
/** How long the workers of a phase may take to end after it, in milliseconds. */
const END_LIMIT = 20_000;
/** Blocks with which pool memory is filled up to see how much of it is in use. */
const PROBE = 1024;

const memories = [];
let core;
watchInstances();

/** Notes every shared memory of this page, and the first instance on one. */
function watchInstances() {
  const { Memory, Instance } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(limits) {
      super(limits);
      memories.push(this);
    }
  };
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const instance = new target(...args);
      core ??= instance.exports;
      return instance;
    },
  });
}

/** Bytes of pool memory that are in use: what is not free up to its end, counted in blocks. */
function bytesInUse() {
  const [memory] = memories;
  const { byteLength } = memory.buffer;
  const blocks = [];
  // A block that makes the memory grow is the first that did not fit.
  while (memory.buffer.byteLength === byteLength) blocks.push(core.cf_alloc(PROBE));
  for (const block of blocks) core.cf_free(block, PROBE);
  return byteLength - (blocks.length - 1) * PROBE;
}

/** What is not referred to any more is let go of. */
async function collect() {
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.();
    await new Promise(resolve => setTimeout(resolve));
  }
}

async function liveWorkers() {
  return (await navigator.locks.query()).held.length;
}

let seed;
let agents;
const lives = Array(DRIVERS).fill(0);

globalThis.begin = async text => {
  seed = text;
  agents = Array.from({ length: PAGE_AGENTS }, (_, n) => new PageAgent(seed, n));
  await ready();
};

/** Works for so many seconds, then ends everything; resolves with what was found, as JSON. */
globalThis.phase = async seconds => {
  const world = new World(seconds * 1000);
  const start = performance.now();
  await world.work();
  const worked = performance.now() - start;
  await world.close();
  await collect();
  const problems = [...world.problems];
  if (memories.length !== 1) problems.push(`${memories.length - 1} pool memories were lost`);
  else if (problems.length === 0) problems.push(...(await world.leftovers()));
  return JSON.stringify({
    problems,
    calls: world.ledger.settled + world.settledByDrivers,
    perSecond: world.perSecond(worked),
    bytes: problems.length === 0 ? bytesInUse() : 0,
  });
};

class World {
  ledger = new Ledger();
  slots = {};
  problems = [];
  settledByDrivers = 0;
  #until;
  #callsAtEnd = 0;
  #drivers = new Set();
  #failed = false;

  constructor(milliseconds) {
    this.#until = performance.now() + milliseconds;
    for (const agent of agents) agent.enter(this);
    for (const kind of Object.keys(KINDS)) this.slots[kind] = new Slot(kind, startWorker);
  }

  /** Until the time is over, or something went wrong. */
  async work() {
    const over = () => this.#failed || performance.now() >= this.#until;
    for (let n = 0; n < DRIVERS; n++) this.#startDriver(n);
    await Promise.all(
      agents.map(agent => agent.work(over).catch(error => this.#fail(agent, error))),
    );
    this.#callsAtEnd = this.ledger.settled + this.settledByDrivers;
  }

  perSecond(worked) {
    return Math.round((1000 * this.#callsAtEnd) / worked);
  }

  /** Ends everything. */
  async close() {
    if (this.#failed) return;
    while (this.#drivers.size > 0)
      await Promise.all([...this.#drivers].map(({ finished }) => finished));
    await Promise.all(Object.values(this.slots).map(slot => slot.close()));
  }

  /** What should not be there any more. */
  async leftovers() {
    const { ledger } = this;
    const found = [];
    for (const call of ledger.open) found.push(`call ${call} has no outcome`);
    if (ledger.told !== ledger.settled)
      found.push(`${ledger.settled} calls have outcomes, ${ledger.told} told their callbacks`);
    const end = performance.now() + END_LIMIT;
    while ((await liveWorkers()) > 0 && performance.now() < end);
    const alive = await liveWorkers();
    if (alive > 0) found.push(`${alive} workers are left`);
    if (parcelsWaiting() > 0) found.push(`${parcelsWaiting()} parcels are left`);
    return found;
  }

  /** Ends a driver in the middle of its work; another takes its place. `which` is a share. */
  async endDriver(which) {
    const all = [...this.#drivers];
    const life = all[Math.floor(which * all.length)];
    if (life === undefined) return;
    this.#drivers.delete(life);
    await life.driver.end();
    await life.finished;
    this.#startDriver(life.n);
  }

  #startDriver(n) {
    const left = this.#until - performance.now();
    if (left < 1000 || this.#failed) return;
    const name = `driver ${n}, life ${lives[n]}`;
    const agent = PAGE_AGENTS + DRIVERS * lives[n]++ + n;
    const driver = new Driver(seed, name, agent, left, settled => {
      this.settledByDrivers += settled;
    });
    const life = { n, driver, finished: undefined };
    this.#drivers.add(life);
    life.finished = driver
      .over()
      .catch(error => this.#fail(driver, error))
      .finally(() => this.#drivers.delete(life));
  }

  /** The first failure ends the soak; who fails tells what it did last. */
  #fail({ name, log }, error) {
    this.#failed = true;
    const { open } = this.ledger;
    this.problems.push(
      [
        `${name}: ${error?.stack ?? error}`,
        `its last operations:\n  ${log.join('\n  ')}`,
        `calls of the page without an outcome: ${open.slice(0, 20).join(', ') || 'none'}`,
      ].join('\n'),
    );
  }
}

function startWorker() {
  return new Worker(new URL('../../dist/default-worker.js', import.meta.url), { type: 'module' });
}
