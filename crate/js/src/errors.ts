// Every error of the package, under Python's names.
//
//   Error
//   ├─ CancelledError            the future was cancelled
//   ├─ TimeoutError              a wait took too long
//   ├─ InvalidStateError         a future was settled twice
//   ├─ RuntimeError              the executor was shut down
//   │   ├─ DeadlockError         workers wait for each other
//   │   └─ BrokenExecutor        the pool cannot be used any more
//   │       ├─ BrokenThreadPool
//   │       └─ BrokenProcessPool
//   ├─ WorkerExit                a task closed its worker, as sys.exit() does in Python
//   ├─ NotIsolatedError          threads need a cross-origin isolated page
//   └─ BlockingNotAllowedError   a blocking call where blocking is impossible

/**
 * A future was cancelled before it ran.
 *
 * ```js
 * const future = new Future();
 * future.cancel();
 * const error = await future.result().catch(error => error);
 * console.log(error instanceof CancelledError);   // true
 * ```
 */
export class CancelledError extends Error {
  override name = 'CancelledError';
  constructor(message = 'the future was cancelled') {
    super(message);
  }
}

/**
 * The time given to a wait, in seconds, is over. The call that was waited for goes on.
 *
 * ```js
 * const future = new Future();
 * const error = await future.result({ timeout: 0.01 }).catch(error => error);
 * console.log(error instanceof TimeoutError, future.done());   // true false
 * ```
 */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

/**
 * A future was settled that is finished or cancelled already.
 *
 * ```js
 * const future = new Future();
 * future.setResult(1);
 * try {
 *   future.setResult(2);
 * } catch (error) {
 *   console.log(error instanceof InvalidStateError, await future);   // true 1
 * }
 * ```
 */
export class InvalidStateError extends Error {
  override name = 'InvalidStateError';
}

/**
 * The executor cannot do this any more, because it was shut down.
 *
 * ```js
 * await executor.shutdown();
 * try {
 *   executor.submit(isPrime, 97);
 * } catch (error) {
 *   console.log(error instanceof RuntimeError, error.message);   // true cannot schedule new futures after shutdown
 * }
 * ```
 */
export class RuntimeError extends Error {
  override name = 'RuntimeError';
}

/**
 * Workers wait for each other, blocking and without a time-out, and none of them could ever go on; in Python they wait for
 * ever. The pool goes on.
 *
 * ```js
 * const error = new DeadlockError(['p_0 waits for a lock that p_1 holds', 'p_1 waits for a lock that p_0 holds']);
 * console.log(error.waits.length, error instanceof RuntimeError);   // 2 true
 * ```
 */
export class DeadlockError extends RuntimeError {
  override name = 'DeadlockError';
  /** Who waits for what: one sentence for each that waits. */
  readonly waits: readonly string[];

  constructor(waits: readonly string[] | string = []) {
    super(`deadlock: ${typeof waits === 'string' ? waits : waits.join('; ')}`);
    this.waits = typeof waits === 'string' ? [waits] : waits;
  }
}

/** Why a pool is broken, or a call of it lost. */
export interface Breakage {
  /** What happened. */
  readonly reason: string;
  /** The name of the worker that it happened to; `undefined` where it was none, or is not known. */
  readonly worker?: string | undefined;
}

/**
 * The pool cannot be used any more: a worker died, could not be started, or failed to set up.
 *
 * ```js
 * const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
 * const future = pool.submit(function endless() { for (;;); });
 * while (!future.running()) await new Promise(resolve => setTimeout(resolve));
 * pool.terminateWorkers();
 * const error = await future.exception();
 * console.log(error instanceof BrokenExecutor, error.task, error.reason);   // true endless its workers were terminated
 * ```
 */
export class BrokenExecutor extends RuntimeError implements Breakage {
  override name = 'BrokenExecutor';
  /** What happened. */
  readonly reason: string;
  /** The name of the worker that it happened to; `undefined` where it was none, or is not known. */
  readonly worker: string | undefined;
  /** The name of the task whose future failed with this; `undefined` where it was `submit` that was refused. */
  readonly task: string | undefined;

  constructor(message = '', breakage: Breakage = { reason: message }, task?: string) {
    super(message);
    this.reason = breakage.reason;
    this.worker = breakage.worker;
    this.task = task;
  }
}

/**
 * A thread pool is broken.
 *
 * ```js
 * const pool = new ThreadPoolExecutor({ initializer: () => { throw new Error('no licence'); } });
 * const error = await pool.submit(isPrime, 97).exception();
 * console.log(error instanceof BrokenThreadPool, error.reason);   // true a worker's initializer failed: no licence
 * ```
 */
export class BrokenThreadPool extends BrokenExecutor {
  override name = 'BrokenThreadPool';
}

/**
 * A process pool is broken.
 *
 * ```js
 * const pool = new ProcessPoolExecutor({ initializer: () => { throw new Error('no licence'); } });
 * const error = await pool.submit(isPrime, 97).exception();
 * console.log(error instanceof BrokenProcessPool, error.reason);   // true a worker's initializer failed: no licence
 * ```
 */
export class BrokenProcessPool extends BrokenExecutor {
  override name = 'BrokenProcessPool';
}

/**
 * A task called `self.close()`: the task fails with this, and its worker is replaced.
 *
 * ```js
 * const error = await executor.submit(() => self.close()).exception();
 * console.log(error instanceof WorkerExit, await executor.submit(isPrime, 97));   // true true
 * ```
 */
export class WorkerExit extends Error {
  override name = 'WorkerExit';
  constructor(message = 'the task closed its worker') {
    super(message);
  }
}

/**
 * Threads and blocking calls need shared memory, which only a cross-origin isolated page has. The message names the two
 * headers that make it one.
 *
 * ```js
 * const error = new NotIsolatedError('a ThreadPoolExecutor');
 * console.log(error.message.includes('Cross-Origin-Opener-Policy: same-origin'));   // true
 * console.log(error.message.includes('Cross-Origin-Embedder-Policy: require-corp'));   // true
 * ```
 */
export class NotIsolatedError extends Error {
  override name = 'NotIsolatedError';
  constructor(what: string, where = 'a cross-origin isolated page') {
    super(
      `${what} needs ${where}. Serve the page, over https or from localhost, with the headers ` +
        '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".',
    );
  }
}

/**
 * A call that would block was made where nothing may block, as on a page, or where it could never return.
 *
 * ```js
 * try {
 *   executor.submit(isPrime, 97).resultSync();
 * } catch (error) {
 *   console.log(error instanceof BlockingNotAllowedError);   // true
 * }
 * ```
 */
export class BlockingNotAllowedError extends Error {
  override name = 'BlockingNotAllowedError';
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** All of them, for whoever must know them when they arrive. */
export const ERRORS = [
  CancelledError,
  TimeoutError,
  InvalidStateError,
  RuntimeError,
  DeadlockError,
  BrokenExecutor,
  BrokenThreadPool,
  BrokenProcessPool,
  WorkerExit,
  NotIsolatedError,
  BlockingNotAllowedError,
];
