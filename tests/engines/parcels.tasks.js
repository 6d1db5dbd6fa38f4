// Tasks whose arguments and values are moved. What a task returned it may look at later, to see that it is gone.

import { transfer } from '../../dist/worker.js';

let given;

export function bounce(bytes) {
  const arrived = bytes.length;
  bytes[0]++;
  given = bytes;
  return transfer({ back: bytes, arrived, left: 'given' }, [bytes.buffer]);
}

export const lengthOf = bytes => bytes.length;

export const whatIsLeft = what => [what === 'given' ? given.length : null];

export function answer({ port }) {
  return new Promise(resolve => {
    port.onmessage = ({ data }) => {
      port.postMessage(`${data} yes`);
      resolve(data);
    };
  });
}

export async function givePort() {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => port1.postMessage(`hello ${data}`);
  return transfer({ port: port2 }, [port2]);
}

export const textOf = blob => blob.text();

export const addOne = shared => Atomics.add(shared, 0, 1);

export const giveShared = () => transfer(new Int32Array(new SharedArrayBuffer(4)).fill(5), []);

export const giveBadly = () => ({ port: new MessageChannel().port1 });

export const giveWrongly = () => transfer({ list: [1, { call() {} }] }, []);

export const giveWithin = () => ({ bytes: transfer(new Uint8Array(1), []) });

export function refuse() {
  throw new RangeError('no tea');
}

export function forever() {
  for (;;);
}

export const later = milliseconds =>
  new Promise(resolve => setTimeout(resolve, milliseconds, milliseconds));

export function give(length) {
  const bytes = new Uint8Array(length);
  return transfer(bytes, [bytes.buffer]);
}
