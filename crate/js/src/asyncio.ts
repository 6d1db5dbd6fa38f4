// `concurrent-futures/asyncio`: Python's asyncio on the caller's event loop.

export { CancelledError, QueueEmpty, QueueFull, QueueShutDown } from './asyncio/errors.js';
export {
  runInExecutor,
  type Submitter,
  setDefaultExecutor,
  shutdownDefaultExecutor,
  toThread,
  wrapFuture,
} from './asyncio/executors.js';
export { Future } from './asyncio/future.js';
export { type GatherOptions, gather, shield } from './asyncio/gather.js';
export {
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  type Permit,
  Semaphore,
} from './asyncio/locks.js';
export { time } from './asyncio/loop.js';
export { type Before, LifoQueue, PriorityQueue, Queue } from './asyncio/queues.js';
export { run } from './asyncio/run.js';
export { sleep } from './asyncio/sleep.js';
export {
  type Awaitable,
  allTasks,
  type CoroutineFunction,
  createTask,
  currentTask,
  ensureFuture,
  type Outcome,
  Task,
  type TaskOptions,
} from './asyncio/task.js';
export { TaskGroup } from './asyncio/task-group.js';
export { Timeout, timeout, timeoutAt, waitFor } from './asyncio/timeouts.js';
export {
  asCompleted,
  type CompletedFutures,
  type DoneAndPending,
  type WaitOptions,
  wait,
} from './asyncio/wait.js';
export { type AsyncContext, asyncWith, type Disposes } from './asyncio/with.js';
export { TimeoutError } from './errors.js';
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION } from './wait.js';
