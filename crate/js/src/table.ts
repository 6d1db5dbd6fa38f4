// The functions that a worker knows, and how it finds them by the references of `tasks.ts`.

import { describe, isThenable } from './tasks.js';
import { joined } from './transfer.js';

type AnyFunction = (...args: never[]) => unknown;

/** wasm-bindgen's glue for the web, as a module of tasks: its default export makes the instance. */
interface TaskGlue {
  default(): Promise<unknown>;
}

/** The functions that a worker knows. */
export class TaskTable {
  readonly #served = new Map<string, { value: unknown; from: object }>();
  readonly #found = new Map<string, AnyFunction>();
  readonly #instances = new Map<object, Promise<unknown>>();
  readonly #onInstance: () => void;

  /** `onInstance` is called before the first instance of a module in Rust is made here. */
  constructor(onInstance: () => void = () => {}) {
    this.#onInstance = onInstance;
  }

  /** Adds what a worker entry serves: an object or a module namespace. */
  serve(tasks: object): void {
    for (const [name, value] of Object.entries(tasks))
      this.#served.set(name, { value, from: tasks });
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
      const served = this.#served.get(rest);
      if (served === undefined) throw new ReferenceError(this.#unserved(rest));
      await this.#initialise(served.from, 'the served module');
      return asFunction(served.value, `the served task ${rest}`);
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
    await this.#initialise(module, url);
    return asFunction(module[name], `the export ${name} of ${url}`);
  }

  /** Functions of a module in Rust need its instance, made once. */
  async #initialise(module: object, what: string): Promise<void> {
    if (!isGlue(module)) return;
    let instance = this.#instances.get(module);
    if (instance === undefined) {
      this.#onInstance();
      instance = module.default();
      this.#instances.set(module, instance);
    }
    try {
      await instance;
    } catch (cause) {
      this.#instances.delete(module);
      throw new Error(`${what} could not be initialised: ${String(cause)}`, { cause });
    }
  }

  #unserved(name: string): string {
    const known = [...this.#served.keys()];
    return known.length === 0
      ? `the worker serves no task ${name}: give the pool an entry that calls serve(tasks), or use task(url, name)`
      : `the worker serves no task ${name}; it serves ${known.join(', ')}`;
  }
}

function isGlue(module: object): module is TaskGlue {
  const { default: init, initSync } = module as Record<string, unknown>;
  return typeof init === 'function' && typeof initSync === 'function';
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
    return joined(values);
  };
}

async function restOfChunk(
  f: AnyFunction,
  items: unknown[][],
  values: unknown[],
  pending: PromiseLike<unknown>,
): Promise<unknown> {
  values.push(await pending);
  while (values.length < items.length) values.push(await f(...(items[values.length] as never[])));
  return joined(values);
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
      `a function sent by source could not be made (${String(cause)}); where the Content-Security-Policy forbids blob: ` +
        'scripts, name a task with task(url, name)',
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
