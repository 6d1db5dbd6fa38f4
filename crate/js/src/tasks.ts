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

/** The functions that a worker knows. */
export class TaskTable {
  readonly #served = new Map<string, unknown>();
  readonly #found = new Map<string, AnyFunction>();

  /** Adds what a worker entry serves: an object or a module namespace. */
  serve(tasks: object): void {
    for (const [name, value] of Object.entries(tasks)) this.#served.set(name, value);
  }

  /** The function behind `wire`, if it is at hand. */
  find(wire: string): AnyFunction | undefined {
    return this.#found.get(wire);
  }

  /** Fetches the function behind `wire`; the errors say what is wrong with the reference. */
  async load(wire: string): Promise<AnyFunction> {
    const found = await this.#resolve(wire);
    this.#found.set(wire, found);
    return found;
  }

  async #resolve(wire: string): Promise<AnyFunction> {
    const rest = wire.slice(1);
    if (wire.startsWith('c')) return overChunk(await this.load(rest));
    if (wire.startsWith('n')) {
      if (!this.#served.has(rest)) throw new ReferenceError(this.#unserved(rest));
      return asFunction(this.#served.get(rest), `the served task ${rest}`);
    }
    if (wire.startsWith('s')) return asFunction(await fromSource(rest), 'the source');
    const gap = rest.indexOf(' ');
    const name = rest.slice(0, gap);
    const url = rest.slice(gap + 1);
    let module: Record<string, unknown>;
    try {
      module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as typeof module;
    } catch (cause) {
      throw new Error(`the task module ${url} could not be imported: ${String(cause)}`, { cause });
    }
    if (!(name in module))
      throw new ReferenceError(
        `the task module ${url} has no export ${name}; it has ${Object.keys(module).join(', ') || 'none'}`,
      );
    return asFunction(module[name], `the export ${name} of ${url}`);
  }

  #unserved(name: string): string {
    const known = [...this.#served.keys()];
    return known.length === 0
      ? `the worker serves no task ${name}: give the pool a worker entry that calls serve(tasks), or name the task with task(url, name)`
      : `the worker serves no task ${name}; it serves ${known.join(', ')}`;
  }
}

/** Calls `f` with each item's arguments; stays synchronous as long as `f` does. */
function overChunk(f: AnyFunction): AnyFunction {
  return (items: unknown[][]) => {
    const values: unknown[] = [];
    for (let i = 0; i < items.length; i++) {
      const value = f(...(items[i] as never[]));
      if (isThenable(value)) return restOfChunk(f, items, values, value);
      values.push(value);
    }
    return values;
  };
}

async function restOfChunk(
  f: AnyFunction,
  items: unknown[][],
  values: unknown[],
  pending: PromiseLike<unknown>,
): Promise<unknown[]> {
  values.push(await pending);
  while (values.length < items.length) values.push(await f(...(items[values.length] as never[])));
  return values;
}

/** Whether `value` is awaited as a promise is. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

async function fromSource(source: string): Promise<unknown> {
  // A method's source is not an expression; in an object literal it is a method again.
  const isExpression = /^(async\s*)?(function\b|class\b|\(|[\w$]+\s*=>)/.test(source);
  const text = isExpression
    ? `export default (${source});`
    : `export default Object.values({ ${source} })[0];`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as {
      default: unknown;
    };
    return module.default;
  } catch (cause) {
    throw new Error(
      `a function sent by source could not be made here (${String(cause)}). If the page's Content-Security-Policy ` +
        'forbids blob: scripts, name a task with task(url, name) instead.',
      { cause },
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

function asFunction(value: unknown, what: string): AnyFunction {
  if (typeof value !== 'function')
    throw new TypeError(`${what} is not a function but ${describe(value)}`);
  return value as AnyFunction;
}

function absolute(url: string | URL): string {
  return new URL(url, globalThis.location?.href).href;
}

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
