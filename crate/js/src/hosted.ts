// The memory of a process whose tasks in Rust make executors: its spawner is that of the process, since the process may
// block at any time.
//
//   the task side makes a record for its spawner ─▶ host ─▶ (spawner) an instance on that memory, which looks at the record
//
// A process that dies may have been in the middle of anything, so nobody calls into its memory again, and the workers there
// end with it. If the memory breaks, so does the process.

import type { HostMessage } from './abi.js';
import { Agent } from './agent.js';
import { messageOf } from './errors.js';
import { RAW_STACK, rawInstanceLater } from './instance.js';
import type { Spawner } from './spawning.js';

/**
 * Begins to host `message`'s memory. `spawnerOf` makes the spawner of an agent; `fail` is called, at most once, where the
 * process must end.
 */
export type Host = (
  module: WebAssembly.Module,
  message: HostMessage,
  spawnerOf: (agent: Agent) => Spawner,
  fail: (reason: string) => void,
) => Hosted;

export const host: Host = (module, message, spawnerOf, fail) =>
  new Hosted(module, message, spawnerOf, fail);

export class Hosted {
  readonly #fail: (reason: string) => void;
  #agent: Agent | undefined;
  #ended = false;

  constructor(...[module, message, spawnerOf, fail]: Parameters<Host>) {
    this.#fail = fail;
    this.#start(module, message, spawnerOf).catch((error: unknown) =>
      this.#failed(`workers could not be started for its tasks: ${messageOf(error)}`),
    );
  }

  /** The process is gone, or about to be. */
  end(reason: string): void {
    this.#ended = true;
    this.#agent?.poisoned({ reason });
  }

  async #start(
    module: WebAssembly.Module,
    { memory, agent: address }: HostMessage,
    spawnerOf: (agent: Agent) => Spawner,
  ): Promise<void> {
    const core = await rawInstanceLater(module, memory, RAW_STACK, () => this.#ended);
    if (core === undefined) return;
    core.cf_attach_agent(address, 0);
    const agent = new Agent(module, memory, core, address, false);
    this.#agent = agent;
    const spawner = spawnerOf(agent);
    const poisoned = agent.onPoison;
    agent.onPoison = breakage => {
      poisoned(breakage);
      this.#failed(`its memory broke: ${breakage.reason}`);
    };
    // Rust there asks for workers without a word to this agent.
    spawner.use(agent);
  }

  #failed(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#fail(reason);
  }
}
