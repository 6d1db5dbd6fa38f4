// The executors of a soak. Each is used for a while, by several agents at once, and then another of its kind takes its
// place; what was done to it says how its calls may end.

import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../dist/index.js';

/** In this order: a task may block for executors that come after its own, so nobody waits in a circle. */
export const KINDS = {
  threads: { Pool: ThreadPoolExecutor, options: { maxWorkers: 3 } },
  processes: { Pool: ProcessPoolExecutor, options: { maxWorkers: 2 } },
  respawning: { Pool: ProcessPoolExecutor, options: { maxWorkers: 2, respawn: true } },
  'short-lived': { Pool: ProcessPoolExecutor, options: { maxWorkers: 2, maxTasksPerChild: 20 } },
  'one thread': { Pool: ThreadPoolExecutor, options: { maxWorkers: 1 } },
};

/** One executor, and what was done to it. */
export class Generation {
  /** It refuses calls: somebody shut it down. */
  closed = false;
  /** Calls may have been cancelled by somebody else than their agent. */
  mayCancel = false;
  /** One of its workers was ended, and breaks it; or all of them were. */
  mayBreak = false;
  /** Hear in which thread a call lingers, by the call's id. */
  #lingering = new Map();

  constructor(kind, number, worker) {
    const { Pool, options } = KINDS[kind];
    this.kind = kind;
    this.name = `${kind} #${number}`;
    this.isProcess = Pool === ProcessPoolExecutor;
    this.respawns = options.respawn === true;
    this.executor = new Pool({ ...options, ...(worker && { worker: () => this.#start(worker) }) });
  }

  /** How to shut it down; says first that this is done. */
  closing({ cancelFutures }) {
    this.closed = true;
    this.mayCancel ||= cancelFutures;
    return this.executor;
  }

  /** Ends all its workers. */
  terminate() {
    this.closed = this.mayCancel = this.mayBreak = true;
    this.executor.terminateWorkers();
  }

  /** Resolves with the thread in which a call lingers. */
  lingers(id) {
    return new Promise(resolve => {
      this.#lingering.set(id, resolve);
    });
  }

  #start(worker) {
    const thread = worker();
    // Not by a BroadcastChannel: that of the page may not be there yet when the worker speaks.
    thread.addEventListener('message', ({ data }) => {
      this.#lingering.get(data?.lingers)?.(thread);
      this.#lingering.delete(data?.lingers);
    });
    return thread;
  }
}

/** A place for one kind: it always has an executor. */
export class Slot {
  #number = 0;
  #worker;
  /** The ends of all that were there. */
  #ends = new Set();

  constructor(kind, worker) {
    this.kind = kind;
    this.#worker = worker;
    this.renew();
  }

  /** Puts a new executor here; gives the one before. */
  renew() {
    const before = this.current;
    this.current = new Generation(this.kind, this.#number++, this.#worker);
    return before;
  }

  /** Waits for the end of an executor that was here. */
  async ended(end) {
    this.#ends.add(end);
    await end;
    this.#ends.delete(end);
  }

  /** Shuts the last one down; resolves when all have ended. */
  async close() {
    this.current.closed = true;
    await Promise.all([...this.#ends, this.current.executor.shutdown()]);
  }
}
