// The codec: what crosses from one agent to another as bytes in pool memory. This file is the format; `encode.ts` and
// `decode.ts` are the two directions.
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
//   d6 SHARED  number kind, number address, value: an object in pool memory, which `sync/` knows
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

export const INT = 0xc4;
export const FLOAT = 0xc5;
export const BIGINT = 0xc6;
export const DATE = 0xc7;
export const REGEXP = 0xc8;
export const ARRAY = 0xc9;
export const SPARSE = 0xca;
export const OBJECT = 0xcb;
export const MAP = 0xcc;
export const SET = 0xcd;
export const BUFFER = 0xce;
export const VIEW = 0xcf;
export const ERROR = 0xd0;
export const BOXED = 0xd1;
export const UTF8 = 0xd2;
export const UTF16 = 0xd3;
export const REF = 0xd4;
export const END = 0xd5;
export const SHARED = 0xd6;

/** A payload longer than this stays where it is until `copyTo`. */
export const LARGE = 4096;

/** Values that are a tag and no more. */
export const CONSTANTS: unknown[] = [undefined, null, false, true];
export const CONSTANT = 0xc0;

export type Bytes = Uint8Array<ArrayBuffer>;
export type Dictionary = Record<string, unknown>;
export type ErrorClass = new (...args: never[]) => Error;

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
export const errors = new Map<unknown, unknown>();

/** Names that are taken: those of the classes that every agent knows. */
const taken = new Set<string>();

/**
 * Makes errors of this class arrive as what they are; others arrive as the nearest class that is known. Call it on both
 * sides: in the module of the tasks, and where their futures are.
 *
 * The constructor is not called on arrival: the object gets the class's prototype, the message, stack and own properties.
 *
 * ```js
 * // tasks.worker.js
 * import { registerErrorClass, serve } from 'concurrent-futures/worker';
 * class HttpError extends Error {
 *   name = 'HttpError';
 * }
 * registerErrorClass(HttpError);
 * serve({
 *   load(status) {
 *     throw Object.assign(new HttpError('not found'), { status });
 *   },
 * });
 *
 * // page.js
 * class HttpError extends Error {
 *   name = 'HttpError';
 * }
 * registerErrorClass(HttpError);
 * const worker = () => new Worker(new URL('./tasks.worker.js', import.meta.url), { type: 'module' });
 * const pool = new ProcessPoolExecutor({ worker });
 * const error = await pool.submit(tasksOf().load, 404).exception();
 * console.log(error instanceof HttpError, error.status);   // true 404
 * await pool.shutdown();
 * ```
 *
 * @param name what the class is called in messages; give it where a minifier may rename the class
 * @throws TypeError for what is no class of errors; RangeError where a class of the language or of this package has the
 * name
 */
export function registerErrorClass(errorClass: ErrorClass, name: string = errorClass?.name): void {
  if (typeof errorClass !== 'function' || !(errorClass.prototype instanceof Error))
    throw new TypeError('registerErrorClass needs a class that extends Error');
  if (taken.has(name) && errors.get(name) !== errorClass)
    throw new RangeError(`the name ${name} is taken: give this class another as second argument`);
  know(errorClass, name);
}

function know(errorClass: ErrorClass, name: string): void {
  errors.set(name, errorClass).set(errorClass.prototype, name);
}

/** As `registerErrorClass`, for a class that every agent knows. */
export function registerOwn(errorClass: ErrorClass, name: string): void {
  taken.add(name);
  know(errorClass, name);
}

export const globals = globalThis as unknown as Dictionary;

// Those that an engine does not have, it does not throw either.
for (const name of [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'SuppressedError',
  'InternalError',
  'DOMException',
])
  if (name in globals) registerOwn(globals[name] as ErrorClass, name);
const wasm = globals.WebAssembly as Dictionary | undefined;
for (const name of ['CompileError', 'LinkError', 'RuntimeError'])
  if (wasm !== undefined) registerOwn(wasm[name] as ErrorClass, `WebAssembly.${name}`);
registerOwn(EncodeError, 'EncodeError');
registerOwn(DecodeError, 'DecodeError');

/** How objects in pool memory cross, which several agents use: by address. */
export interface Sharing {
  /** Kind, address and what else the other side must know; why it cannot cross; or `undefined` where it is no such object. */
  describe(
    value: object,
  ): readonly [kind: number, address: number, more: unknown] | string | undefined;
  /** A handle of this agent to what `describe` described; `undefined` where its class is not known. */
  restore(kind: number, address: number, more: unknown): object | undefined;
}

/** Whoever has such objects puts itself here. */
export const sharing = new Set<Sharing>();

/** What `describe` gave for an object that crosses. */
export function described(value: object): ReturnType<Sharing['describe']> {
  for (const by of sharing) {
    const found = by.describe(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What the string tag of a view says. */
export const VIEW_NAME = /\d.*Array$|^DataView$/;

/** Eight bytes as a number, and as bytes. */
export const float = new Float64Array(1);
export const floatBytes = new Uint8Array(float.buffer);
