// The subpath `concurrent-futures/sync`: Python's `threading` and `queue`, between a page and its workers.
//
//   import { ready } from 'concurrent-futures';
//   import { Lock, Queue } from 'concurrent-futures/sync';
//   await ready();
//   const [lock, queue] = [new Lock(), new Queue()];
//   executor.submit(work, lock, queue);
//
// What may wait has two forms: a promise, and, ending in `Sync`, one that blocks, in workers. Importing this lets the
// objects cross, so a worker entry of one's own imports it, too; it has no other effect.

import { installSync } from './sync/install.js';

export { Barrier, type BarrierOptions, Condition } from './sync/condition.js';
export { BrokenBarrierError, Empty, Full, HolderDiedError, ShutDown } from './sync/errors.js';
export type { Timeout } from './sync/gate.js';
export { type Guard, Lock, RLock } from './sync/lock.js';
export { type Numbers, type NumbersClass, SharedArray, SharedCounter } from './sync/memory.js';
export { LifoQueue, PriorityQueue, Queue } from './sync/queue.js';
export { BoundedSemaphore, Event, Semaphore } from './sync/semaphore.js';

installSync();
