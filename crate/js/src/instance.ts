// Instances of the module, over a memory that may be shared with other agents.
//
// A raw instance has stubs behind its imports: the core never calls one there. Its first export call gives it a stack
// and thread-local storage in that memory; the very first instance in a memory gets the main stack.

import type { Core, Stack } from './abi.js';

/** What an instance with only the core's functions on its stack needs. */
export const RAW_STACK = 65_536;
/** What tasks in Rust get, as much as a native thread. */
export const TASK_STACK = 2_097_152;

const PAGE = 65_536;
const MOST_PAGES = 16_384;
const STACK_MARGIN = 1024;

/** A new shared memory, as large as the engine allows, at most `mostBytes`, and the first instance in it. */
export function firstInstance(
  mostBytes: number,
  instantiate: (memory: WebAssembly.Memory) => Core,
): { memory: WebAssembly.Memory; core: Core } {
  let maximum = Math.min(MOST_PAGES, Math.ceil(mostBytes / PAGE));
  let initial = 32;
  for (;;) {
    try {
      const memory = new WebAssembly.Memory({ initial, maximum, shared: true });
      return { memory, core: instantiate(memory) };
    } catch (error) {
      // What a module needs at least cannot be asked for; the engine only refuses what is too small.
      if (error instanceof WebAssembly.LinkError && initial * 2 <= maximum) initial *= 2;
      // Some engines cannot reserve so much: iOS, or WebKit with many workers.
      else if (error instanceof RangeError && maximum / 4 >= initial)
        maximum = Math.floor(maximum / 4);
      else throw error;
    }
  }
}

/** An instance without glue over `memory`. */
export function rawInstance(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  stackSize: number,
): Core {
  return started(new WebAssembly.Instance(module, stubs(module, memory)), stackSize);
}

/**
 * As `rawInstance`, awaited: on a page Chromium makes no instance of a large module at once. Touches nothing of the memory, and
 * gives nothing, where it is `ended` by then.
 */
export async function rawInstanceLater(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  stackSize: number,
  ended: () => boolean,
): Promise<Core | undefined> {
  const instance = await WebAssembly.instantiate(module, stubs(module, memory));
  return ended() ? undefined : started(instance, stackSize);
}

function stubs(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const group = imports[from] ?? {};
    imports[from] = group;
    group[name] = kind === 'memory' ? memory : stub(name);
  }
  return imports;
}

function started({ exports }: WebAssembly.Instance, stackSize: number): Core {
  const core = exports as unknown as Core;
  core.__set_stack_limits?.(-1, 0);
  core.__wbindgen_start(stackSize);
  guardStack(core);
  return core;
}

/** From now on the instance traps before its stack runs over, where the module was built to. */
export function guardStack(core: Core): void {
  const lowest = core.__stack_alloc.value;
  // The main stack lies at the very bottom of the memory, where running over traps by itself.
  if (lowest > 0) core.__set_stack_limits?.(core.__stack_pointer.value, lowest + STACK_MARGIN);
}

/** What whoever frees the instance's stack must know. */
export function stackOf(core: Core, stackSize: number): Stack {
  return { tls: core.__tls_base.value, stack: core.__stack_alloc.value, stackSize };
}

function stub(name: string): () => void {
  // wasm-bindgen fills a table of its own with this one; there is nothing to fill it with.
  if (name === '__wbindgen_init_externref_table') return () => {};
  return () => {
    throw new Error(`the pool side called the import ${name}, which only a glued instance has`);
  };
}
