// The errors of asyncio that are not those of the executors.

/**
 * A task was asked to cancel, and this is how it learns of it: its `await` throws this. Clean up and throw it on; who does not
 * throw it on refuses to be cancelled. Not the `CancelledError` of executors, as in Python.
 */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** `getNowait` found the queue empty. */
export class QueueEmpty extends Error {
  override name = 'QueueEmpty';
}

/** `putNowait` found the queue full. */
export class QueueFull extends Error {
  override name = 'QueueFull';
}

/** The queue was shut down. */
export class QueueShutDown extends Error {
  override name = 'QueueShutDown';
}
