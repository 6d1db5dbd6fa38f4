// `gather` and `shield`: one future for several, and one that keeps cancelling away from another.

import { CancelledError } from './errors.js';
import { Future, fail } from './future.js';
import { type Awaitable, ensureAll, ensureFuture, type Outcome } from './task.js';

/** Options of `gather`. */
export interface GatherOptions {
  /** Puts errors among the results instead of failing with the first. */
  readonly returnExceptions?: boolean | undefined;
}

type Outcomes<A extends readonly unknown[]> = { -readonly [K in keyof A]: Outcome<A[K]> };
type OutcomesOrErrors<A extends readonly unknown[]> = {
  -readonly [K in keyof A]: Outcome<A[K]> | unknown;
};
type Any = Awaitable<unknown>;

class Gathering extends Future<unknown[]> {
  readonly #children: ReadonlySet<Future<unknown>>;
  #requested = false;
  #left: number;

  constructor(futures: readonly Future<unknown>[], returnExceptions: boolean) {
    super();
    this.#children = new Set(futures);
    this.#left = this.#children.size;
    if (this.#left === 0) this.setResult([]);
    for (const child of this.#children)
      child.onDone(() => this.#childDone(child, futures, returnExceptions));
  }

  /** Cancels all that are not done; this is cancelled when they are. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    let asked = false;
    for (const child of this.#children) asked = child.cancel(message) || asked;
    if (asked) this.#requested = true;
    return asked;
  }

  #childDone(
    child: Future<unknown>,
    futures: readonly Future<unknown>[],
    returnExceptions: boolean,
  ): void {
    this.#left--;
    const error = errorOf(child);
    if (this.done()) return;
    if (!returnExceptions && error !== undefined) {
      // A cancelled child is an error like any other, also where somebody cancelled all of them by this.
      this.setException(error.value);
      return;
    }
    if (this.#left > 0) return;
    if (this.#requested) this.setException(new CancelledError());
    else
      this.setResult(
        futures.map(future => {
          const failed = errorOf(future);
          return failed === undefined ? future.result() : failed.value;
        }),
      );
  }
}

/** How a future that is done failed, or was cancelled. */
function errorOf(future: Future<unknown>): { value: unknown } | undefined {
  try {
    future.result();
    return undefined;
  } catch (value) {
    return { value };
  }
}

/**
 * Runs awaitables at once, and gives their values in the order of the arguments. The first error fails it, and the others go
 * on. Cancelling it cancels all of them.
 *
 * ```js
 * const [page, image] = await gather(async () => 'page', async () => 'image');
 * console.log(page, image);   // page image
 * const outcomes = await gather(
 *   async () => 'page',
 *   async () => { throw new RangeError('too far'); },
 *   { returnExceptions: true },
 * );
 * console.log(outcomes[0], outcomes[1].message);   // page too far
 * ```
 */
export function gather<const A extends readonly Any[]>(...awaitables: A): Future<Outcomes<A>>;
export function gather<const A extends readonly Any[]>(
  ...awaitablesAndOptions: [...A, GatherOptions]
): Future<OutcomesOrErrors<A>>;
export function gather(...awaitablesAndOptions: readonly unknown[]): Future<unknown[]> {
  const last = awaitablesAndOptions.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !('then' in last);
  const awaitables = (
    hasOptions ? awaitablesAndOptions.slice(0, -1) : awaitablesAndOptions
  ) as Any[];
  const { returnExceptions = false } = (hasOptions ? last : {}) as GatherOptions;
  return new Gathering(ensureAll(awaitables), returnExceptions);
}

/**
 * A future with the outcome of `awaitable`, whose cancelling does not reach it. Hold on to what you shield: if it fails after
 * nobody waits any more, that is only reported.
 *
 * ```js
 * const saved = createTask(() => sleep(0, 'saved'));
 * const waiting = shield(saved);
 * waiting.cancel();
 * console.log(waiting.cancelled(), await saved);   // true saved
 * ```
 */
export function shield<A extends Any>(awaitable: A): Future<Outcome<A>> {
  const inner = ensureFuture(awaitable);
  if (inner.done()) return inner;
  const outer = new Future<Outcome<A>>();
  inner.onDone(() => {
    const error = errorOf(inner);
    if (!outer.done()) {
      if (error === undefined) outer.setResult(inner.result());
      else fail(outer, error.value);
    } else if (error !== undefined && !inner.cancelled())
      console.error('a shielded future failed when nobody waited for it any more:', error.value);
  });
  return outer;
}
