// The task side of a process worker: a second instance of the module, glued, with a memory of its own, where Rust
// functions run that were found by their table index. It is made when the first such call comes.

import type { Address, Core } from './abi.js';
import { rung } from './alarm.js';
import { firstInstance, guardStack } from './instance.js';
import type { TellSpawner } from './messages.js';

/** wasm-bindgen's glue, as far as the runtime uses it. */
export interface Glue {
  initSync(options: {
    module: WebAssembly.Module;
    memory: WebAssembly.Memory;
    thread_stack_size?: number;
  }): unknown;
}

/** The most memory of a process worker's own, in bytes. */
const MOST_MEMORY = 268_435_456;

/**
 * Says to the module, before it starts, that it is in a process worker: Python's `__name__ != "__main__"`. Its value is how
 * to reach the worker's spawner, or null where that is none of the module's. It is global, since WebKit evaluates a
 * worker's own script again where glue imports it.
 */
const MARK: unique symbol = Symbol.for('concurrent-futures task side');

/** Whether this realm is that of a process worker's tasks. */
export function isTaskSide(): boolean {
  return MARK in globalThis;
}

/** From now on this realm is one of tasks, for every module in Rust that starts here. */
export function markTaskSide(tell: TellSpawner | null): void {
  if (!isTaskSide()) Object.defineProperty(globalThis, MARK, { value: tell });
}

/** How the task side reaches the spawner of its process. */
export function tellFromTaskSide(): TellSpawner | null {
  return (globalThis as { [MARK]?: TellSpawner | null })[MARK] ?? null;
}

/** The arguments do not fit. */
class NoMemory extends RangeError {
  constructor(length: number) {
    super(`no memory is left in the process for arguments of ${length} bytes: send parts`);
  }
}

export class TaskSide {
  readonly #module: WebAssembly.Module;
  readonly #glue: Glue;
  #core: Core | undefined;
  #memory: WebAssembly.Memory | undefined;
  #out: Address = 0;

  constructor(module: WebAssembly.Module, glue: Glue, tell: TellSpawner) {
    this.#module = module;
    this.#glue = glue;
    markTaskSide(tell);
  }

  /** Calls the function at `entry` of the table with encoded arguments, and gives its encoded reply. Throws on a trap. */
  run(entry: number, check: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
    const core = this.#core ?? this.#start();
    const stack = core.__stack_pointer.value;
    try {
      const block = core.cf_alloc(payload.length);
      if (block === 0) throw new NoMemory(payload.length);
      this.#bytes().set(payload, block);
      const reply = core.cf_run_entry(entry, check, block, payload.length, this.#out);
      core.cf_free(block, payload.length);
      const length = new Int32Array(this.#bytes().buffer)[this.#out / 4] ?? 0;
      const copy = this.#bytes().slice(reply, reply + length);
      core.cf_free(reply, length);
      return copy;
    } finally {
      core.__stack_pointer.value = stack;
    }
  }

  /** As `run`, for a coroutine. The event loop turns while it waits. */
  async runCoroutine(
    entry: number,
    check: number,
    payload: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const core = this.#core ?? this.#start();
    const stack = core.__stack_pointer.value;
    const words = (): Int32Array => new Int32Array(this.#bytes().buffer);
    const out = this.#out / 4;
    try {
      const block = core.cf_alloc(payload.length);
      if (block === 0) throw new NoMemory(payload.length);
      this.#bytes().set(payload, block);
      const coroutine = core.cf_start_entry(entry, check, block, payload.length, this.#out);
      core.cf_free(block, payload.length);
      const alarm = (words()[out] ?? 0) / 4;
      while (core.cf_poll_entry(coroutine, this.#out) === 0) await rung(words, alarm);
    } catch (error) {
      core.__stack_pointer.value = stack;
      throw error;
    }
    const [reply = 0, length = 0] = words().subarray(out, out + 2);
    const copy = this.#bytes().slice(reply, reply + length);
    core.cf_free(reply, length);
    return copy;
  }

  #start(): Core {
    const { memory, core } = firstInstance(
      MOST_MEMORY,
      memory => this.#glue.initSync({ module: this.#module, memory }) as Core,
    );
    guardStack(core);
    this.#memory = memory;
    this.#core = core;
    this.#out = core.cf_alloc(8);
    return core;
  }

  #bytes(): Uint8Array {
    if (this.#memory === undefined) throw new Error('the task side has not started');
    return new Uint8Array(this.#memory.buffer);
  }
}
