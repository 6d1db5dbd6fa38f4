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

/** Paints the canvas, and tells the first pixel. */
export function paint(canvas, colour) {
  const context = canvas.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return [...context.getImageData(0, 0, 1, 1).data];
}

/** A picture of one colour. */
export function picture(colour) {
  const canvas = new OffscreenCanvas(2, 2);
  paint(canvas, colour);
  const bitmap = canvas.transferToImageBitmap();
  return transfer(bitmap, [bitmap]);
}

export function sizeOf(bitmap) {
  return [bitmap.width, bitmap.height];
}

/** Reads a stream to its end, and gives one that says the same louder. */
export async function louder(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  const loud = new ReadableStream({
    start(controller) {
      controller.enqueue(text.toUpperCase());
      controller.close();
    },
  });
  return transfer(loud, [loud]);
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
