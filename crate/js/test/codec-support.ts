// What the tests of the codec share: the way of a value through shared memory, and values of every kind.

import fc from 'fast-check';
import { expect } from 'vitest';
import { EncodeError } from '../src/codec.js';
import { Decoder } from '../src/decode.js';
import { Encoder } from '../src/encode.js';

export const encoder = new Encoder();
export const decoder = new Decoder();

/** The message in shared memory, in the middle of other bytes, as a pool has it. */
export function encoded(value: unknown): Uint8Array {
  const length = encoder.encode(value);
  const shared = new Uint8Array(new SharedArrayBuffer(length + 16)).fill(0xff);
  encoder.copyTo(shared, 7);
  expect([...shared.subarray(0, 7), ...shared.subarray(length + 7)]).toEqual(Array(16).fill(0xff));
  return shared.subarray(7, 7 + length);
}

export function sent<T>(value: T): T {
  const bytes = encoded(value);
  return decoder.decode(bytes, 0, bytes.length) as T;
}

export function refusal(value: unknown, root?: string): EncodeError {
  try {
    encoder.encode(value, root);
  } catch (error) {
    expect(error).toBeInstanceOf(EncodeError);
    return error as EncodeError;
  }
  throw new Error('it was not refused');
}

/** Everything that can be seen of a graph, with its sharing: two alike graphs give equal descriptions. */
export function describeGraph(value: unknown, seen = new Map<unknown, number>()): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return value;
  const index = seen.get(value);
  if (index !== undefined) return `#${index}`;
  seen.set(value, seen.size);
  const kind = Object.prototype.toString.call(value);
  const sub = (item: unknown) => describeGraph(item, seen);
  if (value instanceof Map) return [kind, [...value].map(pair => pair.map(sub))];
  if (value instanceof Set) return [kind, [...value].map(sub)];
  if (value instanceof Date) return [kind, value.getTime()];
  if (value instanceof RegExp) return [kind, value.source, value.flags, value.lastIndex];
  if (value instanceof ArrayBuffer) return [kind, [...new Uint8Array(value)]];
  if (ArrayBuffer.isView(value)) {
    return [kind, value.byteOffset, value.byteLength, sub(value.buffer)];
  }
  if (value instanceof Error) {
    const error = value as Error & { errors?: unknown };
    const { name, message, stack, cause, errors, ...own } = error;
    const shown = Object.entries(own).map(([key, item]) => [key, sub(item)]);
    const kept = [name, message, stack, sub(cause), sub(errors)];
    return [kind, Object.getPrototypeOf(error), ...kept, shown, Object.keys(error)];
  }
  const boxed = ['Number', 'String', 'Boolean', 'BigInt'].some(name => kind === `[object ${name}]`);
  if (boxed) return [kind, sub(value.valueOf())];
  const own = Object.entries(value).map(([key, item]) => [key, sub(item)]);
  return [kind, Object.getPrototypeOf(value), Array.isArray(value) ? value.length : -1, own];
}

export function likeStructuredClone(value: unknown): void {
  expect(describeGraph(sent(value))).toEqual(describeGraph(structuredClone(value)));
}

export const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units)),
  fc.constantFrom('\ufeffa', '\ud800', '__proto__', 'constructor', 'é'.repeat(63), 'a'.repeat(64)),
);
const buffers = fc.uint8Array({ maxLength: 64 }).map(bytes => bytes.slice().buffer);
const leaves = fc.oneof(
  fc.constantFrom(undefined, null, true, false, -0, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 31),
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  fc.double(),
  fc.bigInt(),
  texts,
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a(?<b>[/])/giu, /(?:)/),
  fc.oneof(fc.integer(), fc.boolean(), texts, fc.bigInt()).map(primitive => Object(primitive)),
  buffers,
  fc.tuple(buffers, fc.nat(7), fc.nat(4)).map(([buffer, offset, length]) => {
    return offset + length <= buffer.byteLength ? new Uint8Array(buffer, offset, length) : buffer;
  }),
  buffers.map(buffer => [new Uint8Array(buffer), new DataView(buffer), buffer]),
  fc.float64Array({ maxLength: 9 }),
  fc.uint8ClampedArray({ maxLength: 9 }),
  fc.bigInt64Array({ maxLength: 9 }),
);
/** Any graph of what can be cloned, but errors. */
export const { graph } = fc.letrec<{ graph: unknown }>(tie => ({
  graph: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc.array(tie('graph'), { maxLength: 20 }),
    fc.sparseArray(tie('graph'), { maxLength: 40 }),
    fc.dictionary(texts, tie('graph'), { noNullPrototype: false }),
    fc.array(fc.tuple(tie('graph'), tie('graph'))).map(pairs => new Map(pairs)),
    fc.array(tie('graph')).map(items => new Set(items)),
    tie('graph').map(shared => ({ shared, again: [shared, shared] })),
  ),
}));
