// `threadMap` and `processMap`, as in tqdm.contrib.concurrent: a map on a pool of its own, with a bar.

import { type Executor, type SubmitOptions, withExecutor } from '../executor.js';
import type { Future } from '../future.js';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../index.js';
import type { MapIterator, MapOptions } from '../map.js';
import type { PoolOptions } from '../pool.js';
import type { AnyFunction, Task } from '../tasks.js';
import { lengthOf, Progress, type ProgressOptions } from './bar.js';

/** Options of `threadMap` and `processMap`: those of the pool, of `map`, and of the bar, whose `smoothing` is 0 here. */
export interface ExecutorMapOptions extends PoolOptions, MapOptions, ProgressOptions {}

type Value<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;
type IterablesAndOptions = [...Iterable<unknown>[], ExecutorMapOptions] | Iterable<unknown>[];

/** Above so many calls, one message for each is felt. */
const MANY = 1000;

/**
 * Calls a task with the items of the iterables on a `ThreadPoolExecutor`, with a bar that moves whenever a call is done.
 *
 * ```js
 * const primes = await threadMap(isPrime, [97, 98], { maxWorkers: 2, desc: 'numbers' });
 * console.log(...primes);   // true false
 * ```
 *
 * @returns the values in the order of the items; rejects as `map` does
 */
export function threadMap<F extends AnyFunction>(
  fn: Task<F>,
  ...iterablesAndOptions: IterablesAndOptions
): Promise<Value<F>[]> {
  const { iterables, options } = split(iterablesAndOptions);
  return mapOn(moved => new CountedThreads(options, moved), fn, iterables, options);
}

/**
 * Calls a task with the items of the iterables on a `ProcessPoolExecutor`, with a bar that moves whenever a call, or a
 * chunk of them, is done. Where more than 1000 items go out without a `chunksize`, it says so on the console.
 *
 * ```js
 * const element = document.createElement('progress');
 * const primes = await processMap(isPrime, [97, 98, 99], { chunksize: 2, render: progressElement(element) });
 * console.log(...primes, element.value);   // true false false 3
 * ```
 *
 * @returns the values in the order of the items; rejects as `map` does
 */
export function processMap<F extends AnyFunction>(
  fn: Task<F>,
  ...iterablesAndOptions: IterablesAndOptions
): Promise<Value<F>[]> {
  const { iterables, options } = split(iterablesAndOptions);
  const length = shortest(iterables) ?? 0;
  if (length > MANY && options.chunksize === undefined)
    console.warn(
      `TqdmWarning: iterable length ${length} > ${MANY} but \`chunksize\` is not set. This may seriously degrade ` +
        'the performance of processes. Set `chunksize` to 1 or more.',
    );
  return mapOn(moved => new CountedProcesses(options, moved), fn, iterables, options);
}

/** Hears how many items are done. */
type Moved = (items: number) => void;

class CountedThreads extends ThreadPoolExecutor {
  readonly #moved: Moved;

  constructor(options: PoolOptions, moved: Moved) {
    super(options);
    this.#moved = moved;
  }

  protected override call(fn: unknown, args: unknown[], options: SubmitOptions): Future<unknown> {
    return counted(super.call(fn, args, options), 1, this.#moved);
  }
}

class CountedProcesses extends ProcessPoolExecutor {
  readonly #moved: Moved;

  constructor(options: PoolOptions, moved: Moved) {
    super(options);
    this.#moved = moved;
  }

  protected override call(fn: unknown, args: unknown[], options: SubmitOptions): Future<unknown> {
    // A call of a process pool's map has one argument, the chunk.
    const items = (args[0] as unknown[]).length;
    return counted(super.call(fn, args, options), items, this.#moved);
  }
}

function counted(future: Future<unknown>, items: number, moved: Moved): Future<unknown> {
  // Before whoever waits for the future goes on, so that the bar is never behind the results.
  future.watch(() => {
    if (!future.cancelled()) moved(items);
  });
  return future;
}

async function mapOn<F extends AnyFunction>(
  make: (moved: Moved) => Executor,
  fn: Task<F>,
  iterables: Iterable<unknown>[],
  options: ExecutorMapOptions,
): Promise<Value<F>[]> {
  let bar: Progress | undefined;
  return withExecutor(
    make(items => bar?.update(items)),
    async executor => {
      const { total = shortest(iterables) } = options;
      bar = new Progress({ smoothing: 0, ...options, total });
      try {
        const values: Value<F>[] = [];
        const { timeout, chunksize, buffersize } = options;
        const map = executor.map.bind(executor) as (...args: unknown[]) => MapIterator<Value<F>>;
        for await (const value of map(fn, ...iterables, { timeout, chunksize, buffersize }))
          values.push(value);
        return values;
      } finally {
        bar.close();
      }
    },
  );
}

function split(iterablesAndOptions: IterablesAndOptions): {
  iterables: Iterable<unknown>[];
  options: ExecutorMapOptions;
} {
  const last = iterablesAndOptions.at(-1) as Partial<Iterable<unknown>> | null | undefined;
  const hasOptions =
    typeof last === 'object' && last !== null && typeof last[Symbol.iterator] !== 'function';
  return {
    iterables: (hasOptions
      ? iterablesAndOptions.slice(0, -1)
      : iterablesAndOptions) as Iterable<unknown>[],
    options: hasOptions ? (last as ExecutorMapOptions) : {},
  };
}

/** The length of the shortest iterable, among those that say it: so many calls there will be. */
function shortest(iterables: Iterable<unknown>[]): number | undefined {
  const lengths = iterables.map(lengthOf).filter(length => length !== undefined);
  return lengths.length === 0 ? undefined : Math.min(...lengths);
}
