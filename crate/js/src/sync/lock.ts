// `Lock` and `RLock`, and what a condition has of them.

import { type Circle, passed, passSync, type Timeout } from './gate.js';
import { Existing, Handle, LOCK, NOT_YET, RLOCK } from './handle.js';

const ACQUIRE = 0;
const RELEASE = 1;
const LOCKED = 2;

/** What is held for as long as `using` keeps it, where the engine has `using`; `release()` gives it back before. */
export interface Guard {
  /** Gives it back, once. */
  release(): void;
  /** What `using` calls at the end: `release`. */
  [Symbol.dispose](): void;
}

/**
 * What is acquired and released, and held around a piece of code.
 *
 * ```js
 * await ready();
 * const lock = new Lock();
 * console.log(await lock.acquire({ timeout: 1 }), lock.acquireSync(0));   // true false
 * lock.release();
 * const guard = await lock.guard();
 * guard.release();
 * console.log(await lock.held(() => 'on the page'));   // on the page
 *
 * const inWorker = lock => {
 *   const guard = lock.guardSync();
 *   guard.release();
 *   return lock.heldSync(() => 'in a worker');
 * };
 * console.log(await executor.submit(inWorker, lock));   // in a worker
 * ```
 */
export abstract class Acquirable extends Handle {
  /**
   * Waits until it is ours: true, or false where the time is over first.
   *
   * @param options `timeout` in seconds; none waits without end, 0 only tries
   * @throws HolderDiedError where the worker that holds it was ended
   */
  async acquire(options: Timeout = {}): Promise<boolean> {
    const got = await passed(this.agent, this.gate(), this, options.timeout, this.#take);
    return got === true;
  }

  /** The blocking form of `acquire`, for workers, with a `timeout` in seconds; with one of 0 for a page, too. */
  acquireSync(timeout?: number): boolean {
    return passSync(this.agent, this.gate(), timeout, this.kind, this.#take, this.circle) === true;
  }

  /** @internal For what is held by one agent, who is deemed to give it back. */
  protected get circle(): Circle | undefined {
    return undefined;
  }

  /**
   * Gives it back.
   *
   * @throws RuntimeError where it is not held
   */
  release(): void {
    this.ask(RELEASE, 1);
  }

  /** The with-statement: runs `body` with it held, and gives it back, whatever happens in there. */
  async held<T>(body: () => T | PromiseLike<T>): Promise<Awaited<T>> {
    await this.acquire();
    try {
      return await body();
    } finally {
      this.release();
    }
  }

  /** The blocking form of `held`, for workers. `body` is not awaited. */
  heldSync<T>(body: () => T): T {
    this.acquireSync();
    try {
      return body();
    } finally {
      this.release();
    }
  }

  /** For `using`: `using _ = await lock.guard();` */
  async guard(): Promise<Guard> {
    await this.acquire();
    return this.#guard();
  }

  /** For `using` in workers: `using _ = lock.guardSync();` */
  guardSync(): Guard {
    this.acquireSync();
    return this.#guard();
  }

  #guard(): Guard {
    let held = true;
    const release = () => {
      if (held) this.release();
      held = false;
    };
    const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
    return { release, [dispose]: release } as unknown as Guard;
  }

  readonly #take = () => (this.step(ACQUIRE) === NOT_YET ? undefined : true);
}

/** What has one holder. */
abstract class Owned extends Acquirable {
  /** Whether somebody holds it. */
  locked(): boolean {
    return this.ask(LOCKED) === 1;
  }

  /** @internal */
  protected override get circle(): Circle {
    return { lock: this.address, undo: () => this.step(RELEASE, 1) };
  }
}

/**
 * Python's `threading.Lock`: one holder at a time, and not twice the same. Anybody may release it.
 *
 * ```js
 * await ready();
 * const [lock, numbers] = [new Lock(), new SharedArray(Int32Array, 1)];
 * const count = (lock, numbers) => lock.heldSync(() => {
 *   for (let n = 0; n < 100; n++) numbers.array[0] += 1;
 * });
 * await Promise.all([1, 2].map(() => executor.submit(count, lock, numbers)));
 * console.log(numbers.array[0], lock.locked());   // 200 false
 * ```
 */
export class Lock extends Owned {
  /** A lock that nobody holds. */
  constructor(existing?: Existing | undefined) {
    super(LOCK, existing instanceof Existing ? existing : 0);
  }
}

/**
 * Python's `threading.RLock`: its holder may take it again, and gives it back as often. The holder is the worker, or the
 * page: async functions that take turns there are the same holder.
 *
 * ```js
 * await ready();
 * const lock = new RLock();
 * await lock.acquire();
 * console.log(await lock.acquire());   // true
 * lock.release();
 * console.log(lock.locked());   // true
 * lock.release();
 * console.log(lock.locked());   // false
 * ```
 */
export class RLock extends Owned {
  /** A lock that nobody holds. */
  constructor(existing?: Existing | undefined) {
    super(RLOCK, existing instanceof Existing ? existing : 0);
  }
}
