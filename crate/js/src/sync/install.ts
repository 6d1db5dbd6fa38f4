// Lets locks, queues and their like cross between agents. The worker entry of the package does this; an entry of one's own
// does it by importing the subpath.

import { Barrier, Condition } from './condition.js';
import {
  ARRAY,
  BARRIER,
  BOUNDED_SEMAPHORE,
  CONDITION,
  COUNTER,
  EVENT,
  install,
  LIFO_QUEUE,
  LOCK,
  PRIORITY_QUEUE,
  QUEUE,
  RLOCK,
  SEMAPHORE,
} from './handle.js';
import { Lock, RLock } from './lock.js';
import { SharedArray, SharedCounter } from './memory.js';
import { LifoQueue, PriorityQueue, Queue } from './queue.js';
import { BoundedSemaphore, Event, Semaphore } from './semaphore.js';

/** Does it. */
export function installSync(): void {
  install({
    [LOCK]: Lock,
    [RLOCK]: RLock,
    [SEMAPHORE]: Semaphore,
    [BOUNDED_SEMAPHORE]: BoundedSemaphore,
    [EVENT]: Event,
    [CONDITION]: Condition,
    [BARRIER]: Barrier,
    [QUEUE]: Queue,
    [LIFO_QUEUE]: LifoQueue,
    [PRIORITY_QUEUE]: PriorityQueue,
    [COUNTER]: SharedCounter,
    [ARRAY]: SharedArray,
  });
}
