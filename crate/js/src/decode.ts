// Bytes into values: see `codec.ts` for the format. Any bytes give a value or a DecodeError: never a read outside the
// message, never more memory than its length allows.

import {
  type Bytes,
  CONSTANT,
  CONSTANTS,
  DecodeError,
  type Dictionary,
  END,
  type ErrorClass,
  errors,
  float,
  floatBytes,
  globals,
  INT,
  LARGE,
  sharing,
  VIEW_NAME,
} from './codec.js';

type View = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// The decoding under way.
let source: Uint8Array;
let origin: number;
let position: number;
let end: number;
let known: object[] = [];
let lenient = false;

/** A message names a shared object of a class that is not known here. */
export class UnknownKindError extends DecodeError {}

/** Turns bytes into values. Whatever they are, it returns a value or throws a DecodeError, in time and memory bounded by their length. */
export class Decoder {
  /**
   * Decodes the value in `bytes[start .. start + length)`, which may be shared memory that nobody changes meanwhile.
   * The result shares no memory with it.
   * With `rough`, shared objects whose class is not known are left out.
   * @throws {DecodeError} when this is not exactly one message.
   */
  decode(bytes: Uint8Array, start: number, length: number, rough = false): unknown {
    lenient = rough;
    source = bytes;
    position = origin = start;
    end = start + length;
    try {
      if (!(start >= 0 && length >= 0 && end <= bytes.length)) fail();
      const value = readValue();
      return position === end ? value : fail();
    } catch (error) {
      // Ours, or of a constructor that refuses what it is given, or of the stack.
      throw error instanceof DecodeError ? error : new DecodeError(`damaged message: ${error}`);
    } finally {
      source = floatBytes;
      known = [];
    }
  }
}

function fail(): never {
  throw new RangeError(`at byte ${position}`);
}

function readByte(): number {
  return position < end ? source[position++]! : fail();
}

function readValue(): unknown {
  const tag = readByte();
  if (tag < 0x80) return tag;
  if (tag < CONSTANT) return readShort(tag - 0x80);
  if (tag < INT) return CONSTANTS[tag - CONSTANT];
  return (READERS[tag - INT] ?? fail)();
}

/** In the order of the tags, from INT on. */
const READERS: (() => unknown)[] = [
  () => readByte() | (readByte() << 8) | (readByte() << 16) | (readByte() << 24),
  readFloat,
  readBigInt,
  () => add(new Date(readNumber())),
  () => add(new RegExp(readText(), readText())),
  readArray,
  readSparse,
  () => readProperties(add({})),
  readMap,
  readSet,
  () => add(readPayload().buffer),
  readView,
  readError,
  () => add(Object(readValue())),
  () => fromUtf8.decode(readPayload()),
  readUtf16,
  () => known[readNumber()] ?? fail(),
  // END, which is no value.
  () => fail(),
  readShared,
];

function add<T extends object>(object: T): T {
  known.push(object);
  return object;
}

function readNumber(): number {
  const value = readValue();
  return typeof value === 'number' ? value : fail();
}

/** Only strings are converted to what a constructor wants: the conversion of a nested array could take for ever. */
function readText(): string {
  const value = readValue();
  return typeof value === 'string' ? value : fail();
}

function readFloat(): number {
  for (let i = 0; i < 8; i++) floatBytes[i] = readByte();
  return float[0]!;
}

/** A private copy: TextDecoder refuses shared memory in Chromium and Firefox. */
function readPayload(): Bytes {
  const length = readNumber();
  if (length > LARGE) position += (origin - position) & 7;
  if (!(length >= 0 && length <= end - position)) fail();
  position += length;
  return new Uint8Array(source.subarray(position - length, position));
}

function readShort(length: number): string {
  let text = '';
  for (; length > 0; length--) text += String.fromCharCode(readByte());
  return text;
}

function readUtf16(): string {
  let text = '';
  for (const unit of new Uint16Array(readPayload().buffer)) text += String.fromCharCode(unit);
  return text;
}

function readBigInt(): bigint {
  const text = readText();
  return text[0] === '-' ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

function readArray(): unknown[] {
  const length = readNumber();
  const array: unknown[] = add([]);
  // Each item takes at least a byte, so a wrong length ends with the message.
  for (let i = 0; i < length; i++) array.push(readValue());
  return array;
}

function readSparse(): unknown[] {
  const array: unknown[] = add([]);
  // The detour makes V8 keep the items in a table; otherwise it takes memory for every hole.
  array.length = 2 ** 32 - 1;
  array.length = readNumber();
  return readProperties(array, true);
}

/** Whether an item comes before END. */
function more(): boolean {
  if (source[position] !== END || position >= end) return true;
  position++;
  return false;
}

/** Sets plain properties, or defines them where `enumerable` is given. */
function readProperties<T extends object>(object: T, enumerable?: boolean): T {
  while (more()) {
    const key = readText();
    const value = readValue();
    if (enumerable === undefined && key !== '__proto__') {
      (object as Dictionary)[key] = value;
    } else {
      const shape = { value, writable: true, configurable: true, enumerable: enumerable !== false };
      Object.defineProperty(object, key, shape);
    }
  }
  return object;
}

function readMap(): Map<unknown, unknown> {
  const map = add(new Map());
  while (more()) map.set(readValue(), readValue());
  return map;
}

function readSet(): Set<unknown> {
  const set = add(new Set());
  while (more()) set.add(readValue());
  return set;
}

function readView(): ArrayBufferView {
  const name = readText();
  const buffer = readValue();
  if (!(buffer instanceof ArrayBuffer && VIEW_NAME.test(name))) return fail();
  return add(new (globals[name] as View)(buffer, readNumber(), readNumber()));
}

function readShared(): object {
  const [kind, address, more] = [readNumber(), readNumber(), readValue()];
  for (const by of sharing) {
    const found = by.restore(kind, address, more);
    if (found !== undefined) return add(found);
  }
  if (lenient) return add({});
  throw new UnknownKindError(
    "a shared object came whose class is not known here: import 'concurrent-futures/sync' for locks and queues, or " +
      "'concurrent-futures' for executors, in the module of the task",
  );
}

function readError(): Error {
  const kind = readText();
  const error: Error = add(
    kind === 'DOMException'
      ? new DOMException(readText(), readText())
      : Reflect.construct(Error, [], (errors.get(kind) as ErrorClass) ?? Error),
  );
  return readProperties(readProperties(error, false), true);
}
