// What this realm is: the agent that works here, once there is one.

import type { Agent } from './agent.js';
import type { Spawner } from './spawning.js';

/** The agent of this realm, and the spawner where that lives here too. */
export interface Realm {
  readonly agent: Agent;
  readonly spawner: Spawner | undefined;
}

let current: Realm | undefined;

/** The realm's agent, unless its memory is dead: then the next executor makes a new one. */
export function currentRealm(): Realm | undefined {
  if (current?.agent.dead !== undefined) current = undefined;
  return current;
}

export function setCurrent(agent: Agent, spawner?: Spawner): Realm {
  current = { agent, spawner };
  return current;
}

/** Whether this realm is a worker: workers may block. */
export function isWorker(): boolean {
  return typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope;
}

declare const WorkerGlobalScope: abstract new () => object;
