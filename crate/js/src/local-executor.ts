// What the executors have in common that run calls on the caller's own event loop: nothing is sent, so functions may be
// closures, and values arrive as they are.

import { BlockingNotAllowedError, RuntimeError } from './errors.js';
import { cancelledFuture, Executor, type ShutdownOptions, type SubmitOptions } from './executor.js';
import { Failures } from './failures.js';
import { Future, type Origin } from './future.js';
import { type LocalTrace, type Traced, textOf } from './local-trace.js';
import { checkOptions } from './options.js';
import { TaskTable } from './table.js';
import { isThenable, toFixed } from './tasks.js';
import { Transfer } from './transfer.js';

/** The tasks that local executors imported. */
const tasks = /* @__PURE__ */ new TaskTable();

/** A call that has not ended. */
export interface LocalCall {
  readonly future: Future<unknown>;
  /** Runs the task; gives a promise where the task, or the import of its module, gives one. */
  readonly run: () => unknown;
  /** Its place in the trace, if there is one. */
  readonly traced: Traced | undefined;
}

/** The part that `AsyncExecutor` and `InlineExecutor` share. */
export abstract class LocalExecutor extends Executor implements Origin {
  /** @internal */
  readonly failures: Failures = new Failures();
  /** @internal */
  protected abstract readonly trace: LocalTrace;
  #closing = false;
  /** Calls that have not ended, cancelled ones excepted. */
  #unfinished = 0;
  #ended: (() => void)[] = [];

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    this.#close('shutdown', options);
    if (options.wait === false || this.#unfinished === 0) return Promise.resolve();
    return new Promise(resolve => {
      this.#ended.push(resolve);
    });
  }

  /**
   * The blocking form of `shutdown`.
   *
   * ```js
   * const executor = new InlineExecutor();
   * const future = executor.submit(() => 42);
   * executor.shutdownSync();
   * console.log(future.resultSync());   // 42
   * ```
   *
   * @throws BlockingNotAllowedError where calls have not ended, since only this event loop can end them
   */
  override shutdownSync(options: ShutdownOptions = {}): void {
    this.#close('shutdownSync', options);
    if (options.wait !== false && this.#unfinished > 0)
      throw new BlockingNotAllowedError(
        `${this.#unfinished} calls run on this very event loop: await executor.shutdown() instead`,
      );
  }

  /** @internal */
  protected override call(
    fn: unknown,
    args: unknown[],
    { signal }: SubmitOptions,
  ): Future<unknown> {
    const { task, args: fixed } = toFixed(fn);
    if (this.#closing) throw new RuntimeError('cannot schedule new futures after shutdown');
    if (signal?.aborted) return cancelledFuture();
    const all = [...fixed, ...args] as never[];
    const future = new Future<unknown>().from(this, task.name || 'anonymous');
    this.#unfinished++;
    const traced = this.trace.submitted(future.task, all);
    this.#follow(future, traced);
    this.accept({
      future,
      traced,
      run: () => {
        if (typeof task === 'function') return task(...all);
        const found = tasks.find(task.wire);
        return found ? found(...all) : tasks.load(task.wire).then(loaded => loaded(...all));
      },
    });
    return future;
  }

  /**
   * Hears of the end of a call. Not in `call`: what a task throws keeps `run` alive by its stack, and with that all that
   * closures of `call` refer to; so its future would never be collected.
   */
  #follow(future: Future<unknown>, traced: Traced | undefined): void {
    // Told before callbacks run, so that one that shuts down finds it ended.
    future.watch(() => {
      if (future.cancelled()) traced?.cancelled();
      // Where somebody settled it by hand.
      else traced?.finished(future.failed(), '');
      this.#end();
    });
  }

  /** @internal A new call: it is to be begun, now or later. */
  protected abstract accept(call: LocalCall): void;

  /** @internal Cancels the calls that wait. */
  protected abstract cancelAll(): void;

  /** @internal Runs a call, and calls `then` when it has ended, possibly before this returns. */
  protected begin({ future, run, traced }: LocalCall, then: () => void): void {
    if (!future.setRunningOrNotifyCancel()) {
      then();
      return;
    }
    traced?.started();
    // Somebody may have settled it by hand meanwhile.
    const succeed = (value: unknown): void => {
      traced?.finished(false, textOf(value));
      // Nothing is sent, so nothing is moved.
      if (!future.done()) future.setResult(value instanceof Transfer ? value.value : value);
      then();
    };
    const fail = (error: unknown): void => {
      traced?.finished(true, textOf(error));
      if (!future.done()) future.setException(error);
      then();
    };
    let value: unknown;
    try {
      value = run();
      if (isThenable(value)) {
        Promise.resolve(value).then(succeed, fail);
        return;
      }
    } catch (error) {
      fail(error);
      return;
    }
    succeed(value);
  }

  #close(what: string, options: ShutdownOptions): void {
    checkOptions(what, options, ['wait', 'cancelFutures']);
    this.#closing = true;
    if (options.cancelFutures === true) this.cancelAll();
    if (this.#unfinished === 0) this.#over();
  }

  #end(): void {
    if (--this.#unfinished > 0 || !this.#closing) return;
    this.#over();
    for (const tell of this.#ended.splice(0)) tell();
  }

  #over(): void {
    this.trace.ended();
    void this.failures.report();
  }
}
