// How agents and their spawner reach each other: a line of their own, so that messages of the package never meet those of
// its user. Only the greeting, which brings the line, goes the common way, from a worker to whoever made it.

import {
  BROKEN,
  type FromSpawner,
  type Greeting,
  PARCEL,
  THROWN,
  type ToSpawner,
  VALUE,
} from './abi.js';

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

type Shape = Record<string, (value: unknown, size: number) => boolean>;

const isText = (value: unknown) => typeof value === 'string';
/** An address, or a length, in a memory of so many bytes. */
const isAddress = (value: unknown, size: number) =>
  Number.isInteger(value) &&
  (value as number) >= 0 &&
  (value as number) < size &&
  (value as number) % 4 === 0;
const ticket = { ticket: isText };
const reason = { reason: isText };
const stack = { tls: isAddress, stack: isAddress, stackSize: isAddress };

/** What a spawner takes in, and what each must have. */
const SHAPES: Record<ToSpawner['cf'], Shape> = {
  put: {
    ...ticket,
    owner: isAddress,
    parcel: value => Array.isArray((value as { list?: unknown } | null | undefined)?.list),
  },
  fetch: ticket,
  drop: ticket,
  parcel: { ...ticket, ...reason },
  up: stack,
  bye: {},
  reply: {
    kind: value => [VALUE, THROWN, BROKEN, PARCEL].includes(value as number),
    payload: value => value instanceof ArrayBuffer,
  },
  failed: reason,
  trapped: reason,
  poison: reason,
  host: {
    memory: value => value instanceof WebAssembly.Memory,
    agent: value => isAddress(value, Number.POSITIVE_INFINITY),
  },
  serving: {},
  joined: { ...stack, agent: isAddress },
};

/** Whether this is a message of an agent on `memory`, or beside it: one of another version of the package sends anything. */
export function isToSpawner(data: unknown, { buffer }: WebAssembly.Memory): data is ToSpawner {
  if (typeof data !== 'object' || data === null || !('cf' in data)) return false;
  const { cf } = data;
  if (typeof cf !== 'string' || !Object.hasOwn(SHAPES, cf)) return false;
  return Object.entries(SHAPES[cf as ToSpawner['cf']]).every(([key, fits]) =>
    fits((data as Record<string, unknown>)[key], buffer.byteLength),
  );
}
