// Values into bytes: see `codec.ts` for the format.

import {
  ARRAY,
  BIGINT,
  BOXED,
  BUFFER,
  type Bytes,
  CONSTANT,
  CONSTANTS,
  DATE,
  type Dictionary,
  described,
  END,
  EncodeError,
  ERROR,
  errors,
  FLOAT,
  float,
  floatBytes,
  globals,
  INT,
  LARGE,
  MAP,
  OBJECT,
  REF,
  REGEXP,
  SET,
  SHARED,
  SPARSE,
  UTF8,
  UTF16,
  VIEW,
  VIEW_NAME,
} from './codec.js';

/** ASCII strings shorter than this have their length in the tag, and are copied in a loop: faster than a TextEncoder. */
const SHORT = 64;
/** A buffer that a message made larger than this is not kept for the next one. */
const KEPT = 1 << 20;
/** The longest message, in bytes. */
const LONGEST = 2 ** 28;
/** Up to as many objects are found by comparing with each, more by a Map. */
const FEW = 8;

type BuiltIn = { prototype: Map<unknown, unknown> };

/** A payload that `copyTo` inserts: `bytes` belong before byte `at` of the encoder's buffer. */
export interface Segment {
  at: number;
  bytes: Uint8Array;
}

/** The tags of the built-in kinds. */
const TAGS: Record<string, number> = {
  Boolean: BOXED,
  Number: BOXED,
  String: BOXED,
  BigInt: BOXED,
  Date: DATE,
  RegExp: REGEXP,
  Map: MAP,
  Set: SET,
  ArrayBuffer: BUFFER,
};
const REMEDIES: Record<string, string> = {
  function: 'pass data, or name a task with task(url, name)',
  symbol: 'pass a string',
  Promise: 'await it first',
};
/** For what structured clone may know, or not. */
const BY_PARCEL = 'pass data, or send it by submitWith({ transfer: […] }, task, …)';
const RETURN_PARCEL = 'return data, or transfer(value, […]) from concurrent-futures/worker';
/** The properties of errors that are not enumerable where an engine makes them. */
const HIDDEN = ['name', 'message', 'stack', 'cause', 'errors', 'error', 'suppressed'];
const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys, prototype } = Object;

const toUtf8 = new TextEncoder();

// The encoding under way. It is synchronous, so that module variables do, and they are faster than fields.
let busy = false;
let out: Bytes;
let at: number;
let large: Segment[];
/** The length of all that is in `large`. */
let spliced: number;
/** The addresses of the objects in pool memory that the value names. */
let shared: number[];
let objects: object[] = [];
let indexes: Map<object, number> | undefined;
let root: string;
let depth: number;
/** The keys that lead to the value being written: a property, or the index of an item, also of a Map or Set. */
const path: (string | number)[] = [];

/** Turns values into bytes. It does one value at a time and is meant to be kept. */
export class Encoder {
  /** Private memory, never shared. Its first bytes are the last value, without what is in `large`. */
  bytes: Bytes = new Uint8Array(1024);
  /** The big payloads of the last value, not copied yet. */
  large: Segment[] = [];
  /** The addresses of the objects in pool memory that the last value names. */
  shared: number[] = [];
  #end = 0;

  /**
   * Encodes `value`. Getters run.
   * @param name what the value is called in the path of an error.
   * @returns the length of the whole message, which `copyTo` then writes.
   * @throws {EncodeError} when something in it cannot be cloned; whatever a getter throws.
   */
  encode(value: unknown, name = 'value'): number {
    if (busy) throw new EncodeError(name, 'a getter cannot send');
    busy = true;
    out = this.bytes.length > KEPT ? new Uint8Array(1024) : this.bytes;
    this.large = large = [];
    this.shared = shared = [];
    root = name;
    at = spliced = depth = 0;
    try {
      writeValue(value);
      this.bytes = out;
      this.#end = at;
      if (at + spliced > LONGEST)
        throw new RangeError(
          `${name} would be a message of ${at + spliced} bytes, and ${LONGEST} are the most: ${BY_PARCEL}`,
        );
      return at + spliced;
    } catch (error) {
      large.length = 0;
      // An overflow of the stack, as Chromium and Safari, then as Firefox put it.
      if (!/call stack|recursion/.test(String(error))) throw error;
      throw new EncodeError(name, 'nested too deeply; pass flat data');
    } finally {
      busy = false;
      objects = [];
      indexes = undefined;
    }
  }

  /**
   * Writes the encoded value to `target`, which may be shared memory, and lets go of `large`.
   * Call it once, before any of the user's code runs.
   */
  copyTo(target: Uint8Array, offset: number): void {
    const { bytes } = this;
    const end = this.#end;
    let from = 0;
    for (const segment of this.large) {
      target.set(bytes.subarray(from, segment.at), offset);
      offset += segment.at - from;
      from = segment.at;
      target.set(segment.bytes, offset);
      offset += segment.bytes.length;
    }
    if (end - from > 64) target.set(bytes.subarray(from, end), offset);
    else while (from < end) target[offset++] = bytes[from++]!;
    this.large.length = 0;
  }
}

let encoder: Encoder | undefined;

/** Encodes `value` into bytes of its own, for a way that is not through pool memory. Throws as `encode` does. */
export function toBytes(value: unknown, name: string): Bytes {
  encoder ??= new Encoder();
  const length = encoder.encode(value, name);
  if (encoder.shared.length > 0) throw new EncodeError(name, 'it names shared objects');
  const bytes = new Uint8Array(length);
  encoder.copyTo(bytes, 0);
  return bytes;
}

function writeValue(value: unknown): void {
  if (typeof value === 'string') {
    writeString(value);
  } else if (typeof value === 'number') {
    writeNumber(value);
  } else if (CONSTANTS.includes(value)) {
    writeTag(CONSTANT + CONSTANTS.indexOf(value));
  } else if (typeof value === 'object') {
    writeObject(value as object);
  } else if (typeof value === 'bigint') {
    writeTag(BIGINT);
    writeString(value.toString(16));
  } else {
    refuse(typeof value);
  }
}

function reserve(length: number): void {
  if (at + length <= out.length) return;
  const grown = new Uint8Array((at + length) * 2);
  grown.set(out);
  out = grown;
}

/** Writes one byte; eight more fit behind it. */
function writeTag(tag: number): void {
  reserve(9);
  out[at++] = tag;
}

function writeNumber(value: number): void {
  const int = value | 0;
  if (int !== value || (!int && 1 / value < 0)) {
    writeTag(FLOAT);
    float[0] = value;
    for (let i = 0; i < 8; i++) out[at++] = floatBytes[i]!;
  } else if (int >= 0 && int < 128) {
    writeTag(int);
  } else {
    writeTag(INT);
    for (let shift = 0; shift < 32; shift += 8) out[at++] = int >> shift;
  }
}

function writeString(text: string): void {
  const { length } = text;
  if (length < SHORT) {
    if (writeShort(text)) return;
  } else if (!/\p{Cs}/u.test(text)) {
    writeTag(UTF8);
    writePayload(toUtf8.encode(text));
    return;
  }
  const units = new Uint16Array(length);
  for (let i = 0; i < length; i++) units[i] = text.charCodeAt(i);
  writeTag(UTF16);
  writePayload(new Uint8Array(units.buffer));
}

/** Writes nothing and returns false where a character is not ASCII. */
function writeShort(text: string): boolean {
  const { length } = text;
  reserve(SHORT);
  const bytes = out;
  let end = at;
  bytes[end++] = 0x80 + length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return false;
    bytes[end++] = unit;
  }
  at = end;
  return true;
}

function writePayload(bytes: Uint8Array): void {
  const { length } = bytes;
  writeNumber(length);
  if (length > LARGE) {
    reserve(8);
    while ((at + spliced) & 7) out[at++] = 0;
    large.push({ at, bytes });
    spliced += length;
  } else {
    reserve(length);
    out.set(bytes, at);
    at += length;
  }
}

function writeObject(value: object): void {
  const index = indexOf(value);
  if (index >= 0) {
    writeTag(REF);
    writeNumber(index);
    return;
  }
  if (Array.isArray(value)) {
    writeArray(value);
  } else if (getPrototypeOf(value) === prototype) {
    writePlain(value, OBJECT);
  } else if (ArrayBuffer.isView(value)) {
    writeView(value);
  } else {
    writeOther(value, kindOf(value));
  }
}

function indexOf(value: object): number {
  if (objects.length < FEW) return objects.indexOf(value);
  indexes ??= new Map(objects.map((object, index) => [object, index]));
  return indexes.get(value) ?? -1;
}

/** Numbers an object, so that later ones can refer to it. */
function begin(value: object, tag: number): void {
  indexes?.set(value, objects.length);
  objects.push(value);
  writeTag(tag);
}

function writeChild(key: string | number, value: unknown): void {
  path[depth++] = key;
  writeValue(value);
  depth--;
}

function writeArray(array: unknown[]): void {
  const { length } = array;
  // Object.keys would make a string of every index. A hole, or a property with a name, makes the lengths differ.
  const items = Object.values(array);
  if (items.length !== length || items.some((item, i) => item === undefined && !hasOwn(array, i))) {
    writePlain(array, SPARSE);
    return;
  }
  begin(array, ARRAY);
  writeNumber(length);
  for (let i = 0; i < length; i++) writeChild(i, items[i]);
}

function writePlain(object: object, tag: number): void {
  begin(object, tag);
  if (tag === SPARSE) writeNumber((object as unknown[]).length);
  for (const key of keys(object)) {
    const value = (object as Dictionary)[key];
    // A getter may have deleted what comes after it.
    if (value !== undefined || hasOwn(object, key)) {
      writeString(key);
      writeChild(key, value);
    }
  }
  writeTag(END);
}

function writeView(view: ArrayBufferView): void {
  const name = tagOf(view);
  if (!VIEW_NAME.test(name)) refuse(name);
  writeTag(VIEW);
  writeString(name);
  writeChild('buffer', view.buffer);
  writeNumber(view.byteOffset);
  writeNumber((view as Uint8Array).length ?? view.byteLength);
  // The buffer comes first, so that the other side has it when it makes the view.
  indexes?.set(view, objects.length);
  objects.push(view);
}

function writeError(error: Error): void {
  const kind = errorKind(error);
  begin(error, ERROR);
  writeString(kind);
  if (kind === 'DOMException') {
    writeString(error.message);
    writeString(error.name);
  }
  const shown = keys(error);
  const hidden = HIDDEN.filter(key => key in error && !shown.includes(key));
  writeCloneable(error, hidden);
  writeCloneable(error, shown);
}

/** The name of the nearest class that the other side knows. */
function errorKind(error: Error): string {
  let name: unknown;
  for (let at: unknown = error; at && !name; at = getPrototypeOf(at)) name = errors.get(at);
  return (name as string) ?? error.name;
}

/** Writes those properties that can be cloned: an error must not get lost because somebody hung a request on it. */
function writeCloneable(error: Error, names: string[]): void {
  const level = depth;
  for (const name of names) {
    const saved = [at, spliced, objects.length, large.length] as const;
    try {
      writeString(name);
      writeChild(name, (error as unknown as Dictionary)[name]);
    } catch {
      depth = level;
      [at, spliced, objects.length, large.length] = saved;
      indexes = undefined;
    }
  }
  writeTag(END);
}

function writeShared(
  value: object,
  [kind, address, more]: readonly [number, number, unknown],
): void {
  begin(value, SHARED);
  writeNumber(kind);
  writeNumber(address);
  writeValue(more);
  shared.push(address);
}

function writeOther(value: object, kind: string): void {
  const shared = described(value);
  if (typeof shared === 'string') {
    throw new EncodeError(place(), shared);
  } else if (shared !== undefined) {
    writeShared(value, shared);
  } else if (kind === 'Error' || value instanceof Error) {
    writeError(value as Error);
  } else if (kind === 'Object') {
    writePlain(value, OBJECT);
  } else {
    const tag = TAGS[kind] ?? refuse(kind);
    const content = contentOf(value, tag, kind);
    begin(value, tag);
    content.forEach((item, i) => {
      if (tag === BUFFER) writePayload(item as Uint8Array);
      else writeChild(tag === MAP ? i >> 1 : i, item);
    });
    if (tag === MAP || tag === SET) writeTag(END);
  }
}

function tagOf(value: object): string {
  return prototype.toString.call(value).slice(8, -1);
}

/** The built-in kind of an object, whatever its class says; 'Object' for a plain one and for a class of the user's. */
function kindOf(value: object): string {
  for (let at: unknown = value; at; at = getPrototypeOf(at)) {
    // In engines and in Web IDL this is never writable; what users write is a getter or a field.
    const tag = getOwnPropertyDescriptor(at, Symbol.toStringTag);
    if (tag?.writable === false) return `${tag.value}`;
  }
  return Symbol.toStringTag in value ? 'Object' : tagOf(value);
}

/** What an object of a built-in kind consists of, by methods that throw where it only looks like one. */
function contentOf(value: object, tag: number, kind: string): unknown[] {
  const { prototype } = globals[kind] as BuiltIn;
  try {
    if (tag === MAP) return [...prototype.entries.call(value as never)].flat();
    if (tag === SET) return [...prototype.values.call(value as never)];
    if (tag === REGEXP) return [(value as RegExp).source, (value as RegExp).flags];
    // Its byteLength throws where it is none, the constructor where it is detached.
    if (tag === BUFFER)
      return [new Uint8Array(value as ArrayBuffer, 0, (value as Bytes).byteLength)];
    return [prototype.valueOf.call(value)];
  } catch {
    return refuse(tag === BUFFER ? 'detached ArrayBuffer' : kind);
  }
}

/** Where the value is that is being written. */
function place(): string {
  return root + path.slice(0, depth).map(pathStep).join('');
}

function refuse(kind: string): never {
  const article = /^[AEIO]/.test(kind) ? 'an' : 'a';
  const remedy = REMEDIES[kind] ?? (root.startsWith('args') ? BY_PARCEL : RETURN_PARCEL);
  throw new EncodeError(place(), `${article} ${kind} cannot be cloned; ${remedy}`, kind);
}

function pathStep(key: string | number): string {
  return /^[a-z_$]\w*$/i.test(key as string) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
