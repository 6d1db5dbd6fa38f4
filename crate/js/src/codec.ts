// The codec: what crosses from one agent to another as bytes in pool memory.
//
// `Encoder` writes a value into a private buffer; `Decoder` rebuilds it from any bytes, shared or not. The model is that
// of `structuredClone`, on purpose: undefined, null, booleans, numbers, BigInt, strings, their boxed forms, Date, RegExp,
// Array (with holes and named properties), plain objects, Map, Set, ArrayBuffer, every view, errors, and any graph of these.
//
// Every value is one tag, then what the tag asks for. Numbers are in the byte order of the machine: both ends are on it.
//
//   00-7f      the integer 0 … 127              c9 ARRAY     number n, n values
//   80-bf      ASCII string of 0 … 63 bytes     ca SPARSE    number length, properties
//   c0         undefined                        cb OBJECT    properties
//   c1         null                             cc MAP       (key, value) …, END
//   c2 c3      false, true                      cd SET       value …, END
//   c4 INT     int32, 4 bytes                   ce BUFFER    payload
//   c5 FLOAT   float64, 8 bytes                 cf VIEW      string class, buffer, number offset, number length
//   c6 BIGINT  string: hexadecimal              d0 ERROR     string class, (DOMException: string message, string name,)
//   c7 DATE    number: milliseconds                          properties that are not enumerable, those that are
//   c8 REGEXP  string source, string flags      d1 BOXED     a primitive value
//   d2 UTF8    payload                          d4 REF       number: the index of an object that came before
//   d3 UTF16   payload                          d5 END
//
//   properties = (string key, value) …, END     payload = number n, padding, n bytes
//
// Objects are numbered in the order in which their tags end: both sides count alike, which is what REF relies on.
// A payload over 4 KiB is not copied into the private buffer: `large` says what belongs where, `copyTo` puts it there,
// so that a big argument is copied once, from the caller's memory to the pool's. Such a payload is padded to begin at a
// multiple of 8 from the message's begin: V8 copies to and from shared memory eight times faster when aligned, so put
// messages at multiples of 8.
//
// Differences from structuredClone:
// - errors keep more: their class, cause, errors and own properties. What cannot be cloned of these is left out, so that
//   the error itself always arrives; an object made by Object.create(Error.prototype) counts as an error;
// - resizable buffers arrive with a fixed length;
// - platform objects other than DOMException are refused, known by a Symbol.toStringTag that is not writable;
// - a Proxy of an array or a plain object is read through, and `arguments` is a plain object.

const INT = 0xc4;
const FLOAT = 0xc5;
const BIGINT = 0xc6;
const DATE = 0xc7;
const REGEXP = 0xc8;
const ARRAY = 0xc9;
const SPARSE = 0xca;
const OBJECT = 0xcb;
const MAP = 0xcc;
const SET = 0xcd;
const BUFFER = 0xce;
const VIEW = 0xcf;
const ERROR = 0xd0;
const BOXED = 0xd1;
const UTF8 = 0xd2;
const UTF16 = 0xd3;
const REF = 0xd4;
const END = 0xd5;

/** ASCII strings shorter than this have their length in the tag, and are copied in a loop: faster than a TextEncoder. */
const SHORT = 64;
/** A payload longer than this stays where it is until `copyTo`. */
const LARGE = 4096;
/** A buffer that a message made larger than this is not kept for the next one. */
const KEPT = 1 << 20;
/** Up to as many objects are found by comparing with each, more by a Map. */
const FEW = 8;

/** Values that are a tag and no more. */
const CONSTANTS: unknown[] = [undefined, null, false, true];
const CONSTANT = 0xc0;

type Bytes = Uint8Array<ArrayBuffer>;
type Dictionary = Record<string, unknown>;
type ErrorClass = new (...args: never[]) => Error;
type BuiltIn = { prototype: Map<unknown, unknown> };
type View = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

/** A payload that `copyTo` inserts: `bytes` belong before byte `at` of the encoder's buffer. */
export interface Segment {
  at: number;
  bytes: Uint8Array;
}

/** The value cannot be sent. The message names its place, what it is, and what to do. */
export class EncodeError extends Error {
  override name = 'DataCloneError';

  /**
   * @param path where the offending value is, for example `args[1].handlers.click`.
   * @param kind what it is: 'function', 'symbol', or a built-in class such as 'MessagePort'; '' for other reasons.
   */
  constructor(
    readonly path: string,
    reason: string,
    readonly kind = '',
  ) {
    super(`cannot send ${path}: ${reason}`);
  }
}

/** The bytes are not a message: they are cut off or damaged. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

/** Names to classes, and prototypes to names. */
const errors = new Map<unknown, unknown>();

/**
 * Makes errors of this class arrive as what they are. Call it on both sides.
 *
 * The constructor is not called on arrival: the object gets the class's prototype, the message, stack and own properties.
 * @param name what the class is called in messages; give it where a minifier may rename the class.
 */
export function registerErrorClass(errorClass: ErrorClass, name = errorClass.name): void {
  errors.set(name, errorClass).set(errorClass.prototype, name);
}

const globals = globalThis as unknown as Dictionary;

for (const errorClass of [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  DOMException,
]) {
  registerErrorClass(errorClass);
}
registerErrorClass(EncodeError, 'EncodeError');
registerErrorClass(DecodeError, 'DecodeError');

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
/** The properties of errors that are not enumerable where an engine makes them. */
const HIDDEN = ['name', 'message', 'stack', 'cause', 'errors', 'error', 'suppressed'];
const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys, prototype } = Object;
const VIEW_NAME = /\d.*Array$|^DataView$/;

const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

// The encoding under way. It is synchronous, so that module variables do, and they are faster than fields.
let busy = false;
let out: Bytes;
let at: number;
let large: Segment[];
/** The length of all that is in `large`. */
let spliced: number;
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
    root = name;
    at = spliced = depth = 0;
    try {
      writeValue(value);
      this.bytes = out;
      this.#end = at;
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

function writeOther(value: object, kind: string): void {
  if (kind === 'Error' || value instanceof Error) {
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

function refuse(kind: string): never {
  const place = root + path.slice(0, depth).map(pathStep).join('');
  const article = /^[AEIO]/.test(kind) ? 'an' : 'a';
  const remedy = REMEDIES[kind] ?? 'pass data';
  throw new EncodeError(place, `${article} ${kind} cannot be cloned; ${remedy}`, kind);
}

function pathStep(key: string | number): string {
  return /^[a-z_$]\w*$/i.test(key as string) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

// The decoding under way.
let source: Uint8Array;
let origin: number;
let position: number;
let end: number;
let known: object[] = [];

/** Turns bytes into values. Whatever they are, it returns a value or throws a DecodeError, in time and memory bounded by their length. */
export class Decoder {
  /**
   * Decodes the value in `bytes[start .. start + length)`, which may be shared memory that nobody changes meanwhile.
   * The result shares no memory with it.
   * @throws {DecodeError} when this is not exactly one message.
   */
  decode(bytes: Uint8Array, start: number, length: number): unknown {
    source = bytes;
    position = origin = start;
    end = start + length;
    try {
      if (!(start >= 0 && length >= 0 && end <= bytes.length)) fail();
      const value = readValue();
      return position === end ? value : fail();
    } catch (error) {
      // Ours, or of a constructor that refuses what it is given, or of the stack.
      throw new DecodeError(`damaged message: ${error}`);
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

function readError(): Error {
  const kind = readText();
  const error: Error = add(
    kind === 'DOMException'
      ? new DOMException(readText(), readText())
      : Reflect.construct(Error, [], (errors.get(kind) as ErrorClass) ?? Error),
  );
  return readProperties(readProperties(error, false), true);
}
