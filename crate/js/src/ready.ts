// How a realm gets its agent.
//
//   a page                       loads the module, makes the memory, is the spawner
//   a worker that a page adopts  gets both from the page, whose spawner starts workers for it
//   any other worker             loads the module, makes the memory, and starts a nested spawner
//   a worker without isolation   as a page: no memory is shared, so nobody blocks
//
// Somebody who never blocks must start the workers: a page never does, a nested spawner runs nobody's code.

import { MAY_BLOCK, SPAWNER, type Welcome } from './abi.js';
import { Agent } from './agent.js';
import { alarm } from './clock.js';
import type { WorkerFactory } from './factory.js';
import { firstInstance, RAW_STACK, rawInstance, stackOf } from './instance.js';
import { isolated } from './isolation.js';
import { holdLock } from './lock.js';
import { callSpawner, type TellSpawner } from './messages.js';
import { startNestedSpawner } from './nested-spawner.js';
import { currentRealm, isWorker, type Realm, setCurrent } from './realm.js';
import { Spawner } from './spawning.js';

/** The most memory that all agents of a page share, in bytes; what the module was linked for. */
const MOST_MEMORY = 1_073_741_824;
/** How long a worker asks whether a page adopts it, in milliseconds. */
const ADOPTION_LIMIT = 500;

/** What only the package's own files can name: its module, and its worker entries. */
export interface Loader {
  readonly module: () => Promise<WebAssembly.Module>;
  readonly worker: WorkerFactory;
  readonly spawner: WorkerFactory;
}

let starting: Promise<Realm> | undefined;

/** The realm, once it has its agent. */
export function ready(load: Loader): Promise<Realm> {
  const realm = currentRealm();
  if (realm !== undefined) return Promise.resolve(realm);
  if (starting === undefined) {
    starting = (isWorker() && isolated() ? startWorker(load) : startRoot(load)).finally(() => {
      starting = undefined;
    });
  }
  return starting;
}

async function startRoot(load: Loader): Promise<Realm> {
  const module = await load.module();
  const { memory, core } = firstInstance(MOST_MEMORY, memory => rawInstance(module, memory, 0));
  const agent = new Agent(module, memory, core, core.cf_agent_new(SPAWNER), false);
  return setCurrent(agent, new Spawner(agent, load.worker, undefined));
}

async function startWorker(load: Loader): Promise<Realm> {
  return (await askForAdoption()) ?? startRootWorker(load);
}

/** Asks whoever made this worker for a place on its memory. A page that adopts workers says so at once. */
function askForAdoption(): Promise<Realm | undefined> {
  return new Promise((resolve, reject) => {
    let agent: Agent | undefined;
    const tell = callSpawner('join', message => {
      stopTimer();
      if (message.cf === 'poisoned') agent?.poisoned(message);
      if (message.cf === 'parcel') agent?.parcels.arrived(message);
      if (message.cf !== 'welcome') return;
      joinPage(message, tell).then(realm => {
        agent = realm.agent;
        resolve(realm);
      }, reject);
    });
    const stopTimer = alarm(ADOPTION_LIMIT, () => resolve(undefined));
  });
}

async function joinPage(welcome: Welcome, tell: TellSpawner): Promise<Realm> {
  const { module, memory, lock, stackSize } = welcome;
  await holdLock(lock);
  const core = rawInstance(module, memory, stackSize);
  const agent = new Agent(module, memory, core, core.cf_agent_new(MAY_BLOCK), true);
  agent.tellSpawner = tell;
  tell({ cf: 'joined', agent: agent.address, ...stackOf(core, stackSize) });
  agent.leave();
  return setCurrent(agent);
}

async function startRootWorker(load: Loader): Promise<Realm> {
  const module = await load.module();
  const { memory, core } = firstInstance(MOST_MEMORY, memory => rawInstance(module, memory, 0));
  const agent = new Agent(module, memory, core, core.cf_agent_new(MAY_BLOCK), true);
  await startNestedSpawner(agent, load.spawner, RAW_STACK);
  agent.leave();
  return setCurrent(agent);
}
