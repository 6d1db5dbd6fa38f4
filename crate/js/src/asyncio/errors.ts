// The errors of asyncio that are not those of the executors.

/**
 * A task was asked to cancel, and this is how it learns of it: its `await` throws this. Clean up and throw it on; who does not
 * throw it on refuses to be cancelled. Not the `CancelledError` of executors, as in Python.
 *
 * ```js
 * const task = createTask(async () => {
 *   try {
 *     await sleep(60);
 *   } catch (error) {
 *     console.log(error instanceof CancelledError);   // true
 *     throw error;
 *   }
 * });
 * await sleep(0);
 * task.cancel();
 * await wait([task]);
 * console.log(task.cancelled());   // true
 * ```
 */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/**
 * `getNowait` found the queue empty.
 *
 * ```js
 * try {
 *   new Queue().getNowait();
 * } catch (error) {
 *   console.log(error instanceof QueueEmpty);   // true
 * }
 * ```
 */
export class QueueEmpty extends Error {
  override name = 'QueueEmpty';
}

/**
 * `putNowait` found the queue full.
 *
 * ```js
 * const queue = new Queue(1);
 * queue.putNowait('a');
 * try {
 *   queue.putNowait('b');
 * } catch (error) {
 *   console.log(error instanceof QueueFull);   // true
 * }
 * ```
 */
export class QueueFull extends Error {
  override name = 'QueueFull';
}

/**
 * The queue was shut down.
 *
 * ```js
 * const queue = new Queue();
 * queue.shutdown();
 * const error = await queue.get().then(() => undefined, error => error);
 * console.log(error instanceof QueueShutDown);   // true
 * ```
 */
export class QueueShutDown extends Error {
  override name = 'QueueShutDown';
}
