// An agent on the page: it awaits. Several of them run at once, on the same executors.

import { asCompleted, TimeoutError, tasksOf, wait } from '../../dist/index.js';
import { Choices, RELAYS } from './choices.js';
import { KINDS } from './executors.js';
import { FORMS, mayEnd } from './ledger.js';
import { Random } from './random.js';
import { mix } from './values.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const ORDER = Object.keys(KINDS);
/** How long a step may take, in milliseconds. */
export const STEP_LIMIT = 45_000;

const OPERATIONS = {
  burst: 40,
  crowd: 2,
  map: 14,
  relay: 10,
  late: 5,
  abort: 6,
  end: 4,
  kill: 3,
  renew: 4,
  terminate: 1,
  endDriver: 0.5,
};

export class PageAgent {
  #step = 0;
  #seed;
  #number;
  #world;
  /** The last operations, for who reads of a failure. */
  log = [];

  constructor(seed, number) {
    this.#seed = seed;
    this.#number = number;
    this.name = `page agent ${number}`;
  }

  /** `world` has the slots, the ledger, and what ends drivers. */
  enter(world) {
    this.#world = world;
  }

  /** Works until `over`. */
  async work(over) {
    while (!over()) {
      const random = new Random(this.#seed, this.name, this.#step);
      const choices = new Choices(random, this.#number, this.#step);
      this.#step += 1;
      const operation = random.weighted(OPERATIONS);
      this.#note(`step ${this.#step - 1}: ${operation}`);
      await inTime(STEP_LIMIT, this[`_${operation}`](choices));
      const { problems } = this.#world.ledger;
      if (problems.length > 0) throw new Error(problems.splice(0).join('\n'));
    }
  }

  #note(text) {
    this.log.push(text);
    if (this.log.length > 40) this.log.shift();
  }

  /** An executor to use now. */
  #generation({ random }, kinds = ORDER) {
    const { current } = this.#world.slots[random.pick(kinds)];
    this.#note(`    on ${current.name}`);
    return current;
  }

  #make(call, options) {
    return this.#world.ledger.make(call, args =>
      options === undefined
        ? call.by.executor.submit(tasks[call.form], ...args)
        : call.by.executor.submitWith(options(args), tasks[call.form], ...args),
    );
  }

  /** Makes so many calls of any form, on one executor or on several. */
  #calls(choices, count) {
    const { random } = choices;
    const one = random.chance(0.6) ? this.#generation(choices) : undefined;
    const entries = [];
    for (let n = 0; n < count; n++) {
      const call = choices.call(one ?? this.#generation(choices), true);
      const moving = call.form === 'moved';
      entries.push(this.#make(call, moving ? args => ({ transfer: [args[1].buffer] }) : undefined));
    }
    return entries.filter(Boolean);
  }

  async _burst(choices) {
    const { random } = choices;
    const { ledger } = this.#world;
    const entries = this.#calls(choices, random.between(1, 40));
    if (random.chance(0.3))
      for (const entry of entries) if (random.chance(0.5)) ledger.cancel(entry);
    const futures = entries.map(({ future }) => future);
    const way = random.pick(['each', 'all', 'first', 'asCompleted', 'exception']);
    this.#note(`    ${entries.length} calls, ${way}`);
    if (way === 'all') isAll(await wait(futures), futures, []);
    if (way === 'first' && futures.length > 0)
      isAny(await wait(futures, { returnWhen: 'FIRST_COMPLETED' }));
    if (way === 'exception') await wait(futures, { returnWhen: 'FIRST_EXCEPTION' });
    if (way === 'asCompleted') {
      const seen = new Set();
      for await (const future of asCompleted(futures)) {
        if (!future.done() || seen.has(future)) throw new Error(`asCompleted gave ${future}`);
        seen.add(future);
      }
      if (seen.size !== futures.length) throw new Error('asCompleted left a future out');
    }
    for (const entry of entries) await ledger.settle(entry);
  }

  /** Many tiny calls at once. */
  async _crowd(choices) {
    const by = this.#generation(choices);
    const entries = choices
      .ids(500, 2000)
      .map(id => this.#make({ id, form: 'value', by }))
      .filter(Boolean);
    for (const entry of entries) await this.#world.ledger.settle(entry);
  }

  async _map(choices) {
    const { random } = choices;
    const { ledger } = this.#world;
    const by = this.#generation(choices);
    const ids = choices.ids(1, 300);
    const chunksize = random.between(1, 20);
    const buffersize = random.chance(0.5) ? undefined : random.between(1, 10);
    const most = random.chance(0.2) ? random.between(0, ids.length) : ids.length;
    // From this item on, a call fails.
    const bad = random.chance(0.2) ? random.between(0, ids.length - 1) : ids.length;
    this.#note(
      `    ${ids.length} items, chunksize ${chunksize}, buffersize ${buffersize}, ${most} read, ${bad} fails`,
    );
    let read = 0;
    try {
      const failing = ids.map((_, index) => index === bad);
      const options = { chunksize, buffersize };
      for await (const value of by.executor.map(tasks.valueOrFail, ids, failing, options)) {
        if (value !== mix(ids[read])) throw new Error(`item ${read} of a map gave ${value}`);
        read += 1;
        if (read >= most) break;
      }
      if (read !== Math.max(most, 1) && read !== ids.length)
        throw new Error(`a map of ${ids.length} items gave ${read}`);
      if (read > bad) throw new Error(`a map went on after item ${bad}, which fails`);
      if (read === ids.length && bad < ids.length) throw new Error('a failed item was lost');
    } catch (error) {
      const own = FORMS.fail.right({ id: ids[bad] })({ error });
      const chunk = by.isProcess ? chunksize : 1;
      if (own && read !== bad - (bad % chunk))
        throw new Error(
          `a map failed after ${read} items, not at item ${bad} of chunks of ${chunk}`,
        );
      if (!own && !mayEnd(error, by)) throw error;
    }
    ledger.settled += read;
    ledger.told += read;
  }

  /** A task that submits to an executor that it is given. */
  async _relay(choices) {
    const { random } = choices;
    const { ledger } = this.#world;
    const from = random.between(0, ORDER.length - 2);
    const by = this.#world.slots[ORDER[from]].current;
    const to = this.#world.slots[ORDER[random.between(from + 1, ORDER.length - 1)]].current;
    const entries = [];
    for (let n = random.between(1, 4); n > 0; n--) {
      const call = { id: choices.id(), form: 'relay', by, to, way: random.pick(RELAYS) };
      this.#note(`    from ${by.name} to ${to.name}, ${call.way}`);
      entries.push(this.#make({ ...call, ids: choices.ids(1, 12) }));
    }
    for (const entry of entries.filter(Boolean)) await ledger.settle(entry);
  }

  /** A wait that is too short. */
  async _late(choices) {
    const { random } = choices;
    const call = { id: choices.id(), form: 'later', by: this.#generation(choices), ms: 30 };
    const entry = this.#make(call);
    if (entry === undefined) return;
    const timeout = random.pick([0, 0.001, 0.02]);
    const error = await entry.future.result({ timeout }).then(
      () => undefined,
      reason => reason,
    );
    if (error instanceof TimeoutError && timeout === 0 && random.chance(0.5))
      this.#world.ledger.cancel(entry);
    await this.#world.ledger.settle(entry);
  }

  /** Calls under a signal, which aborts soon. */
  async _abort(choices) {
    const { random } = choices;
    const controller = new AbortController();
    const by = this.#generation(choices);
    const entries = [];
    for (let n = random.between(1, 15); n > 0; n--) {
      const call = { ...choices.call(by, false), mayCancel: true };
      entries.push(this.#make(call, () => ({ signal: controller.signal })));
    }
    for (let turns = random.between(0, 3); turns > 0; turns--) await turn();
    controller.abort();
    for (const entry of entries.filter(Boolean)) await this.#world.ledger.settle(entry);
  }

  /** A call that never ends, ended by its signal. */
  async _end(choices) {
    const { random } = choices;
    const by = this.#generation(choices, ['processes', 'respawning', 'short-lived']);
    const controller = new AbortController();
    const reason = new Error(`the end of ${choices.id()}`);
    const options = { signal: controller.signal, terminateOnAbort: true };
    const lingering = this.#linger(choices, by, { mayCancel: true, reason }, options);
    if (lingering === undefined) return;
    const other = this.#make({ id: choices.id(), form: 'value', by });
    if (random.chance(0.7)) await lingering.begun;
    controller.abort(reason);
    await this.#world.ledger.settle(lingering.entry);
    if (other !== undefined) await this.#world.ledger.settle(other);
  }

  /** A thread is ended by somebody else, while it runs a task. */
  async _kill(choices) {
    const by = this.#generation(choices);
    const lingering = this.#linger(choices, by, { killed: true });
    if (lingering === undefined) return;
    const thread = await lingering.begun;
    this.#note(thread === undefined ? '    it ended before' : '    its thread is to end');
    if (thread !== undefined) {
      if (!by.respawns) by.mayBreak = true;
      thread.terminate();
    }
    await this.#world.ledger.settle(lingering.entry);
    if (by.mayBreak) await this.#replace(by, { cancelFutures: false });
  }

  /** Makes a call that never ends; `begun` gives its thread, or undefined where it ended before. */
  #linger(choices, by, more, options) {
    const id = choices.id();
    const busy = choices.random.chance(0.3);
    const heard = by.lingers(id);
    const entry = this.#make({ id, form: 'linger', by, busy, ...more }, options && (() => options));
    if (entry === undefined) return undefined;
    const over = entry.future.exception().then(
      () => undefined,
      () => undefined,
    );
    return { entry, begun: Promise.race([heard, over]) };
  }

  async _renew(choices) {
    const { random } = choices;
    const by = this.#generation(choices);
    await this.#replace(by, { cancelFutures: random.chance(0.4), wait: random.chance(0.9) });
  }

  async _terminate(choices) {
    const by = this.#generation(choices, ['processes', 'respawning', 'short-lived']);
    by.terminate();
    await this.#replace(by, { cancelFutures: true });
  }

  /** Shuts an executor down; another takes its place, if none has. */
  async #replace(by, options) {
    const slot = this.#world.slots[by.kind];
    if (slot.current === by) slot.renew();
    const end = by.closing(options).shutdown(options);
    // Who does not wait here waits at the end of the phase.
    await slot.ended(end.then(() => by.executor.shutdown()));
    if (by.executor.workers !== 0) throw new Error(`${by.name} has workers after its shutdown`);
  }

  async _endDriver({ random }) {
    await this.#world.endDriver(random.number());
  }
}

function isAll({ done, notDone }, futures) {
  if (done.size !== futures.length || notDone.size > 0)
    throw new Error(`wait gave ${done.size} of ${futures.length}, and ${notDone.size} not done`);
}

function isAny({ done }) {
  if (done.size === 0) throw new Error('wait for the first came back with none');
}

const turn = () => new Promise(resolve => setTimeout(resolve));

/** Rejects when a step takes too long: something hangs. */
function inTime(limit, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no end within ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
