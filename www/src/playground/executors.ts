// Knows which executors user code has made, so that Stop can take back what they have not begun.
//
// The package has no list of them, and its exports cannot be replaced; but whatever is done with an executor goes
// through the methods of its prototype, where it is noted once.

import type { Executor } from 'concurrent-futures';

type Library = typeof import('concurrent-futures');
/** Pools and the AsyncExecutor have these numbers. */
type Counted = Executor & { readonly queued?: number; readonly workers?: number };
type Method = (this: Executor, ...args: unknown[]) => unknown;

const METHODS = ['submit', 'submitWith', 'map'];

export class Executors {
  /** By weak references: an executor that is dropped is none of ours. */
  readonly #known = new Set<WeakRef<Counted>>();
  readonly #noted = new WeakSet<Executor>();
  readonly #patched = new WeakSet<object>();
  /** A coroutine has no worker that could be ended. */
  #isLocal = (_: Executor) => false;

  watch(library: Library): void {
    this.#isLocal = executor => executor instanceof library.AsyncExecutor;
    const { Executor, ThreadPoolExecutor, ProcessPoolExecutor, AsyncExecutor } = library;
    for (const { prototype } of [Executor, ThreadPoolExecutor, ProcessPoolExecutor, AsyncExecutor])
      for (
        let each: object = prototype;
        each !== Object.prototype && !this.#patched.has(each);
        each = Object.getPrototypeOf(each)
      )
        this.#patch(each);
  }

  #patch(prototype: object): void {
    this.#patched.add(prototype);
    const note = (executor: Executor) => {
      if (this.#noted.has(executor)) return;
      this.#noted.add(executor);
      this.#known.add(new WeakRef(executor));
    };
    for (const name of METHODS) {
      const own = Object.getOwnPropertyDescriptor(prototype, name);
      if (typeof own?.value !== 'function') continue;
      const method = own.value as Method;
      Object.defineProperty(prototype, name, {
        ...own,
        value(this: Executor, ...args: unknown[]) {
          note(this);
          return method.apply(this, args);
        },
      });
    }
  }

  /** Cancels every call that has not started. How many there were, and how many workers are left at work. */
  cancelPending(): { cancelled: number; workers: number } {
    let [cancelled, workers] = [0, 0];
    for (const reference of this.#known) {
      const executor = reference.deref();
      if (!executor) continue;
      cancelled += executor.queued ?? 0;
      if (!this.#isLocal(executor)) workers += executor.workers ?? 0;
      void executor.shutdown({ wait: false, cancelFutures: true });
    }
    return { cancelled, workers };
  }
}
