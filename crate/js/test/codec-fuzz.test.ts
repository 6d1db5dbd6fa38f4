// Mutations of a committed corpus, given to the decoder: whatever the bytes are, there is a value or a DecodeError, soon,
// from this message alone, and no larger than the message allows.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../src/codec.js';
import { UnknownKindError } from '../src/decode.js';
import { previewOf, previewOfCall } from '../src/trace/preview.js';
import texts from './codec-corpus.json' with { type: 'json' };
import { decoder, describeGraph } from './codec-support.js';

/** Messages by what is in them, as hexadecimal. */
const names = Object.keys(texts);
const corpus = Object.values(texts).map(text =>
  Uint8Array.from(text.match(/../g) ?? [], byte => Number.parseInt(byte, 16)),
);

/** How long the decoding of one message may take, in milliseconds, on a machine that is busy with other things. */
const SLOW = 2000;
/** Bytes of memory that a byte of a message may ask for: a character of a string takes two. */
const EXPANSION = 2;

type Change = (bytes: number[]) => void;

const at = fc.nat(10_000);
/** Tags, lengths at the edges, and any others. */
const byte = fc.oneof(
  fc.integer({ min: 0xc0, max: 0xd8 }),
  fc.constantFrom(0, 1, 0x7f, 0x80, 0xbf, 0xff),
  fc.nat(255),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(at, byte).map(([where, value]) => (bytes: number[]) => {
    if (bytes.length > 0) bytes[where % bytes.length] = value;
  }),
  fc.tuple(at, byte).map(([where, value]) => (bytes: number[]) => {
    bytes.splice(where % (bytes.length + 1), 0, value);
  }),
  fc.tuple(at, fc.integer({ min: 1, max: 20 })).map(([where, count]) => (bytes: number[]) => {
    bytes.splice(where % (bytes.length + 1), count);
  }),
  fc.tuple(at, fc.nat(corpus.length - 1), at).map(([where, other, from]) => (bytes: number[]) => {
    const piece = corpus[other]!;
    bytes.splice(where % (bytes.length + 1), 5, ...piece.subarray(from % piece.length));
  }),
  fc.tuple(at, at).map(([from, to]) => (bytes: number[]) => {
    const piece = bytes.slice(from % (bytes.length + 1)).slice(0, 500);
    bytes.splice(to % (bytes.length + 1), 0, ...piece);
  }),
);
const mutations = fc
  .tuple(fc.nat(corpus.length - 1), fc.array(change, { minLength: 1, maxLength: 6 }))
  .map(([index, changes]) => {
    const bytes = [...corpus[index]!];
    for (const mutate of changes) mutate(bytes);
    return Uint8Array.from(bytes);
  });

/** The value in a message that stands between other bytes; undefined where it is none. */
function decodeAmong(message: Uint8Array, filler: number): { value: unknown } | undefined {
  const all = new Uint8Array(message.length + 64).fill(filler);
  all.set(message, 32);
  const start = performance.now();
  try {
    return { value: decoder.decode(all, 32, message.length) };
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  } finally {
    expect(performance.now() - start).toBeLessThan(SLOW);
  }
}

/** Bytes that a value takes, about: everything in it that is counted once, and was not there before. */
function sizeOf(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value === 'bigint') return value.toString(16).length / 2;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (value instanceof ArrayBuffer) return value.byteLength;
  if (ArrayBuffer.isView(value)) return sizeOf(value.buffer, seen);
  const parts =
    value instanceof Map || value instanceof Set
      ? [...value].flat()
      : Object.getOwnPropertyNames(value)
          .filter(key => key !== 'stack' && key !== 'length')
          .map(key => (value as Record<string, unknown>)[key]);
  return parts.reduce((sum: number, part) => sum + sizeOf(part, seen), 1);
}

function survives(message: Uint8Array): void {
  // What stands around the message has no part in the value, or in whether there is one.
  const [found, other] = [0, 0xd5].map(filler => decodeAmong(message, filler));
  expect(other === undefined).toBe(found === undefined);
  if (found === undefined) return;
  expect(describeGraph(other?.value)).toEqual(describeGraph(found.value));
  expect(sizeOf(found.value)).toBeLessThanOrEqual(EXPANSION * message.length + 64);
}

describe('the decoder, given mutations of a corpus', () => {
  it.each(names)('reads %s as it is', name => {
    const message = corpus[names.indexOf(name)]!;
    // There are no shared objects without a pool's memory.
    if (name === 'shared')
      expect(() => decoder.decode(message, 0, message.length)).toThrow(UnknownKindError);
    else expect(decodeAmong(message, 0)).toBeDefined();
    survives(message);
  });

  it('gives a value or a DecodeError, from the message alone, in bounded time and memory', () => {
    fc.assert(fc.property(mutations, survives), { numRuns: 6000 });
  }, 60_000);
});

describe('the previews of a trace, given mutations of a corpus', () => {
  it('are short texts, whatever the bytes are', () => {
    const isShort = (bytes: Uint8Array) => {
      const start = performance.now();
      for (const preview of [previewOf(bytes), previewOfCall(bytes)])
        expect(preview.length).toBeLessThanOrEqual(61);
      expect(performance.now() - start).toBeLessThan(SLOW);
    };
    fc.assert(fc.property(mutations, isShort), { numRuns: 6000 });
  }, 60_000);
});
