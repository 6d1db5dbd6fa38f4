// `AsyncExecutor`: coroutines on the caller's event loop.

import { ASYNC } from './abi.js';
import { turn } from './clock.js';
import { type LocalCall, LocalExecutor } from './local-executor.js';
import { LocalTrace } from './local-trace.js';
import { checkCount, checkOptions } from './options.js';

/** How long calls may be begun one after the other before the event loop gets a turn, in milliseconds. */
const TURN_EVERY = 8;

/** Options of an AsyncExecutor. */
export interface AsyncExecutorOptions {
  /** The most calls that run at a time, at least 1; without it there is no limit. */
  readonly maxWorkers?: number | undefined;
}

/**
 * An executor that runs coroutines, that is async functions, on the caller's own event loop: tens of thousands at once,
 * for work that waits more than it computes. Calls begin in the order of their submission, not before `submit` has
 * returned, and at most `maxWorkers` of them run at a time.
 *
 * Nothing is sent anywhere: tasks may be closures, and values arrive as they are. Plain functions may be called too; they
 * hold up the event loop. References from `task(url, name)` and `tasksOf(url)` are imported here.
 *
 * ```js
 * const executor = new AsyncExecutor({ maxWorkers: 100 });
 * const sleep = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000, seconds));
 * for await (const seconds of executor.map(sleep, [0.02, 0.01])) console.log(seconds);   // 0.02 0.01
 * await executor.shutdown();
 * ```
 *
 * What is not done cannot be waited for by blocking, since only the event loop can end it: `resultSync` then throws
 * BlockingNotAllowedError.
 *
 * @throws TypeError or RangeError for a bad `maxWorkers`
 */
export class AsyncExecutor extends LocalExecutor {
  /** @internal */
  protected override readonly trace: LocalTrace;
  readonly #most: number;
  /** Calls that wait, oldest first, from `#oldest` on. */
  #queue: (LocalCall | undefined)[] = [];
  #oldest = 0;
  #running = 0;
  /** Whether calls are being begun, or soon will be. */
  #beginning = false;

  constructor(options: AsyncExecutorOptions = {}) {
    super();
    checkOptions('AsyncExecutor', options, ['maxWorkers']);
    const { maxWorkers = Number.POSITIVE_INFINITY } = options;
    this.#most =
      maxWorkers === Number.POSITIVE_INFINITY ? maxWorkers : checkCount('maxWorkers', maxWorkers);
    this.trace = new LocalTrace(ASYNC, this.#most, 'AsyncExecutor');
  }

  /**
   * Calls that run now.
   *
   * ```js
   * const executor = new AsyncExecutor();
   * const futures = [1, 2, 3].map(() => executor.submit(async () => executor.workers));
   * console.log(await futures[2]);   // 3
   * ```
   */
  get workers(): number {
    return this.#running;
  }

  /**
   * Calls that wait to begin.
   *
   * ```js
   * const executor = new AsyncExecutor({ maxWorkers: 1 });
   * executor.submit(async () => 1);
   * executor.submit(async () => 2);
   * console.log(executor.queued);   // 2
   * ```
   */
  get queued(): number {
    return this.#queue.slice(this.#oldest).filter(call => call?.future.done() === false).length;
  }

  /** @internal */
  protected override accept(call: LocalCall): void {
    this.#queue.push(call);
    this.#beginSoon();
  }

  /** @internal */
  protected override cancelAll(): void {
    for (const call of this.#queue.splice(this.#oldest)) call?.future.cancel();
  }

  #beginSoon(): void {
    if (this.#beginning) return;
    this.#beginning = true;
    queueMicrotask(() => void this.#beginInTurns());
  }

  async #beginInTurns(): Promise<void> {
    let end = performance.now() + TURN_EVERY;
    while (this.#running < this.#most) {
      const call = this.#next();
      if (call === undefined) break;
      this.#running++;
      this.begin(call, this.#freed);
      if (performance.now() < end) continue;
      await turn();
      end = performance.now() + TURN_EVERY;
    }
    this.#beginning = false;
  }

  readonly #freed = (): void => {
    this.#running--;
    if (this.#oldest < this.#queue.length) this.#beginSoon();
  };

  #next(): LocalCall | undefined {
    const call = this.#queue[this.#oldest];
    if (call === undefined) return undefined;
    this.#queue[this.#oldest++] = undefined;
    // Now and then, so that it costs a constant share.
    if (this.#oldest * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    return call;
  }
}
