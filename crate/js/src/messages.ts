// How agents and their spawner reach each other: a line of their own, so that messages of the package never meet those of
// its user. Only the greeting, which brings the line, goes the common way, from a worker to whoever made it.

import type { FromSpawner, Greeting, ToSpawner } from './abi.js';

/** Sends to the spawner; what is transferred is gone here. */
export type TellSpawner = (message: ToSpawner, transfer?: Transferable[]) => void;

/** Greets whoever made this worker; gives what sends to it from now on. */
export function callSpawner(
  greeting: Greeting['cf'],
  handle: (message: FromSpawner) => void,
): TellSpawner {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<FromSpawner>) => handle(data);
  const message: Greeting = { cf: greeting };
  globalThis.postMessage(message, { transfer: [port2] });
  return (message, transfer = []) => port1.postMessage(message, transfer);
}

/** Calls `answer` when a worker greets; gives what takes that back. */
export function onGreeting(worker: Worker, answer: (line: MessagePort) => void): () => void {
  const hear = (event: MessageEvent<Greeting | null | undefined>): void => {
    const { data, ports } = event;
    const line = ports[0];
    if (line === undefined || (data?.cf !== 'hello' && data?.cf !== 'join')) return;
    event.stopImmediatePropagation();
    answer(line);
  };
  worker.addEventListener('message', hear);
  return () => worker.removeEventListener('message', hear);
}
