// The JavaScript half of the crate in somebody else's module: library and worker entry in one file without imports.
//
// As a library, wasm-bindgen's glue imports it, and Rust calls `startRuntime` with the exports of its own instance. As an
// entry, it waits to be told which module it is to work for, and where that module's glue is.

import { type Core, GLUED, MAY_BLOCK, SPAWNER } from './abi.js';
import { Agent } from './agent.js';
import { serveTasks } from './entry.js';
import type { WorkerFactory } from './factory.js';
import { host } from './hosted.js';
import { TASK_STACK } from './instance.js';
import { isolated } from './isolation.js';
import { serveSpawner, startNestedSpawner } from './nested-spawner.js';
import { currentRealm, isWorker, setCurrent } from './realm.js';
import { Spawner } from './spawning.js';
import { installSync } from './sync/install.js';
import { isTaskSide, tellFromTaskSide } from './task-side.js';

export { addressOf, handleOf, openItem, packItem, syncClasses } from './sync/rust.js';
/** `serve(glue)` is for a worker entry of one's own, under a bundler; the others are what Rust asks. */
export { isolated, isTaskSide, serveTasks as serve };

/** What a nested spawner's address ends with; any other worker with this script is a pool's. */
const NESTED = '#spawner';

let factory: WorkerFactory = () =>
  new Worker(new URL('./snippet.js', import.meta.url), { type: 'module' });
let glue: string | undefined;

/** Has `made` make every worker from now on. */
export function setWorkerFactory(made: WorkerFactory): void {
  factory = made;
}

/** Makes this agent one of the runtime, over the instance whose exports these are. Does nothing the second time. */
export function startRuntime(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  exports: unknown,
  glueUrl: string,
): void {
  const core = exports as Core;
  if (isTaskSide() && isolated()) {
    startInProcess(module, memory, core);
    return;
  }
  if (currentRealm() !== undefined) return;
  glue = glueUrl;
  // Without isolation a worker is on its own, as a page is.
  const root = !isWorker() || !isolated();
  const address = core.cf_agent_new(root ? SPAWNER | GLUED : MAY_BLOCK | GLUED);
  const agent = new Agent(module, memory, core, address, !root);
  const spawner = root ? new Spawner(agent, () => factory(), glue, 0, host) : undefined;
  // Rust asks for workers without a word to JavaScript, so the spawner listens for good.
  spawner?.use(agent);
  if (spawner === undefined) listenForGood(agent);
  reportPoison(agent);
  setCurrent(agent, spawner);
}

/**
 * As `startRuntime`, where the instance is the task side of a process. It may block at any time, so the spawner of its
 * process starts workers for it, and must learn of that before it first blocks.
 */
function startInProcess(module: WebAssembly.Module, memory: WebAssembly.Memory, core: Core): void {
  const tell = tellFromTaskSide();
  if (tell === null)
    throw new Error(
      'a function in Rust that JavaScript names as a task cannot make executors: make them in its caller',
    );
  // The record of whom this instance belongs to is made last.
  const spawner = core.cf_agent_new(SPAWNER);
  const agent = new Agent(module, memory, core, core.cf_agent_new(MAY_BLOCK | GLUED), true);
  tell({ cf: 'host', memory, agent: spawner });
  listenForGood(agent);
  nested = Promise.resolve();
  setCurrent(agent);
}

/** Others may post callbacks to the agent at any time, without a word to its JavaScript. */
function listenForGood(agent: Agent): void {
  agent.watchers.add({ look() {} });
  agent.listen();
}

/**
 * Says when the memory is dead. What waits in Rust lives in that memory, where nobody may call any more, so it can be
 * neither settled nor told.
 */
function reportPoison(agent: Agent): void {
  const before = agent.onPoison;
  agent.onPoison = breakage => {
    before(breakage);
    console.error(
      `concurrent-futures: the memory of this module is broken, and what Rust awaits here never ends: ${breakage.reason}. Load the page again.`,
    );
  };
}

/** Settles once workers can be started on behalf of this agent. */
export async function runtimeReady(): Promise<void> {
  const realm = currentRealm();
  if (realm === undefined || realm.spawner !== undefined || nested !== undefined) return nested;
  nested = startNestedSpawner(
    realm.agent,
    () => new Worker(new URL('./snippet.js#spawner', import.meta.url), { type: 'module' }),
    TASK_STACK,
    glue,
  );
  return nested;
}

let nested: Promise<void> | undefined;

installSync();

// A worker whose script is this very file was started by it.
if (isWorker() && globalThis.location.href.split('#')[0] === import.meta.url.split('#')[0]) {
  if (globalThis.location.href.endsWith(NESTED)) serveSpawner(factory, host);
  else serveTasks({});
}
