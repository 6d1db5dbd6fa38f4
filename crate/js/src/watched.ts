// What a spawner knows of an agent that it watches: a pool's worker, or a worker that the page adopted.

import type { Address, Stack } from './abi.js';
import type { Hosted } from './hosted.js';
import type { WorkerProxy } from './proxy.js';

export interface Watched {
  /** Ends the thread there and then. */
  readonly end: () => void;
  readonly name: string;
  /** Its agent record; 0 before an adopted worker has joined. */
  agent: Address;
  /** Its worker record; 0 for an adopted worker, and for a thread that another one takes the place of. */
  worker: Address;
  readonly pool: Address;
  /** Empty where there are no locks. */
  readonly lock: string;
  stack?: Stack;
  /** Without isolation: what works on the pool's memory in the worker's place. */
  proxy?: WorkerProxy;
  /** Its own memory, where its tasks in Rust have made executors. */
  hosted?: Hosted | undefined;
  /** How to reach it; there is none before it has greeted. */
  line?: MessagePort;
  phase: 'starting' | 'up' | 'leaving' | 'gone';
  /** Somebody else has called `terminate`. */
  ended?: boolean;
  stopTimer: () => void;
  whenGone: (() => void)[];
}
