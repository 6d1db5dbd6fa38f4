// The spawner of a worker that no page adopts: a worker of its own below that one, which runs nobody's code.
//
//   the worker ── welcome: module, memory ──▶ nested spawner: makes an agent on that memory, listens to its bell
//          ◀───────── serving, or failed ────
//
// What the worker wants from then on goes through pool memory, so it may block at once. The line stays open for two
// things: each tells the other when the memory is dead, and parcels go both ways.

import { type FromSpawner, SPAWNER, type ToSpawner, type Welcome } from './abi.js';
import { Agent } from './agent.js';
import { alarm } from './clock.js';
import { isToDepot } from './depot.js';
import type { WorkerFactory } from './factory.js';
import type { Host } from './hosted.js';
import { rawInstance } from './instance.js';
import { callSpawner, onGreeting, type TellSpawner } from './messages.js';
import { Spawner } from './spawning.js';

/** How long a nested spawner may take to get up, in milliseconds. */
const START_LIMIT = 20_000;

/** Those that live: Firefox ends a worker that nobody refers to. */
const living = new Set<Worker>();

/** Starts a worker that starts workers on behalf of this one, which may block. */
export async function startNestedSpawner(
  agent: Agent,
  factory: WorkerFactory,
  stackSize: number,
  glue?: string,
): Promise<void> {
  const nested = factory();
  living.add(nested);
  const end = (): void => {
    nested.terminate();
    living.delete(nested);
  };
  let stopTimer = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new Error(`the spawner of this worker could not be started: ${why}`));
      stopTimer = alarm(START_LIMIT, () => fail(`no answer within ${START_LIMIT / 1000} s`));
      nested.addEventListener('error', event => {
        event.preventDefault();
        fail(event.message || 'its script could not be loaded or failed while it was loading');
      });
      onGreeting(nested, line => {
        agent.tellSpawner = (message, transfer = []) => line.postMessage(message, transfer);
        line.onmessage = ({ data: message }: MessageEvent<ToSpawner>) => {
          if (message.cf === 'serving') resolve();
          else if (message.cf === 'failed') fail(message.reason);
          else if (message.cf === 'parcel') agent.parcels.arrived(message);
          else if (message.cf === 'poison') {
            // Its workers have ended, and it has nothing more to do.
            end();
            agent.poisoned(message);
          }
        };
        const { module, memory, address: creator } = agent;
        const home = { module, memory, lock: '', stackSize, glue };
        const welcome: Welcome = { cf: 'welcome', creator, ...home };
        line.postMessage(welcome);
      });
    });
  } catch (error) {
    end();
    throw error;
  } finally {
    stopTimer();
  }
}

/** What a nested spawner does: it makes an agent that starts workers, and does what its creator asks for. */
export function serveSpawner(worker: WorkerFactory, host?: Host): void {
  let spawner: Spawner | undefined;
  let creator = 0;
  // Its creator is no spawner, but says what agents say to theirs.
  const tell = callSpawner('hello', (message: FromSpawner | ToSpawner) => {
    if (message.cf === 'poison') spawner?.agent.poisoned(message);
    else if (isToDepot(message)) spawner?.depot.handle(message, creator, tell);
    if (message.cf !== 'welcome') return;
    creator = message.creator;
    try {
      spawner = startSpawner(message, worker, tell, host);
      tell({ cf: 'serving' });
    } catch (error) {
      tell({ cf: 'failed', reason: String(error) });
    }
  });
}

function startSpawner(
  { module, memory, stackSize, glue, creator }: Welcome,
  worker: WorkerFactory,
  tell: TellSpawner,
  host: Host | undefined,
): Spawner {
  const core = rawInstance(module, memory, stackSize);
  const agent = new Agent(module, memory, core, core.cf_agent_new(SPAWNER), false);
  const spawner = new Spawner(agent, worker, glue, creator, host);
  // Others ask for workers without a word to it, so it listens for good.
  spawner.use(agent);
  const poisoned = agent.onPoison;
  agent.onPoison = breakage => {
    poisoned(breakage);
    tell({ cf: 'poison', ...breakage });
  };
  return spawner;
}
