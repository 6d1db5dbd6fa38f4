// What TypeScript says about the face; `tsc` is the test, nothing of this runs.

import {
  AsyncExecutor,
  asCompleted,
  type Future,
  InlineExecutor,
  type MapIterator,
  partial,
  type Task,
  type TaskRef,
  type ThreadPoolExecutor,
  task,
  tasksOf,
  wait,
} from '../src/index.js';

type Tasks = typeof import('./module-of-tasks.js');

/** Compiles only where the two types are the same. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<A, B>(_same: Same<A, B>): void {}

export async function types(executor: ThreadPoolExecutor): Promise<void> {
  const { double, isPrime, later } = tasksOf<Tasks>();
  is<typeof double, TaskRef<(n: number) => number>>(true);

  // A call has the types of its task.
  const future = executor.submit(isPrime, 97);
  is<typeof future, Future<boolean>>(true);
  is<Awaited<typeof future>, boolean>(true);
  const awaited = executor.submit(later, 'a', 1);
  is<typeof awaited, Future<string>>(true);
  executor.submit(later, 'a');
  executor.submitWith({ signal: AbortSignal.timeout(5) }, isPrime, 97);
  // @ts-expect-error a number is needed
  executor.submit(isPrime, '97');
  // @ts-expect-error one argument is needed
  executor.submit(isPrime);
  // @ts-expect-error one argument is too many
  executor.submit(isPrime, 97, 98);
  // @ts-expect-error there is no such option
  executor.submitWith({ signals: [] }, isPrime, 97);

  // So has a function.
  const sum = executor.submit((a: number, b: number) => a + b, 1, 2);
  is<typeof sum, Future<number>>(true);
  const texts = new AsyncExecutor({ maxWorkers: 2 }).submit(async () => 'text');
  is<typeof texts, Future<string>>(true);

  // The items of a map are its arguments, and functions may take fewer.
  const primes = executor.map(isPrime, new Set([1, 2]), { chunksize: 2 });
  is<typeof primes, MapIterator<boolean>>(true);
  is<typeof powers, MapIterator<number>>(true);
  const powers = new InlineExecutor().map((a, b) => a ** b, [1, 2], [3, 4], { timeout: 1 });
  executor.map(() => 1, [1, 2]);
  executor.map(later, ['a', 'b']);
  for await (const prime of primes) is<typeof prime, boolean>(true);
  for (const prime of primes) is<typeof prime, boolean>(true);
  // @ts-expect-error the items must be numbers
  executor.map(isPrime, ['1']);
  // @ts-expect-error an iterable is needed
  executor.map(isPrime, 5);
  // @ts-expect-error there is no such option
  executor.map(isPrime, [1], { chunkSize: 2 });

  // What partial fixes is no argument any more.
  const add = partial((a: number, b: string) => `${a}${b}`, 1);
  is<typeof add, Task<(b: string) => string>>(true);
  is<ReturnType<typeof executor.submit<[string], string>>, Future<string>>(true);
  executor.submit(add, 'b');
  executor.submit(partial(later, 'a'));
  executor.map(partial(later, 'a'), [1, 2]);
  // @ts-expect-error a string is needed
  executor.submit(add, 2);
  // @ts-expect-error a string is fixed where a number is needed
  partial(isPrime, 'x');

  // By address and name the type is what is asked for.
  const named = executor.submit(task<Tasks['double']>('/tasks.js', 'double'), 4);
  is<typeof named, Future<number>>(true);
  const unknown = executor.submit(task('/tasks.js', 'double'), 4, 'five');
  is<typeof unknown, Future<unknown>>(true);

  // Futures of several types go together.
  const { done } = await wait<boolean | number>([future, sum]);
  is<typeof done, Set<Future<boolean | number>>>(true);
  for await (const one of asCompleted([future])) is<typeof one, Future<boolean>>(true);
  const any: Future<unknown> = future;
  any.addDoneCallback(f => f.done());
}
