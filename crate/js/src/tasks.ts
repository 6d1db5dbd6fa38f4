// What a task is, and how it is named on its way to a worker.
//
//   form                              on the wire          the worker
//   tasksOf<M>().name                 n name               looks in what its entry gave to `serve`
//   task(url, name), tasksOf<M>(url)  m name space url     imports the module, once, and takes the export
//   a self-contained function         s source             makes a module of the source, once; needs blob: in the CSP
//   a chunk of a map                  c, then one of those calls it with each item of its one argument

/** A function that a worker can find. `F` is its type. */
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

type AnyFunction = (...args: never[]) => unknown;

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
 * await pool.submit(isPrime, 97);
 * ```
 *
 * @param url the module's address; a relative one is relative to this agent's own
 * @param name the export
 */
export function task<F extends AnyFunction = (...args: unknown[]) => unknown>(
  url: string | URL,
  name: string,
): TaskRef<F> {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(
      `a task needs the name of an export, not ${JSON.stringify(name) ?? String(name)}`,
    );
  return new TaskRef<F>(name, `m${name} ${absolute(url)}`);
}

/**
 * References to all tasks of a module, with their types.
 *
 * ```ts
 * const { isPrime } = tasksOf<typeof import('./tasks.js')>();
 * pool.submit(isPrime, 97);   // Future<boolean>
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

const sources = new WeakMap<AnyFunction, TaskRef>();

/** The reference that stands for what a user passed to `submit` or `map`. */
export function toRef(value: unknown): TaskRef {
  if (value instanceof TaskRef) return value;
  if (typeof value !== 'function')
    throw new TypeError(
      `a task is needed: a reference from tasksOf() or task(), or a self-contained function, not ${describe(value)}`,
    );
  const known = sources.get(value as AnyFunction);
  if (known !== undefined) return known;
  const source = Function.prototype.toString.call(value);
  if (source.includes('[native code]'))
    throw new TypeError(
      `${value.name || 'the function'} is built in or bound, so it has no source to send: name a task with task(url, name)`,
    );
  const ref = new TaskRef(value.name || 'anonymous', `s${source}`);
  sources.set(value as AnyFunction, ref);
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
