// What a task is, and how it is named on its way to a worker.
//
//   form                              on the wire          the worker
//   tasksOf<M>().name                 n name               looks in what its entry gave to `serve`
//   task(url, name), tasksOf<M>(url)  m name space url     imports the module, once, and takes the export
//   a self-contained function         s source             makes a module of the source, once; needs blob: in the CSP
//   arguments that wait elsewhere     b ticket, then one of those
//   a chunk of a map                  c, then one of those calls it with each item of its one argument

/**
 * A function that a worker can find: `task` and `tasksOf` make one. `F` is its type.
 *
 * ```js
 * const isPrime = task(new URL('./tasks.js', import.meta.url), 'isPrime');
 * console.log(isPrime instanceof TaskRef, isPrime.name);   // true isPrime
 * ```
 */
export class TaskRef<F extends (...args: never[]) => unknown = (...args: never[]) => unknown> {
  /** What the function is called. */
  readonly name: string;
  /** @internal What crosses to the worker. */
  readonly wire: string;
  /** The function's type; there is no such property at run time. */
  declare readonly type: F;

  /** @internal */
  constructor(name: string, wire: string) {
    this.name = name;
    this.wire = wire;
  }
}

export type AnyFunction = (...args: never[]) => unknown;

/** References to the functions that a module exports, by name. */
export type Tasks<M> = {
  readonly [K in keyof M as M[K] extends AnyFunction ? K : never]: M[K] extends AnyFunction
    ? TaskRef<M[K]>
    : never;
};

/** What `submit` and `map` take: a reference, or a self-contained function, whose source is sent. */
export type Task<F extends AnyFunction = AnyFunction> = TaskRef<F> | F;

/**
 * Names an export of a module that workers can import: the form without a bundler, and for modules that are built
 * already. Bundlers do not see that the file is a module; under a bundler give the pool a worker entry instead, and use
 * `tasksOf<typeof import('./tasks.js')>()`.
 *
 * ```js
 * const isPrime = task(new URL('./tasks.js', import.meta.url), 'isPrime');
 * console.log(await executor.submit(isPrime, 97));   // true
 * ```
 *
 * The module may also be the glue that wasm-bindgen makes for a module in Rust (`--target web`): what that exports is a
 * task then, and the worker makes its instance before the first call: `pub fn is_prime(n: u64) -> bool` with
 * `#[wasm_bindgen]` is `task('/pkg/primes.js', 'is_prime')`, and is called with `97n`.
 *
 * @param url the module's address; a relative one is relative to this agent's own
 * @param name the export
 * @throws TypeError where `name` is no string, or `url` no address
 */
export function task<F extends AnyFunction = (...args: unknown[]) => unknown>(
  url: string | URL,
  name: string,
): TaskRef<NoInfer<F>> {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(
      `a task needs the name of an export, not ${JSON.stringify(name) ?? String(name)}`,
    );
  return new TaskRef<F>(name, `m${name} ${absolute(url)}`);
}

/**
 * References to all tasks of a module. In TypeScript, `tasksOf<typeof import('./tasks.js')>()` gives them their types.
 *
 * ```js
 * const { isPrime } = tasksOf(new URL('./tasks.js', import.meta.url));
 * console.log(await executor.submit(isPrime, 97));   // true
 * ```
 *
 * @param url the module's address; without it the tasks are those that the worker's entry gave to `serve`
 */
export function tasksOf<M>(url?: string | URL): Tasks<M> {
  const base = url === undefined ? undefined : absolute(url);
  const refs = new Map<string, TaskRef>();
  return new Proxy({} as Tasks<M>, {
    get(_target, name) {
      // Whoever awaits or prints the proxy asks for symbols and for `then`.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      const known = refs.get(name);
      if (known !== undefined) return known;
      const ref = new TaskRef(name, base === undefined ? `n${name}` : `m${name} ${base}`);
      refs.set(name, ref);
      return ref;
    },
  });
}

/** What `partial` made: the task, and its first arguments. */
interface Fixed {
  readonly task: TaskRef | AnyFunction;
  readonly args: readonly unknown[];
}

/** The first arguments of a task, as many as one likes. */
type First<P extends unknown[]> = number extends P['length']
  ? P
  : P extends [_?: infer H, ...rest: infer T]
    ? [] | [H, ...First<T>]
    : [];

/** The arguments that are left when the first are fixed. */
type Rest<P extends unknown[], A extends unknown[]> = A extends [unknown, ...infer B]
  ? P extends [_?: unknown, ...rest: infer T]
    ? Rest<T, B>
    : P
  : P;

const partials = new WeakMap<object, Fixed>();

/**
 * A task with its first arguments fixed, as Python's `functools.partial`: for `submit`, `map` and every other place that
 * takes a task. The fixed arguments go along with each call, or with each chunk of a map, and must be sendable like all
 * others.
 *
 * ```js
 * const times = (a, b) => a * b;
 * for await (const value of executor.map(partial(times, 3), [1, 2])) console.log(value);   // 3 6
 * ```
 *
 * @throws TypeError where `fn` is not a task
 */
export function partial<P extends unknown[], R, A extends First<P>>(
  fn: Task<(...args: P) => R>,
  ...args: A
): Task<(...args: Rest<P, A>) => R> {
  const inner = toFixed(fn);
  const fixed = { task: inner.task, args: [...inner.args, ...args] };
  const { task } = fixed;
  const made =
    task instanceof TaskRef
      ? new TaskRef<(...args: Rest<P, A>) => R>(task.name, '')
      : (...rest: Rest<P, A>) => task(...([...fixed.args, ...rest] as never[])) as R;
  partials.set(made, fixed);
  return made;
}

/** What a user passed as a task, without what `partial` did to it. */
export function toFixed(value: unknown): Fixed {
  if (typeof value !== 'function' && !(value instanceof TaskRef))
    throw new TypeError(
      `a task is needed: a reference from tasksOf() or task(), or a function, not ${describe(value)}`,
    );
  return partials.get(value) ?? { task: value as TaskRef | AnyFunction, args: [] };
}

/** What is sent for a task that a user passed: its reference, and the arguments that come before the others. */
export function toCall(value: unknown): { ref: TaskRef; fixed: readonly unknown[] } {
  const { task, args } = toFixed(value);
  return { ref: toRef(task), fixed: args };
}

const sources = new WeakMap<AnyFunction, TaskRef>();

/** The reference that is sent for a task; a function is sent by its source. */
export function toRef(value: unknown): TaskRef {
  const { task, args } = toFixed(value);
  if (args.length > 0) throw new TypeError('no partial task can be used here');
  if (task instanceof TaskRef) return task;
  return sourceRef(task);
}

function sourceRef(value: AnyFunction): TaskRef {
  const known = sources.get(value);
  if (known !== undefined) return known;
  const source = Function.prototype.toString.call(value);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source))
    throw new TypeError(
      `${value.name || 'the function'} is built in or bound, so it has no source to send: name a task with task(url, name); ` +
        'fix arguments with partial(task, …)',
    );
  const ref = new TaskRef(value.name || 'anonymous', `s${source}`);
  sources.set(value, ref);
  return ref;
}

/** The reference under which a chunk of `ref`'s items is sent. */
export function chunkOf(ref: TaskRef): TaskRef {
  return new TaskRef(ref.name, `c${ref.wire}`);
}

function absolute(url: string | URL): string {
  return new URL(url, globalThis.location?.href).href;
}

/** What kind of thing `value` is, in a word. */
export function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}

/** Whether `value` is awaited as a promise is. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
