// Tells the playground's own messages from the package's, which travel between the same two agents.

import type { Envelope } from './protocol.ts';

export function wrap<T>(content: T): Envelope<T> {
  return { playground: content };
}

/** The content of a message of ours; `undefined` when the message is somebody else's. */
export function unwrap<T>(message: unknown): T | undefined {
  return typeof message === 'object' && message !== null && 'playground' in message
    ? (message as Envelope<T>).playground
    : undefined;
}
