// One fault on one executor: what surrounds it, and what must hold after it, whatever it was.
//
//   a pool with one worker that has worked ─▶ the fault ─▶ every future settles within a second, its error names cause,
//   worker and task ─▶ the pool goes on, or is broken with that reason ─▶ shutdown ─▶ nothing is left, within three

import {
  BrokenProcessPool,
  BrokenThreadPool,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
} from '../../dist/index.js';
import { listen as listenTo } from '../engines/listen.js';
import { counts, pause, threads } from './ledger.js';

/** How long futures may take to settle, and threads to go, in milliseconds. */
const SETTLE_LIMIT = 1000;
const GONE_LIMIT = 3000;
/** How long the next call of a pool that goes on may take: a worker may have to start. */
const NEXT_LIMIT = 5000;
const START_LIMIT = 10_000;

const KINDS = {
  threads: { Pool: ThreadPoolExecutor, Broken: BrokenThreadPool },
  processes: { Pool: ProcessPoolExecutor, Broken: BrokenProcessPool },
};
const script = new URL('../../dist/default-worker.js', import.meta.url);

export const url = new URL('./tasks.js', import.meta.url);
export const tasks = tasksOf(url);

/** Throws where the two are not equal as JSON. */
export function same(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${left} instead of ${right}`);
}

/** Rejects where the promise takes longer. */
export function within(limit, promise, what) {
  const late = pause(limit).then(() => {
    throw new Error(`${what} took longer than ${limit} ms`);
  });
  return Promise.race([promise, late]);
}

/** As `listen`, with a limit to what the task may take until it says something. */
export async function listen(name) {
  const said = await listenTo(name);
  return () => within(START_LIMIT, said(), `to hear ${name}`);
}

/** Resolves when `condition` holds; looks again with every turn of the event loop. */
export async function until(condition) {
  while (!(await condition())) await pause(0);
}

/** What `call` throws, or rejects with. */
export async function failure(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('it should have failed');
}

export class Scene {
  /** The workers that this scene's pool has made, oldest first. */
  threads = [];
  /** Whether another pool can work after this. */
  another = true;
  #since = 0;

  constructor(kind) {
    this.kind = kind;
    const { Pool, Broken } = KINDS[kind];
    this.Pool = Pool;
    this.Broken = Broken;
    /** A name for channels that no other scene has. */
    this.signal = `fault ${kind} ${performance.now()}`;
  }

  /** A pool of one worker, unless the options say otherwise. */
  open(options = {}) {
    const worker = () => {
      this.threads.push(new Worker(script, { type: 'module' }));
      return this.threads.at(-1);
    };
    this.executor = new this.Pool({ maxWorkers: 1, worker, threadNamePrefix: 'w', ...options });
    return this.executor;
  }

  /** As `open`, and its worker is up. */
  async openWarm(options) {
    const executor = this.open(options);
    const first = executor.submit(tasks.square, 2).result();
    same(await within(START_LIMIT, first, 'the first call'), 4);
    return executor;
  }

  /** The fault happens now. */
  happens() {
    this.#since = performance.now();
  }

  /** The error that the future fails with, in time. */
  async error(future, limit = SETTLE_LIMIT) {
    const error = await within(
      Math.max(1, this.#since + limit - performance.now()),
      future.exception().catch(cancelled => cancelled),
      `${future}`,
    );
    if (error === undefined) throw new Error(`${future} should have failed`);
    return error;
  }

  /** The future fails with what its task threw: with class and message, and worker and task at the end of the stack. */
  async fails(future, name, words, task) {
    const error = await this.error(future);
    same([error.name, error.message.includes(words) || error.message], [name, true]);
    same(error.stack.split('\n').at(-1), `    in worker ${future.worker}, task ${task}`);
  }

  /** The future fails since its worker is lost: with the reason, worker and task. */
  async breaks(future, words, task, worker = 'w_0') {
    const error = await this.error(future);
    same(
      [error instanceof this.Broken || error.name, error.reason?.includes(words) || error.message],
      [true, true],
    );
    same([error.worker, error.task], [worker, task]);
  }

  /** The pool goes on. */
  async goesOn() {
    const next = this.executor.submit(tasks.square, 3);
    same(await within(NEXT_LIMIT, next.result(), 'the next call'), 9);
  }

  /** The pool is broken, and says why; another one works. */
  async isBroken(words) {
    const refused = await within(SETTLE_LIMIT, this.#refusal(), 'the refusal');
    same(
      [
        refused instanceof this.Broken || refused.name,
        refused.reason.includes(words) || refused.reason,
      ],
      [true, true],
    );
    if (this.another) await this.#another();
  }

  /** The pool was ended, and says so; another one works. */
  async isClosed() {
    same((await failure(() => this.executor.submit(tasks.square, 3))).name, 'RuntimeError');
    await this.#another();
  }

  /** Nothing is left after the shutdown. */
  async end() {
    const limit = Math.max(
      1,
      Math.max(this.#since, performance.now() - 1000) + GONE_LIMIT - performance.now(),
    );
    await within(limit, this.executor.shutdown(), 'the shutdown');
    same(this.executor.workers, 0);
    let left;
    const empty = until(async () => {
      left = await counts();
      return Object.values(left).every(count => count === 0);
    });
    await within(GONE_LIMIT, empty, 'nothing to be left').catch(error => {
      throw new Error(`${error.message}: ${JSON.stringify(left)}`);
    });
    same(await threads(), 0);
  }

  async #refusal() {
    let error;
    await until(() => {
      try {
        void this.executor.submit(tasks.square, 1).exception();
      } catch (refused) {
        error = refused;
      }
      return error !== undefined;
    });
    return error;
  }

  async #another() {
    const executor = new this.Pool({ maxWorkers: 1 });
    const future = executor.submit(tasks.square, 3);
    same(await within(NEXT_LIMIT, future.result(), 'a call of another pool'), 9);
    await executor.shutdown();
  }
}
