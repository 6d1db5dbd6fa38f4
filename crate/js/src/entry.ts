// The worker side of the handshake: what a worker entry does once it has said which tasks it has.
//
//   hello ─▶ (spawner) ─▶ boot: take the lock, make the instance, attach ─▶ up ─▶ work ─▶ bye
//                     or ─▶ boot-apart, where no memory is shared: take the lock ─▶ up ─▶ call ─▶ reply ─▶ call …

import { type Boot, type BootApart, GLUED, MAY_BLOCK, PROCESS } from './abi.js';
import { Agent } from './agent.js';
import { Apart } from './apart.js';
import { messageOf } from './errors.js';
import { guardStack, rawInstance, stackOf } from './instance.js';
import { holdLock } from './lock.js';
import { GivenUp, work } from './loop.js';
import { callSpawner, type TellSpawner } from './messages.js';
import { setCurrent } from './realm.js';
import { TaskTable } from './table.js';
import { type Glue, markTaskSide, TaskSide } from './task-side.js';

const tasks = new TaskTable(() => markTaskSide(null));
/** What `serve` was given, if it is the glue of a module: that of the pool's own module, or one with tasks by name. */
let served: Glue | undefined;
let listening = false;
let apart: Apart | undefined;
/** The agent that works for the pool: the realm's own may be another, on the memory of a process. */
let pooled: Agent | undefined;

/** Adds tasks, and starts to listen for the spawner. */
export function serveTasks(provided: object): void {
  if ('initSync' in provided && typeof provided.initSync === 'function') served = provided as Glue;
  tasks.serve(provided);
  if (listening) return;
  listening = true;
  const tell = callSpawner('hello', message => {
    if (message.cf === 'boot') void boot(message, tell);
    else if (message.cf === 'boot-apart') void bootApart(message, tell);
    else if (message.cf === 'call') void apart?.run(message);
    else if (message.cf === 'parcel') (apart ?? pooled)?.parcels.arrived(message);
  });
}

/** Where memory cannot be shared. */
async function bootApart(boot: BootApart, tell: TellSpawner): Promise<void> {
  try {
    Object.defineProperty(globalThis, 'name', { value: boot.name, configurable: true });
    if (boot.lock !== '') await holdLock(boot.lock);
    const glue = await glueOf(boot.glue);
    const taskSide = glue === undefined ? undefined : new TaskSide(boot.module, glue, tell);
    apart = new Apart(boot.agent, tasks, taskSide, tell);
    tell({ cf: 'up', tls: 0, stack: 0, stackSize: 0 });
  } catch (error) {
    tell({ cf: 'failed', reason: messageOf(error) });
  }
}

async function boot(boot: Boot, tell: TellSpawner): Promise<void> {
  let agent: Agent;
  try {
    Object.defineProperty(globalThis, 'name', { value: boot.name, configurable: true });
    await holdLock(boot.lock);
    const glue = await glueOf(boot.glue);
    const { module, memory, worker, stackSize } = boot;
    const threadOfGlue = boot.kind !== PROCESS && glue !== undefined;
    const core = threadOfGlue
      ? (glue.initSync({ module, memory, thread_stack_size: stackSize }) as Agent['core'])
      : rawInstance(module, memory, stackSize);
    if (threadOfGlue) guardStack(core);
    core.cf_attach_worker(worker, threadOfGlue ? MAY_BLOCK | GLUED : MAY_BLOCK);
    agent = new Agent(module, memory, core, core.cf_worker_agent(worker), true);
    agent.tellSpawner = tell;
    pooled = agent;
    setCurrent(agent);
    const taskSide =
      boot.kind === PROCESS && glue !== undefined ? new TaskSide(module, glue, tell) : undefined;
    tell({ cf: 'up', ...stackOf(core, stackSize) });
    await work({ agent, worker, tasks, taskSide, tell });
  } catch (error) {
    if (error instanceof GivenUp) return;
    tell({ cf: 'failed', reason: messageOf(error) });
    return;
  }
  // The spawner ends the thread when it has read this: a message of a worker that closes itself may be lost.
  agent.leaveForGood();
  tell({ cf: 'bye' });
}

/** The glue of the pool's own module, where that has one: a bundler's worker entry serves it, else it has an address. */
async function glueOf(url: string | undefined): Promise<Glue | undefined> {
  if (url === undefined) return undefined;
  return served ?? ((await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as Glue);
}
