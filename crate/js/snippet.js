// Generated from crate/js/src/snippet.ts by `npm run snippet`: change that file, not this one.
//
// The worker side and the page side of the crate concurrent-futures, as one file without imports.


// crate/js/src/abi.ts
var WITH_OBJECTS = 2147483648 | 0;
var MAY_BLOCK = 1;
var SPAWNER = 2;
var GLUED = 4;
var PROCESS = 1;
var BROKEN_POOL = 3;
var REFUSED_WORKERS = 2;
var STATE_MASK = 255;
var RUNNING = 1;
var CANCELLED = 4;
var VALUE = 0;
var THROWN = 1;
var BROKEN = 2;
var ENDED = 3;
var PARCEL = 4;
var TERMINATED = 1;
var TRY_AGAIN = 2;
var NOTHING = 0;
var SCRIPT = 2;
var REMOTE = 3;
var EXIT = 4;
var AWAITS = 5;
var REMOTE_COROUTINE = 6;
var AGENT_BELL = 0;
var AGENT_KILL = 1;
var AGENT_KILL_WANTED = 2;
var SCRATCH_WORDS = 512;
var AWAKE = 0;
var ASLEEP = 1;
var RUNG = 2;
var BUSY = 0;
var KILLABLE = 1;
var CLAIMED = 2;
var HELD = 3;
var CALL_STATE = 0;
var CALL_WORKER = 1;
var CALL_REPLY_KIND = 2;
var CALL_REPLY = 3;
var CALL_REPLY_LENGTH = 4;
var CALL_TIMES = 24;
var SHOWN_PAYLOAD = 0;
var SHOWN_PAYLOAD_LENGTH = 1;
var SHOWN_ENTRY = 2;
var SHOWN_CHECK = 3;
var SHOWN_EPOCH = 4;
var SHOWN_INITIALIZER = 5;
var SHOWN_CALLER = 6;

// crate/js/src/blocking-hooks.ts
var hooks = /* @__PURE__ */ new Set();
var nobody = () => {
};
function announce(what) {
  if (hooks.size === 0) return nobody;
  const resume = [...hooks].map((hook) => hook(what));
  return () => {
    for (const go of resume.reverse()) go();
  };
}

// crate/js/src/blocks.ts
function toUtf8(text) {
  return new TextEncoder().encode(text);
}
function putBytes(agent, bytes) {
  const block = agent.allocate(bytes.length);
  agent.bytes.set(bytes, block);
  return [block, bytes.length];
}
function lendText(agent, text, use) {
  const [block, length] = putBytes(agent, toUtf8(text));
  const result = use(block, length);
  agent.core.cf_free(block, length);
  return result;
}
function readText(agent, ask) {
  const start = ask(agent.scratch);
  return agent.textAt(start, agent.words[agent.scratch / 4] ?? 0);
}
function readAddresses(agent, ask) {
  const count = ask(agent.scratch, SCRATCH_WORDS);
  const first = agent.scratch / 4;
  return [...agent.words.subarray(first, first + count)];
}

// crate/js/src/clock.ts
var origin;
function now() {
  origin ??= performance.timeOrigin;
  return origin + performance.now();
}
function toMilliseconds(timeout) {
  if (timeout === void 0) return void 0;
  if (typeof timeout !== "number" || Number.isNaN(timeout))
    throw new TypeError(`timeout must be a number of seconds, not ${String(timeout)}`);
  return Math.max(0, timeout * 1e3);
}
var LONGEST_DELAY = 2147483647;
function alarm(delay, fire) {
  const end2 = performance.now() + delay;
  let timer;
  const set = () => {
    const left = end2 - performance.now();
    timer = left > LONGEST_DELAY ? setTimeout(set, LONGEST_DELAY) : setTimeout(fire, left);
  };
  set();
  return () => clearTimeout(timer);
}
var channel;
var waiting = [];
function turn() {
  const { setImmediate } = globalThis;
  if (setImmediate !== void 0) return new Promise((resume) => setImmediate(resume));
  if (channel === void 0) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const resumed = waiting;
      waiting = [];
      for (const resume of resumed) resume();
    };
  }
  const { port2 } = channel;
  return new Promise((resume) => {
    if (waiting.push(resume) === 1) port2.postMessage(0);
  });
}

// crate/js/src/codec.ts
var INT = 196;
var FLOAT = 197;
var BIGINT = 198;
var DATE = 199;
var REGEXP = 200;
var ARRAY = 201;
var SPARSE = 202;
var OBJECT = 203;
var MAP = 204;
var SET = 205;
var BUFFER = 206;
var VIEW = 207;
var ERROR = 208;
var BOXED = 209;
var UTF8 = 210;
var UTF16 = 211;
var REF = 212;
var END = 213;
var SHARED = 214;
var LARGE = 4096;
var CONSTANTS = [void 0, null, false, true];
var CONSTANT = 192;
var EncodeError = class extends Error {
  /**
   * @param path where the offending value is, for example `args[1].handlers.click`.
   * @param kind what it is: 'function', 'symbol', or a built-in class such as 'MessagePort'; '' for other reasons.
   */
  constructor(path2, reason2, kind = "") {
    super(`cannot send ${path2}: ${reason2}`);
    this.path = path2;
    this.kind = kind;
  }
  path;
  kind;
  name = "DataCloneError";
};
var DecodeError = class extends Error {
  name = "DecodeError";
};
var errors = /* @__PURE__ */ new Map();
var taken = /* @__PURE__ */ new Set();
function registerErrorClass(errorClass, name = errorClass?.name) {
  if (typeof errorClass !== "function" || !(errorClass.prototype instanceof Error))
    throw new TypeError("registerErrorClass needs a class that extends Error");
  if (taken.has(name) && errors.get(name) !== errorClass)
    throw new RangeError(`the name ${name} is taken: give this class another as second argument`);
  know(errorClass, name);
}
function know(errorClass, name) {
  errors.set(name, errorClass).set(errorClass.prototype, name);
}
function registerOwn(errorClass, name) {
  taken.add(name);
  know(errorClass, name);
}
var globals = globalThis;
for (const name of [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "SuppressedError",
  "InternalError",
  "DOMException"
])
  if (name in globals) registerOwn(globals[name], name);
var wasm = globals.WebAssembly;
for (const name of ["CompileError", "LinkError", "RuntimeError"])
  if (wasm !== void 0) registerOwn(wasm[name], `WebAssembly.${name}`);
registerOwn(EncodeError, "EncodeError");
registerOwn(DecodeError, "DecodeError");
var sharing = /* @__PURE__ */ new Set();
function described(value) {
  for (const by of sharing) {
    const found = by.describe(value);
    if (found !== void 0) return found;
  }
  return void 0;
}
var VIEW_NAME = /\d.*Array$|^DataView$/;
var float = new Float64Array(1);
var floatBytes = new Uint8Array(float.buffer);

// crate/js/src/errors.ts
var CancelledError = class extends Error {
  name = "CancelledError";
  constructor(message = "the future was cancelled") {
    super(message);
  }
};
var TimeoutError = class extends Error {
  name = "TimeoutError";
};
var InvalidStateError = class extends Error {
  name = "InvalidStateError";
};
var RuntimeError = class extends Error {
  name = "RuntimeError";
};
var DeadlockError = class extends RuntimeError {
  name = "DeadlockError";
  /** Who waits for what: one sentence for each that waits. */
  waits;
  constructor(waits = []) {
    super(`deadlock: ${typeof waits === "string" ? waits : waits.join("; ")}`);
    this.waits = typeof waits === "string" ? [waits] : waits;
  }
};
var BrokenExecutor = class extends RuntimeError {
  name = "BrokenExecutor";
  /** What happened. */
  reason;
  /** The name of the worker that it happened to; `undefined` where it was none, or is not known. */
  worker;
  /** The name of the task whose future failed with this; `undefined` where it was `submit` that was refused. */
  task;
  constructor(message = "", breakage = { reason: message }, task) {
    super(message);
    this.reason = breakage.reason;
    this.worker = breakage.worker;
    this.task = task;
  }
};
var BrokenThreadPool = class extends BrokenExecutor {
  name = "BrokenThreadPool";
};
var BrokenProcessPool = class extends BrokenExecutor {
  name = "BrokenProcessPool";
};
var WorkerExit = class extends Error {
  name = "WorkerExit";
  constructor(message = "the task closed its worker") {
    super(message);
  }
};
var NotIsolatedError = class extends Error {
  name = "NotIsolatedError";
  constructor(what, where = "a cross-origin isolated page") {
    super(
      `${what} needs ${where}. Serve the page, over https or from localhost, with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".`
    );
  }
};
var BlockingNotAllowedError = class extends Error {
  name = "BlockingNotAllowedError";
};
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
var ERRORS = [
  CancelledError,
  TimeoutError,
  InvalidStateError,
  RuntimeError,
  DeadlockError,
  BrokenExecutor,
  BrokenThreadPool,
  BrokenProcessPool,
  WorkerExit,
  NotIsolatedError,
  BlockingNotAllowedError
];

// crate/js/src/deadlock.ts
var LOCK = 2;
var DeadlockWatch = class {
  #agent;
  #listed = false;
  constructor(agent) {
    this.#agent = agent;
  }
  /** The wait has lasted a while in vain. Throws where it can never end. */
  look({ kind, addresses }) {
    const agent = this.#agent;
    const { length } = addresses;
    if (length === 0) return;
    this.#listed = true;
    const bytes = 4 * length;
    const block = agent.allocate(bytes);
    agent.words.set(addresses, block / 4);
    const now2 = performance.timeOrigin + performance.now();
    try {
      this.#refuse((out2) => agent.core.cf_deadlock_look(kind, block, length, now2, out2));
    } finally {
      agent.core.cf_free(block, bytes);
    }
  }
  /** The wait is over. Throws where it was part of a deadlock, even if what it waited for has come by now. */
  end() {
    if (!this.#listed) return;
    this.#listed = false;
    this.#refuse(this.#agent.core.cf_deadlock_forget);
  }
  /** The wait is over, for another reason. */
  drop() {
    try {
      this.end();
    } catch {
    }
  }
  #refuse(ask) {
    const agent = this.#agent;
    let block = 0;
    const text = readText(agent, (out2) => {
      block = ask(out2);
      return block;
    });
    if (block === 0) return;
    agent.core.cf_free(block, agent.words[agent.scratch / 4] ?? 0);
    throw new DeadlockError(text.split("\n"));
  }
};
function needsLock(address) {
  return { kind: LOCK, addresses: [address] };
}

// crate/js/src/decode.ts
var fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
var source;
var origin2;
var position;
var end;
var known = [];
var lenient = false;
var UnknownKindError = class extends DecodeError {
};
var Decoder = class {
  /**
   * Decodes the value in `bytes[start .. start + length)`, which may be shared memory that nobody changes meanwhile.
   * The result shares no memory with it.
   * With `rough`, shared objects whose class is not known are left out.
   * @throws {DecodeError} when this is not exactly one message.
   */
  decode(bytes, start, length, rough = false) {
    lenient = rough;
    source = bytes;
    position = origin2 = start;
    end = start + length;
    try {
      if (!(start >= 0 && length >= 0 && end <= bytes.length)) fail();
      const value = readValue();
      return position === end ? value : fail();
    } catch (error) {
      throw error instanceof DecodeError ? error : new DecodeError(`damaged message: ${error}`);
    } finally {
      source = floatBytes;
      known = [];
    }
  }
};
function fail() {
  throw new RangeError(`at byte ${position}`);
}
function readByte() {
  return position < end ? source[position++] : fail();
}
function readValue() {
  const tag = readByte();
  if (tag < 128) return tag;
  if (tag < CONSTANT) return readShort(tag - 128);
  if (tag < INT) return CONSTANTS[tag - CONSTANT];
  return (READERS[tag - INT] ?? fail)();
}
var READERS = [
  () => readByte() | readByte() << 8 | readByte() << 16 | readByte() << 24,
  readFloat,
  readBigInt,
  () => add(new Date(readNumber())),
  () => add(new RegExp(readText2(), readText2())),
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
  readShared
];
function add(object) {
  known.push(object);
  return object;
}
function readNumber() {
  const value = readValue();
  return typeof value === "number" ? value : fail();
}
function readText2() {
  const value = readValue();
  return typeof value === "string" ? value : fail();
}
function readFloat() {
  for (let i = 0; i < 8; i++) floatBytes[i] = readByte();
  return float[0];
}
function readPayload() {
  const length = readNumber();
  if (length > LARGE) position += origin2 - position & 7;
  if (!(length >= 0 && length <= end - position)) fail();
  position += length;
  return new Uint8Array(source.subarray(position - length, position));
}
function readShort(length) {
  let text = "";
  for (; length > 0; length--) text += String.fromCharCode(readByte());
  return text;
}
function readUtf16() {
  let text = "";
  for (const unit of new Uint16Array(readPayload().buffer)) text += String.fromCharCode(unit);
  return text;
}
function readBigInt() {
  const text = readText2();
  return text[0] === "-" ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}
function readArray() {
  const length = readNumber();
  const array = add([]);
  for (let i = 0; i < length; i++) array.push(readValue());
  return array;
}
function readSparse() {
  const array = add([]);
  array.length = 2 ** 32 - 1;
  array.length = readNumber();
  return readProperties(array, true);
}
function more() {
  if (source[position] !== END || position >= end) return true;
  position++;
  return false;
}
function readProperties(object, enumerable) {
  while (more()) {
    const key = readText2();
    const value = readValue();
    if (enumerable === void 0 && key !== "__proto__") {
      object[key] = value;
    } else {
      const shape = { value, writable: true, configurable: true, enumerable: enumerable !== false };
      Object.defineProperty(object, key, shape);
    }
  }
  return object;
}
function readMap() {
  const map = add(/* @__PURE__ */ new Map());
  while (more()) map.set(readValue(), readValue());
  return map;
}
function readSet() {
  const set = add(/* @__PURE__ */ new Set());
  while (more()) set.add(readValue());
  return set;
}
function readView() {
  const name = readText2();
  const buffer = readValue();
  if (!(buffer instanceof ArrayBuffer && VIEW_NAME.test(name))) return fail();
  return add(new globals[name](buffer, readNumber(), readNumber()));
}
function readShared() {
  const [kind, address, more2] = [readNumber(), readNumber(), readValue()];
  for (const by of sharing) {
    const found = by.restore(kind, address, more2);
    if (found !== void 0) return add(found);
  }
  if (lenient) return add({});
  throw new UnknownKindError(
    "a shared object came whose class is not known here: import 'concurrent-futures/sync' for locks and queues, or 'concurrent-futures' for executors, in the module of the task"
  );
}
function readError() {
  const kind = readText2();
  const error = add(
    kind === "DOMException" ? new DOMException(readText2(), readText2()) : Reflect.construct(Error, [], errors.get(kind) ?? Error)
  );
  return readProperties(readProperties(error, false), true);
}

// crate/js/src/encode.ts
var SHORT = 64;
var KEPT = 1 << 20;
var LONGEST = 2 ** 28;
var FEW = 8;
var TAGS = {
  Boolean: BOXED,
  Number: BOXED,
  String: BOXED,
  BigInt: BOXED,
  Date: DATE,
  RegExp: REGEXP,
  Map: MAP,
  Set: SET,
  ArrayBuffer: BUFFER
};
var REMEDIES = {
  function: "pass data, or name a task with task(url, name)",
  symbol: "pass a string",
  Promise: "await it first"
};
var BY_PARCEL = "pass data, or send it by submitWith({ transfer: […] }, task, …)";
var RETURN_PARCEL = "return data, or transfer(value, […]) from concurrent-futures/worker";
var HIDDEN = ["name", "message", "stack", "cause", "errors", "error", "suppressed"];
var { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys, prototype } = Object;
var toUtf82 = new TextEncoder();
var busy = false;
var out;
var at;
var large;
var spliced;
var shared;
var objects = [];
var indexes;
var root;
var depth;
var path = [];
var Encoder = class {
  /** Private memory, never shared. Its first bytes are the last value, without what is in `large`. */
  bytes = new Uint8Array(1024);
  /** The big payloads of the last value, not copied yet. */
  large = [];
  /** The addresses of the objects in pool memory that the last value names. */
  shared = [];
  #end = 0;
  /**
   * Encodes `value`. Getters run.
   * @param name what the value is called in the path of an error.
   * @returns the length of the whole message, which `copyTo` then writes.
   * @throws {EncodeError} when something in it cannot be cloned; whatever a getter throws.
   */
  encode(value, name = "value") {
    if (busy) throw new EncodeError(name, "a getter cannot send");
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
          `${name} would be a message of ${at + spliced} bytes, and ${LONGEST} are the most: ${BY_PARCEL}`
        );
      return at + spliced;
    } catch (error) {
      large.length = 0;
      if (!/call stack|recursion/.test(String(error))) throw error;
      throw new EncodeError(name, "nested too deeply; pass flat data");
    } finally {
      busy = false;
      objects = [];
      indexes = void 0;
    }
  }
  /**
   * Writes the encoded value to `target`, which may be shared memory, and lets go of `large`.
   * Call it once, before any of the user's code runs.
   */
  copyTo(target, offset) {
    const { bytes } = this;
    const end2 = this.#end;
    let from = 0;
    for (const segment of this.large) {
      target.set(bytes.subarray(from, segment.at), offset);
      offset += segment.at - from;
      from = segment.at;
      target.set(segment.bytes, offset);
      offset += segment.bytes.length;
    }
    if (end2 - from > 64) target.set(bytes.subarray(from, end2), offset);
    else while (from < end2) target[offset++] = bytes[from++];
    this.large.length = 0;
  }
};
var encoder;
function toBytes(value, name) {
  encoder ??= new Encoder();
  const length = encoder.encode(value, name);
  if (encoder.shared.length > 0) throw new EncodeError(name, "it names shared objects");
  const bytes = new Uint8Array(length);
  encoder.copyTo(bytes, 0);
  return bytes;
}
function writeValue(value) {
  if (typeof value === "string") {
    writeString(value);
  } else if (typeof value === "number") {
    writeNumber(value);
  } else if (CONSTANTS.includes(value)) {
    writeTag(CONSTANT + CONSTANTS.indexOf(value));
  } else if (typeof value === "object") {
    writeObject(value);
  } else if (typeof value === "bigint") {
    writeTag(BIGINT);
    writeString(value.toString(16));
  } else {
    refuse(typeof value);
  }
}
function reserve(length) {
  if (at + length <= out.length) return;
  const grown = new Uint8Array((at + length) * 2);
  grown.set(out);
  out = grown;
}
function writeTag(tag) {
  reserve(9);
  out[at++] = tag;
}
function writeNumber(value) {
  const int = value | 0;
  if (int !== value || !int && 1 / value < 0) {
    writeTag(FLOAT);
    float[0] = value;
    for (let i = 0; i < 8; i++) out[at++] = floatBytes[i];
  } else if (int >= 0 && int < 128) {
    writeTag(int);
  } else {
    writeTag(INT);
    for (let shift = 0; shift < 32; shift += 8) out[at++] = int >> shift;
  }
}
function writeString(text) {
  const { length } = text;
  if (length < SHORT) {
    if (writeShort(text)) return;
  } else if (!/\p{Cs}/u.test(text)) {
    writeTag(UTF8);
    writePayload(toUtf82.encode(text));
    return;
  }
  const units = new Uint16Array(length);
  for (let i = 0; i < length; i++) units[i] = text.charCodeAt(i);
  writeTag(UTF16);
  writePayload(new Uint8Array(units.buffer));
}
function writeShort(text) {
  const { length } = text;
  reserve(SHORT);
  const bytes = out;
  let end2 = at;
  bytes[end2++] = 128 + length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return false;
    bytes[end2++] = unit;
  }
  at = end2;
  return true;
}
function writePayload(bytes) {
  const { length } = bytes;
  writeNumber(length);
  if (length > LARGE) {
    reserve(8);
    while (at + spliced & 7) out[at++] = 0;
    large.push({ at, bytes });
    spliced += length;
  } else {
    reserve(length);
    out.set(bytes, at);
    at += length;
  }
}
function writeObject(value) {
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
function indexOf(value) {
  if (objects.length < FEW) return objects.indexOf(value);
  indexes ??= new Map(objects.map((object, index) => [object, index]));
  return indexes.get(value) ?? -1;
}
function begin(value, tag) {
  indexes?.set(value, objects.length);
  objects.push(value);
  writeTag(tag);
}
function writeChild(key, value) {
  path[depth++] = key;
  writeValue(value);
  depth--;
}
function writeArray(array) {
  const { length } = array;
  const items = Object.values(array);
  if (items.length !== length || items.some((item, i) => item === void 0 && !hasOwn(array, i))) {
    writePlain(array, SPARSE);
    return;
  }
  begin(array, ARRAY);
  writeNumber(length);
  for (let i = 0; i < length; i++) writeChild(i, items[i]);
}
function writePlain(object, tag) {
  begin(object, tag);
  if (tag === SPARSE) writeNumber(object.length);
  for (const key of keys(object)) {
    const value = object[key];
    if (value !== void 0 || hasOwn(object, key)) {
      writeString(key);
      writeChild(key, value);
    }
  }
  writeTag(END);
}
function writeView(view) {
  const name = tagOf(view);
  if (!VIEW_NAME.test(name)) refuse(name);
  writeTag(VIEW);
  writeString(name);
  writeChild("buffer", view.buffer);
  writeNumber(view.byteOffset);
  writeNumber(view.length ?? view.byteLength);
  indexes?.set(view, objects.length);
  objects.push(view);
}
function writeError(error) {
  const kind = errorKind(error);
  begin(error, ERROR);
  writeString(kind);
  if (kind === "DOMException") {
    writeString(error.message);
    writeString(error.name);
  }
  const shown = keys(error);
  const hidden = HIDDEN.filter((key) => key in error && !shown.includes(key));
  writeCloneable(error, hidden);
  writeCloneable(error, shown);
}
function errorKind(error) {
  let name;
  for (let at2 = error; at2 && !name; at2 = getPrototypeOf(at2)) name = errors.get(at2);
  return name ?? error.name;
}
function writeCloneable(error, names) {
  const level = depth;
  for (const name of names) {
    const saved = [at, spliced, objects.length, large.length];
    try {
      writeString(name);
      writeChild(name, error[name]);
    } catch {
      depth = level;
      [at, spliced, objects.length, large.length] = saved;
      indexes = void 0;
    }
  }
  writeTag(END);
}
function writeShared(value, [kind, address, more2]) {
  begin(value, SHARED);
  writeNumber(kind);
  writeNumber(address);
  writeValue(more2);
  shared.push(address);
}
function writeOther(value, kind) {
  const shared2 = described(value);
  if (typeof shared2 === "string") {
    throw new EncodeError(place(), shared2);
  } else if (shared2 !== void 0) {
    writeShared(value, shared2);
  } else if (kind === "Error" || value instanceof Error) {
    writeError(value);
  } else if (kind === "Object") {
    writePlain(value, OBJECT);
  } else {
    const tag = TAGS[kind] ?? refuse(kind);
    const content = contentOf(value, tag, kind);
    begin(value, tag);
    content.forEach((item, i) => {
      if (tag === BUFFER) writePayload(item);
      else writeChild(tag === MAP ? i >> 1 : i, item);
    });
    if (tag === MAP || tag === SET) writeTag(END);
  }
}
function tagOf(value) {
  return prototype.toString.call(value).slice(8, -1);
}
function kindOf(value) {
  for (let at2 = value; at2; at2 = getPrototypeOf(at2)) {
    const tag = getOwnPropertyDescriptor(at2, Symbol.toStringTag);
    if (tag?.writable === false) return `${tag.value}`;
  }
  return Symbol.toStringTag in value ? "Object" : tagOf(value);
}
function contentOf(value, tag, kind) {
  const { prototype: prototype2 } = globals[kind];
  try {
    if (tag === MAP) return [...prototype2.entries.call(value)].flat();
    if (tag === SET) return [...prototype2.values.call(value)];
    if (tag === REGEXP) return [value.source, value.flags];
    if (tag === BUFFER)
      return [new Uint8Array(value, 0, value.byteLength)];
    return [prototype2.valueOf.call(value)];
  } catch {
    return refuse(tag === BUFFER ? "detached ArrayBuffer" : kind);
  }
}
function place() {
  return root + path.slice(0, depth).map(pathStep).join("");
}
function refuse(kind) {
  const article = /^[AEIO]/.test(kind) ? "an" : "a";
  const remedy = REMEDIES[kind] ?? (root.startsWith("args") ? BY_PARCEL : RETURN_PARCEL);
  throw new EncodeError(place(), `${article} ${kind} cannot be cloned; ${remedy}`, kind);
}
function pathStep(key) {
  return /^[a-z_$]\w*$/i.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

// crate/js/src/no-memory.ts
var SMALL = 4096;
function orThrow(block, length) {
  if (block === 0) throw noMemory(length);
  return block;
}
function noMemory(length) {
  return new RangeError(
    `no pool memory is left for a message of ${length} bytes: let calls end first, or send less`
  );
}

// crate/js/src/parcels.ts
function pack(value, list, root2) {
  const moved = [...list];
  try {
    if (typeof SharedArrayBuffer === "function" && !cloneShares() && holdsShared(value))
      return seal(value, moved);
    return structuredClone({ value, list: moved }, { transfer: moved });
  } catch (error) {
    throw refusal(value, moved, root2) ?? new EncodeError(root2, messageOf(error));
  }
}
var shares;
function cloneShares() {
  shares ??= structuredClone(new SharedArrayBuffer(0)) instanceof SharedArrayBuffer;
  return shares;
}
function holdsShared(value, seen = /* @__PURE__ */ new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  const memory = ArrayBuffer.isView(value) ? value.buffer : value;
  if (memory !== value || memory instanceof ArrayBuffer || memory instanceof SharedArrayBuffer)
    return memory instanceof SharedArrayBuffer;
  return partsOf(value).some(([, part]) => holdsShared(part, seen));
}
function seal(value, list) {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value, list);
  return { value: port2, list: [port2], sealed: true };
}
function open({ value, sealed }) {
  if (sealed !== true) return value;
  const port = value;
  return new Promise((resolve) => {
    port.onmessage = ({ data }) => {
      port.close();
      resolve(data);
    };
  });
}
function ticketIn(wire) {
  return wire.startsWith("b") ? wire.slice(1, wire.indexOf(" ")) : void 0;
}
function withoutTicket(wire) {
  return wire.slice(wire.indexOf(" ") + 1);
}
function sourceOf(ticket2) {
  return Number.parseInt(ticket2, 10);
}
var REALM = Math.random().toString(36).slice(2);
var tickets = 0;
var Parcels = class {
  #tell;
  #expected = /* @__PURE__ */ new Map();
  constructor(tell) {
    this.#tell = tell;
  }
  /** Leaves a parcel at the depot, from one agent and for another: it is kept for as long as that one lives. */
  put(parcel, from, owner) {
    const ticket2 = `${from}:${REALM}:${tickets++}`;
    this.#tell({ cf: "put", ticket: ticket2, owner, parcel }, parcel.list);
    return ticket2;
  }
  /** Gets a parcel, which may still be on its way; rejects where it never comes. */
  fetch(ticket2) {
    return new Promise((resolve, reject) => {
      this.#expected.set(ticket2, ({ parcel, reason: reason2 }) => {
        if (parcel === void 0) reject(new BrokenExecutor(reason2));
        else resolve(open(parcel));
      });
      this.#tell({ cf: "fetch", ticket: ticket2 });
    });
  }
  /** Nobody will fetch this one. */
  drop(ticket2) {
    this.#tell({ cf: "drop", ticket: ticket2 });
  }
  /** What a fetch asked for is here, or lost. */
  arrived(message) {
    const use = this.#expected.get(message.ticket);
    this.#expected.delete(message.ticket);
    use?.(message);
  }
  /** Nothing more will come. */
  lost(reason2) {
    for (const ticket2 of [...this.#expected.keys()])
      this.arrived({ cf: "parcel", ticket: ticket2, parcel: void 0, reason: reason2 });
  }
};
function refusal(value, moved, root2) {
  const seen = new Set(moved);
  const look = (at2, path2) => {
    if (seen.has(at2)) return void 0;
    seen.add(at2);
    try {
      structuredClone(at2);
      return void 0;
    } catch (error) {
      const parts = typeof at2 === "object" ? partsOf(at2) : [];
      for (const [step, part] of parts) {
        const found = look(part, path2 + step);
        if (found !== void 0) return found;
      }
      return parts.length > 0 ? void 0 : new EncodeError(path2, messageOf(error));
    }
  };
  return look(value, root2);
}
function partsOf(value) {
  if (value instanceof Map || value instanceof Set)
    return [...value].flat().map((part) => ["[…]", part]);
  const list = Array.isArray(value);
  return Object.entries(value).map(([key, part]) => [list ? `[${key}]` : `.${key}`, part]);
}

// crate/js/src/park.ts
function park() {
  const nobody2 = new Int32Array(new SharedArrayBuffer(4));
  for (; ; ) Atomics.wait(nobody2, 0, 0);
}

// crate/js/src/agent.ts
for (const errorClass of ERRORS) registerOwn(errorClass, new errorClass("").name);
var DRAIN_MOST = SCRATCH_WORDS;
var DRAIN_MILLISECONDS = 4;
var LOOK_AGAIN = 200;
var TRACED_TEXT = 110;
var POLL = 4;
var Agent = class {
  core;
  memory;
  module;
  /** The agent's record. */
  address;
  /** How the agent reaches whoever starts workers for it. */
  tellSpawner = () => {
  };
  /** How values come and go that bytes cannot hold. */
  parcels = new Parcels((message, transfer) => this.tellSpawner(message, transfer));
  /** Called once when the memory is found dead. */
  onPoison = () => {
  };
  /** What else a ring may be about; the agent listens as long as there is any. */
  watchers = /* @__PURE__ */ new Set();
  #mayBlock;
  #poison;
  #trace;
  #calls = /* @__PURE__ */ new Map();
  /** What calls fail with that are being ended by force. */
  #ends = /* @__PURE__ */ new Map();
  #encoder = new Encoder();
  #decoder = new Decoder();
  /** A block of `SCRATCH_WORDS` words for what the core writes besides what it returns. */
  scratch;
  #i32;
  #u8;
  #f64;
  #listening = false;
  #blocked = false;
  #dead;
  /** How deep inside the pool's own code this agent is; at zero it runs user code. */
  #depth = 1;
  /** `address` is that of a record that this instance is attached to. The agent starts BUSY. */
  constructor(module, memory, core, address, mayBlock) {
    this.module = module;
    this.memory = memory;
    this.core = core;
    this.address = address;
    this.#mayBlock = mayBlock;
    this.#poison = core.cf_poison_address();
    this.#trace = core.cf_trace_address();
    this.scratch = core.cf_agent_scratch(address);
    this.#i32 = new Int32Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
    this.#f64 = new Float64Array(memory.buffer);
  }
  /** Whether this agent may block: every worker may. */
  get mayBlock() {
    return this.#mayBlock;
  }
  /** Why the memory is dead; `undefined` while it lives. */
  get dead() {
    return this.#dead;
  }
  /** The memory as 32-bit words; only good until the next allocation. */
  get words() {
    if (this.#i32.buffer !== this.memory.buffer) this.#renewViews();
    return this.#i32;
  }
  /** The memory as bytes; only good until the next allocation. */
  get bytes() {
    if (this.#u8.buffer !== this.memory.buffer) this.#renewViews();
    return this.#u8;
  }
  // ── Entering and leaving the pool ─────────────────────────────────────────────────────────────────────────────────
  /** From user code into the pool's: from here on, nobody may end this agent by force. */
  enter() {
    if (this.#depth++ > 0 || !this.#mayBlock || this.#dead !== void 0) return;
    const kill = this.address / 4 + AGENT_KILL;
    for (; ; ) {
      const { words } = this;
      const before = Atomics.compareExchange(words, kill, KILLABLE, BUSY);
      if (before === KILLABLE) return;
      if (before !== HELD) park();
      Atomics.wait(words, kill, HELD);
    }
  }
  /** The counterpart of `enter`. */
  leave() {
    if (--this.#depth > 0 || !this.#mayBlock || this.#dead !== void 0) return;
    const { words } = this;
    Atomics.store(words, this.address / 4 + AGENT_KILL, KILLABLE);
    if (Atomics.load(words, this.address / 4 + AGENT_KILL_WANTED) !== 0) park();
  }
  /**
   * The agent is done with the pool. Unlike after `leave`, one that is to be ended does not park: Chromium takes two
   * seconds to end a thread that waits.
   */
  leaveForGood() {
    this.#depth--;
    Atomics.store(this.words, this.address / 4 + AGENT_KILL, KILLABLE);
  }
  /** Runs `step` inside the pool. If it traps, the memory is dead: `undefined`. */
  inside(step) {
    this.enter();
    try {
      return this.attempt(step);
    } finally {
      this.leave();
    }
  }
  /** Runs `step`, which calls into the core. If it traps, the memory is dead: `undefined`. */
  attempt(step) {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      Atomics.store(this.words, this.#poison / 4, 1);
      const reason2 = `a call on the memory of the pools trapped: ${error.message}`;
      this.tellSpawner({ cf: "poison", reason: reason2 });
      this.poisoned({ reason: reason2 });
      return void 0;
    }
  }
  // ── Calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  /**
   * Encodes `value` into a private buffer, and gives its length, with `WITH_OBJECTS` where it names shared ones. Getters
   * of users run in here, so this agent must not be inside the pool. What it throws names the offending value by its
   * path from `root`.
   */
  prepare(value, root2) {
    const length = this.#encoder.encode(value, root2);
    const objects2 = this.#encoder.shared.length;
    return objects2 === 0 ? length : length + 4 * (objects2 + 1) | WITH_OBJECTS;
  }
  /**
   * Puts what was prepared, all `length` bytes of it, into a new block. Throws where memory is exhausted. What is `urgent`
   * may take what messages leave.
   */
  place(length, urgent = false) {
    const bytes = length & ~WITH_OBJECTS;
    const block = urgent ? this.allocate(bytes) : this.allocateMessage(bytes);
    this.#encoder.copyTo(this.bytes, block);
    if ((length & WITH_OBJECTS) !== 0) this.#keepObjects(block + (length & ~WITH_OBJECTS));
    return block;
  }
  /** Submits a call whose arguments, then its function, were prepared. Gives its address, or `REFUSED_…`. */
  submit(pool, length, outcome) {
    return this.#submitBlock(pool, this.place(length), length, outcome);
  }
  /** As `submit`, for a call that was encoded before there was an agent. */
  submitEncoded(pool, encoded, outcome) {
    const block = this.allocateMessage(encoded.length);
    this.bytes.set(encoded, block);
    return this.#submitBlock(pool, block, encoded.length, outcome);
  }
  /** The state of a call that is not yet settled here. */
  stateOf(call) {
    return Atomics.load(this.words, call / 4 + CALL_STATE) & STATE_MASK;
  }
  /** Cancels the call if it has not begun; then it is released, and its future must not ask again. */
  cancel(call) {
    const cancelled = this.inside(() => {
      if (this.core.cf_cancel(call, now()) === 0) return false;
      if (this.#calls.delete(call)) this.core.cf_release(call);
      this.#stopListeningIfIdle();
      return true;
    });
    return cancelled === true;
  }
  /**
   * Ends by force a call of this agent's that a process worker may be running: its future fails with `error`, that very
   * value; its worker is ended, and another takes its place, so the pool goes on. Does nothing to a call that no worker
   * runs any more. The future hears of it as of any end, soon, not inside this call. For a call that may be pending,
   * `cancel` first. Only for process pools: a thread shares what it works on.
   */
  endCall(pool, call, error) {
    this.inside(() => {
      if (!this.#calls.has(call)) return;
      this.#ends.set(call, error);
      this.core.cf_end_call(pool, call);
    });
  }
  recordOf(call) {
    const worker = Atomics.load(this.words, call / 4 + CALL_WORKER);
    const times = (call + CALL_TIMES) / 8;
    return {
      started: this.#f64[times + 1] || void 0,
      finished: this.#f64[times + 2] || void 0,
      workerIndex: worker > 0 ? worker - 1 : void 0
    };
  }
  // ── Hearing of their end ──────────────────────────────────────────────────────────────────────────────────────────
  /** Listens to the bell, from now until nothing is expected any more. */
  listen() {
    if (this.#listening || this.#dead !== void 0) return;
    this.#listening = true;
    const { words } = this;
    const bell = this.address / 4 + AGENT_BELL;
    if (typeof Atomics.waitAsync !== "function") {
      alarm(POLL, this.#rung);
      return;
    }
    if (Atomics.exchange(words, bell, ASLEEP) === RUNG || this.#drainInside(1) > 0) {
      queueMicrotask(this.#rung);
      return;
    }
    const wait = Atomics.waitAsync(words, bell, ASLEEP);
    if (wait.async) void wait.value.then(this.#rung);
    else queueMicrotask(this.#rung);
  }
  /**
   * Blocks until `done`, or until `deadline` in the milliseconds of `performance.now()`; false where that was first. `on` is
   * what a trace says that it waits for. Where it is known what it `needs`, and that this can never come, it throws
   * DeadlockError.
   */
  block(done, deadline, on, needs) {
    this.enter();
    this.#blocked = true;
    let traced = false;
    let resume;
    const watch = new DeadlockWatch(this);
    try {
      const bell = this.address / 4 + AGENT_BELL;
      for (; ; ) {
        this.#drainAll();
        if (done()) return true;
        const left = deadline === void 0 ? LOOK_AGAIN : deadline - performance.now();
        if (left <= 0) return false;
        const { words } = this;
        if (Atomics.exchange(words, bell, ASLEEP) === RUNG) continue;
        if ((this.attempt(() => this.#drain(1)) ?? 1) > 0) continue;
        traced ||= this.traceBlocked(on);
        this.leave();
        resume ??= announce(on);
        const why = Atomics.wait(words, bell, ASLEEP, Math.min(left, LOOK_AGAIN));
        this.enter();
        Atomics.exchange(words, bell, AWAKE);
        if (why === "timed-out" && deadline === void 0 && needs !== void 0)
          this.attempt(() => watch.look(needs()));
      }
    } finally {
      if (this.#listening) this.ring();
      this.#blocked = false;
      if (traced) this.traceUnblocked();
      try {
        if (this.#dead === void 0) this.attempt(() => watch.end());
      } finally {
        this.leave();
        resume?.();
      }
    }
  }
  /** Settles what is done already. */
  look() {
    this.inside(() => this.#drainAll());
  }
  /** The memory is dead: everything that was expected of it breaks. */
  poisoned(breakage) {
    if (this.#dead !== void 0) return;
    this.#dead = breakage;
    if (this.#listening) this.ring();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#ends.clear();
    for (const outcome of calls) outcome.onBreak(breakage);
    this.parcels.lost(breakage.reason);
    this.onPoison(breakage);
    for (const watcher of [...this.watchers]) watcher.look();
    this.watchers.clear();
  }
  // ── The trace ─────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Whether there is a trace on this memory. */
  get tracing() {
    return this.#dead === void 0 && this.words[this.#trace / 4] !== 0;
  }
  /** Puts the begins of texts into the scratch block, one after the other; gives their lengths. */
  traceTexts(first, second = "") {
    const length = this.#traceText(first, this.scratch);
    return [length, second === "" ? 0 : this.#traceText(second, this.scratch + length)];
  }
  /** Inside the pool: this agent is about to block. Whether `traceUnblocked` is to follow. */
  traceBlocked(on) {
    if (!this.tracing) return false;
    const [length] = this.traceTexts(on);
    this.core.cf_trace_blocked(this.scratch, length, now());
    return true;
  }
  /** The counterpart of `traceBlocked`. */
  traceUnblocked() {
    if (this.tracing) this.core.cf_trace_unblocked(now());
  }
  // ── Values in pool memory ─────────────────────────────────────────────────────────────────────────────────────────
  /** Decodes what an agent encoded into pool memory; for `rough` see `Decoder`. */
  decode(start, length, rough = false) {
    let bytes = length & ~WITH_OBJECTS;
    if (bytes !== length) bytes -= 4 * (1 + this.#viewOf(start + bytes - 4).getInt32(0, true));
    return this.#decoder.decode(this.bytes, start, bytes, rough);
  }
  /** UTF-8 in pool memory as a string. */
  textAt(start, length) {
    return new TextDecoder().decode(this.bytes.slice(start, start + length));
  }
  /** A new block of what messages leave; throws where memory is exhausted. */
  allocate(length) {
    return orThrow(this.core.cf_alloc(length), length);
  }
  /** A new block for a message; throws where memory is exhausted. */
  allocateMessage(length) {
    return orThrow(this.core.cf_alloc_message(length), length);
  }
  /** Puts the addresses of what the message names behind it, so that each lives as long as the message. */
  #keepObjects(end2) {
    const { shared: shared2 } = this.#encoder;
    const view = this.#viewOf(end2 - 4 * (shared2.length + 1));
    shared2.forEach((address, index) => {
      this.core.cf_sync_retain(address);
      view.setInt32(4 * index, address, true);
    });
    view.setInt32(4 * shared2.length, shared2.length, true);
  }
  #viewOf(start) {
    return new DataView(this.memory.buffer, start);
  }
  /** Most names are short and ASCII, and a loop over those is much faster than an encoder. */
  #traceText(text, at2) {
    const { bytes } = this;
    const length = Math.min(text.length, TRACED_TEXT);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        const utf8 = toUtf8(text.slice(0, TRACED_TEXT));
        bytes.set(utf8, at2);
        return utf8.length;
      }
      bytes[at2 + i] = unit;
    }
    return length;
  }
  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────
  #submitBlock(pool, block, length, outcome) {
    const task = this.tracing ? this.traceTexts(outcome.task)[0] : 0;
    const { core, address, scratch } = this;
    const call = core.cf_submit(pool, address, block, length, scratch, task, now());
    if (call > REFUSED_WORKERS) {
      this.#calls.set(call, outcome);
      outcome.onSubmit(this, call);
      this.listen();
    }
    return call;
  }
  #rung = () => {
    this.#listening = false;
    if (this.#isDead()) return;
    Atomics.exchange(this.words, this.address / 4 + AGENT_BELL, AWAKE);
    void this.#drainInTurns();
  };
  async #drainInTurns() {
    let end2 = performance.now() + DRAIN_MILLISECONDS;
    for (; ; ) {
      const count = this.#drainInside(DRAIN_MOST);
      for (const watcher of [...this.watchers]) this.attempt(() => watcher.look());
      if (count === 0) break;
      if (performance.now() < end2) continue;
      await turn();
      end2 = performance.now() + DRAIN_MILLISECONDS;
    }
    if (this.#calls.size > 0 || this.watchers.size > 0) this.listen();
  }
  #drainInside(most) {
    return this.inside(() => this.#drain(most)) ?? 0;
  }
  #drainAll() {
    while (this.attempt(() => this.#drain(DRAIN_MOST)) === DRAIN_MOST) ;
  }
  /** Settles up to `most` calls that are done; gives their number. */
  #drain(most) {
    if (this.#isDead()) return 0;
    const { core } = this;
    const count = core.cf_drain(this.address, this.scratch, most);
    core.cf_run_errands(this.address, now());
    if (count === 0) return 0;
    const out2 = this.scratch / 4;
    const done = this.words.slice(out2, out2 + count);
    for (const call of done) {
      const outcome = this.#calls.get(call);
      this.#calls.delete(call);
      if (outcome !== void 0) this.#settle(call, outcome);
      core.cf_release(call);
    }
    return count;
  }
  #settle(call, outcome) {
    const { words } = this;
    const at2 = call / 4;
    const end2 = this.#ends.get(call);
    this.#ends.delete(call);
    if ((Atomics.load(words, at2 + CALL_STATE) & STATE_MASK) === CANCELLED) {
      outcome.onCancel();
      return;
    }
    const kind = words[at2 + CALL_REPLY_KIND];
    const start = words[at2 + CALL_REPLY] ?? 0;
    const length = words[at2 + CALL_REPLY_LENGTH] ?? 0;
    if (kind === ENDED) {
      outcome.onEnd(end2);
      return;
    }
    if (kind === BROKEN) {
      const nameEnd = Math.min(length, 4 + (length < 4 ? 0 : (words[start / 4] ?? 0) >>> 0));
      const worker = this.textAt(start + 4, nameEnd - 4) || void 0;
      const reason2 = this.textAt(start + nameEnd, length - nameEnd) || "the pool is broken";
      outcome.onBreak({ reason: reason2, worker });
      return;
    }
    let value;
    try {
      value = this.decode(start, length);
    } catch (error) {
      outcome.onReply(true, error);
      return;
    }
    if (kind === PARCEL && typeof value !== "string")
      outcome.onReply(true, new DecodeError("damaged message: a ticket that is no string"));
    else if (kind === PARCEL) outcome.onParcel(this.parcels.fetch(value), this.#blocked);
    else outcome.onReply(kind !== VALUE, value);
  }
  #isDead() {
    if (this.#dead !== void 0) return true;
    if (Atomics.load(this.words, this.#poison / 4) === 0) return false;
    const reason2 = "a worker trapped or was lost while it worked on the memory of its pool";
    this.poisoned({ reason: reason2 });
    return true;
  }
  #stopListeningIfIdle() {
    if (this.#listening && this.#calls.size === 0 && this.watchers.size === 0) this.ring();
  }
  /** Wakes this agent's own listening, so that it finds out whether to go on: a pending wait pins the memory. */
  ring() {
    const bell = this.address / 4 + AGENT_BELL;
    Atomics.exchange(this.words, bell, AWAKE);
    Atomics.notify(this.words, bell);
  }
  #renewViews() {
    this.#i32 = new Int32Array(this.memory.buffer);
    this.#u8 = new Uint8Array(this.memory.buffer);
    this.#f64 = new Float64Array(this.memory.buffer);
  }
};

// crate/js/src/call.ts
async function runLater(tasks2, parcels, wire, args) {
  const ticket2 = ticketIn(wire);
  if (ticket2 !== void 0) {
    const rest = withoutTicket(wire);
    return runLater(tasks2, parcels, rest, await parcels.fetch(ticket2));
  }
  const task = tasks2.find(wire) ?? await tasks2.load(wire);
  return task(...args);
}
function encodeError(error, encode) {
  try {
    return encode(error instanceof Error ? error : new Error(String(error)));
  } catch {
    return encode(new Error("what a getter of the value threw cannot be sent"));
  }
}

// crate/js/src/close.ts
function shadowClose() {
  const exit2 = { wanted: false };
  Object.defineProperty(globalThis, "close", {
    value: () => {
      exit2.wanted = true;
      throw new WorkerExit();
    }
  });
  return exit2;
}

// crate/js/src/initializer.ts
function initializerFailure(kind, value, closed) {
  if (kind === VALUE && !closed) return void 0;
  const error = kind === VALUE ? new WorkerExit() : value;
  reportInitializer(error);
  return messageOf(error);
}
function reportInitializer(error) {
  const { name } = globalThis;
  console.error(`concurrent-futures: the initializer of ${name} failed:`, error);
}

// crate/js/src/transfer.ts
var Transfer = class {
  /** @internal */
  value;
  /** @internal */
  list;
  /** @internal */
  constructor(value, list) {
    this.value = value;
    this.list = list;
  }
};
Object.defineProperty(Transfer.prototype, Symbol.toStringTag, { value: "Transfer" });
function joined(values) {
  if (!values.some((value) => value instanceof Transfer)) return values;
  const list = values.flatMap((value) => value instanceof Transfer ? value.list : []);
  return new Transfer(
    values.map((value) => value instanceof Transfer ? value.value : value),
    list
  );
}

// crate/js/src/apart.ts
var Apart = class {
  parcels;
  #agent;
  #tasks;
  #taskSide;
  #tell;
  #decoder = new Decoder();
  #exit = shadowClose();
  /** `agent` is the worker's record, which it cannot reach. */
  constructor(agent, tasks2, taskSide, tell) {
    this.parcels = new Parcels(tell);
    this.#agent = agent;
    this.#tasks = tasks2;
    this.#taskSide = taskSide;
    this.#tell = tell;
  }
  /** Runs a call and replies. */
  async run(message) {
    const bytes = new Uint8Array(message.payload);
    if (message.taken === SCRIPT) await this.#runScript(bytes, message);
    else await this.#runRemote(message, bytes);
  }
  /** A call in JavaScript. */
  async #runScript(payload, { initializer, caller }) {
    let kind = VALUE;
    let value;
    try {
      const values = this.#decoder.decode(payload, 0, payload.length);
      value = await runLater(this.#tasks, this.parcels, values.pop(), values);
    } catch (error) {
      kind = THROWN;
      value = error;
    }
    if (initializer) {
      const failure = initializerFailure(kind, value, this.#exit.wanted);
      this.#reply(failure === void 0 ? VALUE : BROKEN, new TextEncoder().encode(failure));
      return;
    }
    let reply;
    try {
      if (kind === VALUE && value instanceof Transfer) {
        const parcel = pack(value.value, value.list, "the result");
        kind = PARCEL;
        value = this.parcels.put(parcel, this.#agent, caller);
      }
      reply = toBytes(value, kind === THROWN ? "the error" : "the result");
    } catch (error) {
      kind = THROWN;
      reply = encodeError(error, (known3) => toBytes(known3, "the error"));
    }
    this.#reply(kind, reply);
  }
  /** A call in Rust, in the instance with a memory of its own. */
  async #runRemote({ taken: taken2, entry, check }, payload) {
    if (this.#taskSide === void 0) {
      this.#tell({ cf: "trapped", reason: "its module came without glue for a call in Rust" });
      return;
    }
    let reply;
    try {
      reply = taken2 === REMOTE_COROUTINE ? await this.#taskSide.runCoroutine(entry, check, payload) : this.#taskSide.run(entry, check, payload);
    } catch (error) {
      this.#tell({ cf: "trapped", reason: `its instance trapped: ${String(error)}` });
      return;
    }
    this.#reply(VALUE, reply);
  }
  #reply(kind, { buffer }) {
    this.#tell({ cf: "reply", kind, payload: buffer, last: this.#exit.wanted }, [buffer]);
  }
};

// crate/js/src/instance.ts
var RAW_STACK = 65536;
var TASK_STACK = 2097152;
var PAGE = 65536;
var MOST_PAGES = 16384;
var STACK_MARGIN = 1024;
function firstInstance(mostBytes, instantiate) {
  let maximum = Math.min(MOST_PAGES, Math.ceil(mostBytes / PAGE));
  let initial = 32;
  for (; ; ) {
    try {
      const memory = new WebAssembly.Memory({ initial, maximum, shared: true });
      return { memory, core: instantiate(memory) };
    } catch (error) {
      if (error instanceof WebAssembly.LinkError && initial * 2 <= maximum) initial *= 2;
      else if (error instanceof RangeError && maximum / 4 >= initial)
        maximum = Math.floor(maximum / 4);
      else throw error;
    }
  }
}
function rawInstance(module, memory, stackSize) {
  return started(new WebAssembly.Instance(module, stubs(module, memory)), stackSize);
}
async function rawInstanceLater(module, memory, stackSize, ended) {
  const instance = await WebAssembly.instantiate(module, stubs(module, memory));
  return ended() ? void 0 : started(instance, stackSize);
}
function stubs(module, memory) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const group = imports[from] ?? {};
    imports[from] = group;
    group[name] = kind === "memory" ? memory : stub(name);
  }
  return imports;
}
function started({ exports }, stackSize) {
  const core = exports;
  core.__set_stack_limits?.(-1, 0);
  core.__wbindgen_start(stackSize);
  guardStack(core);
  return core;
}
function guardStack(core) {
  const lowest = core.__stack_alloc.value;
  if (lowest > 0) core.__set_stack_limits?.(core.__stack_pointer.value, lowest + STACK_MARGIN);
}
function stackOf(core, stackSize) {
  return { tls: core.__tls_base.value, stack: core.__stack_alloc.value, stackSize };
}
function stub(name) {
  if (name === "__wbindgen_init_externref_table") return () => {
  };
  return () => {
    throw new Error(`the pool side called the import ${name}, which only a glued instance has`);
  };
}

// crate/js/src/lock.ts
function holdLock(name) {
  return new Promise((resolve, reject) => {
    const held = () => {
      resolve();
      return new Promise(() => {
      });
    };
    navigator.locks.request(name, held).catch(reject);
  });
}

// crate/js/src/alarm.ts
var BLOCK = 2;
async function rung(words, index) {
  if (typeof Atomics.waitAsync === "function") {
    const wait = Atomics.waitAsync(words(), index, 0);
    if (wait.async) await wait.value;
    else await turn();
    return;
  }
  while (Atomics.load(words(), index) === 0) {
    await turn();
    Atomics.wait(words(), index, 0, BLOCK);
  }
}

// crate/js/src/tasks.ts
function describe(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
function isThenable(value) {
  return (typeof value === "object" && value !== null || typeof value === "function") && typeof value.then === "function";
}

// crate/js/src/loop.ts
var IDLE_BLOCK = 2;
var TURN_EVERY = 8;
var exit = { wanted: false };
async function work(loop) {
  exit = shadowClose();
  const { agent, worker } = loop;
  let turned = performance.now();
  let dozed = false;
  for (; ; ) {
    const taken2 = guarded(loop, () => runs(loop, () => take(loop)));
    if (taken2 === EXIT) return;
    dozed = taken2 === NOTHING && !dozed;
    if (dozed) doze(agent, worker);
    else if (taken2 === NOTHING) {
      await sleep(agent, worker);
      turned = performance.now();
    } else if (taken2 === SCRIPT) {
      const pending = runScript(loop);
      if (pending !== void 0) {
        await pending;
        turned = performance.now();
      }
    } else if (taken2 === AWAITS) {
      await goOn(loop);
      turned = performance.now();
    } else if (taken2 === REMOTE) runRemote(loop);
    else if (taken2 === REMOTE_COROUTINE) {
      await runRemoteCoroutine(loop);
      turned = performance.now();
    }
    if (exit.wanted) return;
    if (performance.now() - turned > TURN_EVERY) {
      await turn();
      turned = performance.now();
    }
  }
}
function take({ agent, worker }) {
  return agent.core.cf_take(worker, now());
}
async function goOn(loop) {
  const { agent, worker } = loop;
  const { core } = agent;
  const alarm2 = core.cf_alarm_address(worker) / 4;
  let taken2;
  do {
    await rung(() => agent.words, alarm2);
    taken2 = guarded(loop, () => runs(loop, () => core.cf_go_on(worker, now())));
  } while (taken2 === AWAITS);
}
function runs(loop, step) {
  const { agent, worker } = loop;
  const { core } = agent;
  const stack2 = core.__stack_pointer.value;
  try {
    return step();
  } catch (error) {
    core.__stack_pointer.value = stack2;
    if (!failThrown(agent, worker, error)) throw error;
    agent.leave();
    return giveUp(loop, "trapped", `a task trapped: ${String(error)}`);
  }
}
function doze(agent, worker) {
  const { core } = agent;
  if (core.cf_fall_asleep(worker) === 0) return;
  const { words } = agent;
  const epoch = words[worker / 4 + SHOWN_EPOCH] ?? 0;
  const at2 = core.cf_epoch_address(worker) / 4;
  agent.leave();
  Atomics.wait(words, at2, epoch, IDLE_BLOCK);
  agent.enter();
  core.cf_wake_up(worker);
}
async function sleep(agent, worker) {
  if (typeof Atomics.waitAsync !== "function") {
    await turn();
    return;
  }
  const { core } = agent;
  if (core.cf_fall_asleep(worker) === 0) return;
  const { words } = agent;
  const epoch = words[worker / 4 + SHOWN_EPOCH] ?? 0;
  const wait = Atomics.waitAsync(words, core.cf_epoch_address(worker) / 4, epoch);
  agent.leave();
  if (wait.async) await wait.value;
  agent.enter();
  core.cf_wake_up(worker);
}
function runScript(loop) {
  const { agent, worker } = loop;
  const { words } = agent;
  const payload = words[worker / 4 + SHOWN_PAYLOAD] ?? 0;
  const length = words[worker / 4 + SHOWN_PAYLOAD_LENGTH] ?? 0;
  let values;
  try {
    values = agent.decode(payload, length);
  } catch (error) {
    agent.leave();
    if (error instanceof UnknownKindError)
      return awaitThenFinish(loop, runAfterLoading(loop, payload, length));
    finish(loop, THROWN, error);
    return void 0;
  }
  const wire = values.pop();
  const known3 = loop.tasks.find(wire);
  agent.leave();
  if (known3 === void 0)
    return awaitThenFinish(loop, runLater(loop.tasks, agent.parcels, wire, values));
  let value;
  try {
    value = known3(...values);
    if (isThenable(value)) return awaitThenFinish(loop, value);
  } catch (error) {
    finish(loop, THROWN, error);
    return void 0;
  }
  finish(loop, VALUE, value);
  return void 0;
}
async function runAfterLoading(loop, payload, length) {
  const { agent, tasks: tasks2 } = loop;
  const decode = (rough) => agent.inside(() => agent.decode(payload, length, rough));
  const wire = decode(true).pop();
  const task = tasks2.find(wire) ?? await tasks2.load(wire);
  return task(...decode(false).slice(0, -1));
}
async function awaitThenFinish(loop, pending) {
  let kind = VALUE;
  let value;
  try {
    value = await pending;
  } catch (error) {
    kind = THROWN;
    value = error;
  }
  finish(loop, kind, value);
}
function isInitializer({ agent, worker }) {
  return agent.words[worker / 4 + SHOWN_INITIALIZER] !== 0;
}
function finishInitializer(loop, kind, value) {
  const { agent, worker } = loop;
  const { core } = agent;
  const failure = initializerFailure(kind, value, exit.wanted);
  agent.enter();
  guarded(loop, () => {
    if (failure === void 0) core.cf_finish(worker, VALUE, 0, 0, now());
    else core.cf_finish(worker, BROKEN, ...putBytes(agent, toUtf8(failure)), now());
  });
}
function finish(loop, kind, value) {
  if (isInitializer(loop)) {
    finishInitializer(loop, kind, value);
    return;
  }
  const { agent, worker } = loop;
  let sent = kind;
  let length = 0;
  let parcel;
  try {
    if (kind === VALUE && value instanceof Transfer)
      parcel = pack(value.value, value.list, "the result");
    else length = agent.prepare(value, kind === VALUE ? "the result" : "the error");
  } catch (error) {
    sent = THROWN;
    length = prepareError(agent, error);
  }
  agent.enter();
  guarded(loop, () => {
    if (parcel !== void 0) {
      const caller = agent.words[worker / 4 + SHOWN_CALLER] ?? 0;
      try {
        const ticket2 = agent.parcels.put(parcel, agent.address, caller);
        sent = PARCEL;
        length = agent.prepare(ticket2, "the result");
      } catch (error) {
        sent = THROWN;
        length = prepareError(agent, error);
      }
    }
    let block;
    try {
      block = agent.place(length, length < SMALL);
    } catch (error) {
      sent = THROWN;
      length = prepareError(agent, error);
      try {
        block = agent.place(length, true);
      } catch {
        length = block = 0;
      }
    }
    agent.core.cf_finish(worker, sent, block, length, now());
  });
}
function prepareError(agent, error) {
  return encodeError(error, (known3) => agent.prepare(known3, "the error"));
}
function remoteCall(loop) {
  const { agent, worker, taskSide } = loop;
  const { words } = agent;
  const at2 = worker / 4;
  if (taskSide === void 0) {
    agent.leave();
    giveUp(loop, "trapped", "its module came without glue for a call in Rust");
  }
  const start = words[at2 + SHOWN_PAYLOAD] ?? 0;
  const payload = agent.bytes.slice(start, start + (words[at2 + SHOWN_PAYLOAD_LENGTH] ?? 0));
  const entry = words[at2 + SHOWN_ENTRY] ?? 0;
  const check = words[at2 + SHOWN_CHECK] ?? 0;
  agent.leave();
  return [taskSide, entry, check, payload];
}
function runRemote(loop) {
  const [taskSide, ...call] = remoteCall(loop);
  let reply;
  try {
    reply = taskSide.run(...call);
  } catch (error) {
    giveUpTrapped(loop, error);
  }
  finishRemote(loop, reply);
}
async function runRemoteCoroutine(loop) {
  const [taskSide, ...call] = remoteCall(loop);
  let reply;
  try {
    reply = await taskSide.runCoroutine(...call);
  } catch (error) {
    giveUpTrapped(loop, error);
  }
  finishRemote(loop, reply);
}
function giveUpTrapped(loop, error) {
  giveUp(loop, "trapped", `its instance trapped: ${String(error)}`);
}
function finishRemote(loop, reply) {
  const { agent, worker } = loop;
  agent.enter();
  let block;
  try {
    block = agent.allocateMessage(reply.length);
  } catch (error) {
    failThrown(agent, worker, error);
    return;
  }
  agent.bytes.set(reply, block);
  agent.core.cf_finish_remote(worker, block, reply.length, now());
  agent.core.cf_free(block, reply.length);
  const pool = agent.core.cf_worker_pool(worker);
  if (isInitializer(loop) && agent.core.cf_pool_phase(pool) === BROKEN_POOL) {
    const reason2 = readText(agent, (out2) => agent.core.cf_pool_reason(pool, out2));
    agent.leave();
    reportInitializer(reason2);
    agent.enter();
  }
}
function failThrown(agent, worker, error) {
  const { core } = agent;
  const stack2 = error instanceof Error ? error.stack ?? "" : "";
  const failed = lendText(
    agent,
    String(error),
    (message, messageLength) => lendText(
      agent,
      stack2,
      (block, length) => core.cf_fail_thrown(worker, message, messageLength, block, length, now())
    )
  );
  return failed === 1;
}
function guarded(loop, step) {
  try {
    return step();
  } catch (error) {
    if (error instanceof GivenUp) throw error;
    const { agent } = loop;
    Atomics.store(agent.words, agent.core.cf_poison_address() / 4, 1);
    const what = "a worker trapped while it worked on the memory of its pool";
    return giveUp(loop, "poison", `${what}: ${String(error)}`);
  }
}
var GivenUp = class extends Error {
};
function giveUp({ agent, tell }, cf, reason2) {
  tell({ cf, reason: reason2 });
  agent.poisoned({ reason: reason2 });
  throw new GivenUp(reason2);
}

// crate/js/src/messages.ts
function callSpawner(greeting, handle) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => handle(data);
  const message = { cf: greeting };
  globalThis.postMessage(message, { transfer: [port2] });
  return (message2, transfer = []) => port1.postMessage(message2, transfer);
}
function onGreeting(worker, answer) {
  const hear = (event) => {
    const { data, ports } = event;
    const line = ports[0];
    if (line === void 0 || data?.cf !== "hello" && data?.cf !== "join") return;
    event.stopImmediatePropagation();
    answer(line);
  };
  worker.addEventListener("message", hear);
  return () => worker.removeEventListener("message", hear);
}
var isText = (value) => typeof value === "string";
var isAddress = (value, size) => Number.isInteger(value) && value >= 0 && value < size && value % 4 === 0;
var ticket = { ticket: isText };
var reason = { reason: isText };
var stack = { tls: isAddress, stack: isAddress, stackSize: isAddress };
var SHAPES = {
  put: {
    ...ticket,
    owner: isAddress,
    parcel: (value) => Array.isArray(value?.list)
  },
  fetch: ticket,
  drop: ticket,
  parcel: { ...ticket, ...reason },
  up: stack,
  bye: {},
  reply: {
    kind: (value) => [VALUE, THROWN, BROKEN, PARCEL].includes(value),
    payload: (value) => value instanceof ArrayBuffer
  },
  failed: reason,
  trapped: reason,
  poison: reason,
  host: {
    memory: (value) => value instanceof WebAssembly.Memory,
    agent: (value) => isAddress(value, Number.POSITIVE_INFINITY)
  },
  serving: {},
  joined: { ...stack, agent: isAddress }
};
function isToSpawner(data, { buffer }) {
  if (typeof data !== "object" || data === null || !("cf" in data)) return false;
  const { cf } = data;
  if (typeof cf !== "string" || !Object.hasOwn(SHAPES, cf)) return false;
  return Object.entries(SHAPES[cf]).every(
    ([key, fits]) => fits(data[key], buffer.byteLength)
  );
}

// crate/js/src/realm.ts
var current;
function currentRealm() {
  if (current?.agent.dead !== void 0) current = void 0;
  return current;
}
function setCurrent(agent, spawner) {
  current = { agent, spawner };
  return current;
}
function isWorker() {
  return typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope;
}

// crate/js/src/table.ts
var TaskTable = class {
  #served = /* @__PURE__ */ new Map();
  #found = /* @__PURE__ */ new Map();
  #instances = /* @__PURE__ */ new Map();
  #onInstance;
  /** `onInstance` is called before the first instance of a module in Rust is made here. */
  constructor(onInstance = () => {
  }) {
    this.#onInstance = onInstance;
  }
  /** Adds what a worker entry serves: an object or a module namespace. */
  serve(tasks2) {
    for (const [name, value] of Object.entries(tasks2))
      this.#served.set(name, { value, from: tasks2 });
  }
  /** The function behind `wire`, if it is at hand. */
  find(wire) {
    return this.#found.get(wire);
  }
  /** Fetches the function behind `wire`; the errors say what is wrong with the reference. */
  async load(wire) {
    const found = await this.#resolve(wire);
    this.#found.set(wire, found);
    return found;
  }
  async #resolve(wire) {
    const rest = wire.slice(1);
    if (wire.startsWith("c")) return overChunk(await this.load(rest));
    if (wire.startsWith("n")) {
      const served2 = this.#served.get(rest);
      if (served2 === void 0) throw new ReferenceError(this.#unserved(rest));
      await this.#initialise(served2.from, "the served module");
      return asFunction(served2.value, `the served task ${rest}`);
    }
    if (wire.startsWith("s")) return asFunction(await fromSource(rest), "the source");
    const gap = rest.indexOf(" ");
    const name = rest.slice(0, gap);
    const url = rest.slice(gap + 1);
    let module;
    try {
      module = await import(
        /* webpackIgnore: true */
        /* @vite-ignore */
        url
      );
    } catch (cause) {
      throw new Error(`the task module ${url} could not be imported: ${String(cause)}`, { cause });
    }
    if (!(name in module))
      throw new ReferenceError(
        `the task module ${url} has no export ${name}; it has ${Object.keys(module).join(", ") || "none"}`
      );
    await this.#initialise(module, url);
    return asFunction(module[name], `the export ${name} of ${url}`);
  }
  /** Functions of a module in Rust need its instance, made once. */
  async #initialise(module, what) {
    if (!isGlue(module)) return;
    let instance = this.#instances.get(module);
    if (instance === void 0) {
      this.#onInstance();
      instance = module.default();
      this.#instances.set(module, instance);
    }
    try {
      await instance;
    } catch (cause) {
      this.#instances.delete(module);
      throw new Error(`${what} could not be initialised: ${String(cause)}`, { cause });
    }
  }
  #unserved(name) {
    const known3 = [...this.#served.keys()];
    return known3.length === 0 ? `the worker serves no task ${name}: give the pool an entry that calls serve(tasks), or use task(url, name)` : `the worker serves no task ${name}; it serves ${known3.join(", ")}`;
  }
};
function isGlue(module) {
  const { default: init, initSync } = module;
  return typeof init === "function" && typeof initSync === "function";
}
function overChunk(f) {
  return (items) => {
    const values = [];
    for (let i = 0; i < items.length; i++) {
      const value = f(...items[i]);
      if (isThenable(value)) return restOfChunk(f, items, values, value);
      values.push(value);
    }
    return joined(values);
  };
}
async function restOfChunk(f, items, values, pending) {
  values.push(await pending);
  while (values.length < items.length) values.push(await f(...items[values.length]));
  return joined(values);
}
async function fromSource(source2) {
  const isExpression = /^(async\s*)?(function\b|class\b|\(|[\w$]+\s*=>)/.test(source2);
  const text = isExpression ? `export default (${source2});` : `export default Object.values({ ${source2} })[0];`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    const module = await import(
      /* webpackIgnore: true */
      /* @vite-ignore */
      url
    );
    return module.default;
  } catch (cause) {
    throw new Error(
      `a function sent by source could not be made (${String(cause)}); where the Content-Security-Policy forbids blob: scripts, name a task with task(url, name)`,
      { cause }
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
function asFunction(value, what) {
  if (typeof value !== "function")
    throw new TypeError(`${what} is not a function but ${describe(value)}`);
  return value;
}

// crate/js/src/task-side.ts
var MOST_MEMORY = 268435456;
var MARK = /* @__PURE__ */ Symbol.for("concurrent-futures task side");
function isTaskSide() {
  return MARK in globalThis;
}
function markTaskSide(tell) {
  if (!isTaskSide()) Object.defineProperty(globalThis, MARK, { value: tell });
}
function tellFromTaskSide() {
  return globalThis[MARK] ?? null;
}
var NoMemory = class extends RangeError {
  constructor(length) {
    super(`no memory is left in the process for arguments of ${length} bytes: send parts`);
  }
};
var TaskSide = class {
  #module;
  #glue;
  #core;
  #memory;
  #out = 0;
  constructor(module, glue2, tell) {
    this.#module = module;
    this.#glue = glue2;
    markTaskSide(tell);
  }
  /** Calls the function at `entry` of the table with encoded arguments, and gives its encoded reply. Throws on a trap. */
  run(entry, check, payload) {
    const core = this.#core ?? this.#start();
    const stack2 = core.__stack_pointer.value;
    try {
      const block = core.cf_alloc(payload.length);
      if (block === 0) throw new NoMemory(payload.length);
      this.#bytes().set(payload, block);
      const reply = core.cf_run_entry(entry, check, block, payload.length, this.#out);
      core.cf_free(block, payload.length);
      const length = new Int32Array(this.#bytes().buffer)[this.#out / 4] ?? 0;
      const copy = this.#bytes().slice(reply, reply + length);
      core.cf_free(reply, length);
      return copy;
    } finally {
      core.__stack_pointer.value = stack2;
    }
  }
  /** As `run`, for a coroutine. The event loop turns while it waits. */
  async runCoroutine(entry, check, payload) {
    const core = this.#core ?? this.#start();
    const stack2 = core.__stack_pointer.value;
    const words = () => new Int32Array(this.#bytes().buffer);
    const out2 = this.#out / 4;
    try {
      const block = core.cf_alloc(payload.length);
      if (block === 0) throw new NoMemory(payload.length);
      this.#bytes().set(payload, block);
      const coroutine = core.cf_start_entry(entry, check, block, payload.length, this.#out);
      core.cf_free(block, payload.length);
      const alarm2 = (words()[out2] ?? 0) / 4;
      while (core.cf_poll_entry(coroutine, this.#out) === 0) await rung(words, alarm2);
    } catch (error) {
      core.__stack_pointer.value = stack2;
      throw error;
    }
    const [reply = 0, length = 0] = words().subarray(out2, out2 + 2);
    const copy = this.#bytes().slice(reply, reply + length);
    core.cf_free(reply, length);
    return copy;
  }
  #start() {
    const { memory, core } = firstInstance(
      MOST_MEMORY,
      (memory2) => this.#glue.initSync({ module: this.#module, memory: memory2 })
    );
    guardStack(core);
    this.#memory = memory;
    this.#core = core;
    this.#out = core.cf_alloc(8);
    return core;
  }
  #bytes() {
    if (this.#memory === void 0) throw new Error("the task side has not started");
    return new Uint8Array(this.#memory.buffer);
  }
};

// crate/js/src/entry.ts
var tasks = new TaskTable(() => markTaskSide(null));
var served;
var listening = false;
var apart;
var pooled;
function serveTasks(provided) {
  if ("initSync" in provided && typeof provided.initSync === "function") served = provided;
  tasks.serve(provided);
  if (listening) return;
  listening = true;
  const tell = callSpawner("hello", (message) => {
    if (message.cf === "boot") void boot(message, tell);
    else if (message.cf === "boot-apart") void bootApart(message, tell);
    else if (message.cf === "call") void apart?.run(message);
    else if (message.cf === "parcel") (apart ?? pooled)?.parcels.arrived(message);
  });
}
async function bootApart(boot2, tell) {
  try {
    Object.defineProperty(globalThis, "name", { value: boot2.name, configurable: true });
    if (boot2.lock !== "") await holdLock(boot2.lock);
    const glue2 = await glueOf(boot2.glue);
    const taskSide = glue2 === void 0 ? void 0 : new TaskSide(boot2.module, glue2, tell);
    apart = new Apart(boot2.agent, tasks, taskSide, tell);
    tell({ cf: "up", tls: 0, stack: 0, stackSize: 0 });
  } catch (error) {
    tell({ cf: "failed", reason: messageOf(error) });
  }
}
async function boot(boot2, tell) {
  let agent;
  try {
    Object.defineProperty(globalThis, "name", { value: boot2.name, configurable: true });
    await holdLock(boot2.lock);
    const glue2 = await glueOf(boot2.glue);
    const { module, memory, worker, stackSize } = boot2;
    const threadOfGlue = boot2.kind !== PROCESS && glue2 !== void 0;
    const core = threadOfGlue ? glue2.initSync({ module, memory, thread_stack_size: stackSize }) : rawInstance(module, memory, stackSize);
    if (threadOfGlue) guardStack(core);
    core.cf_attach_worker(worker, threadOfGlue ? MAY_BLOCK | GLUED : MAY_BLOCK);
    agent = new Agent(module, memory, core, core.cf_worker_agent(worker), true);
    agent.tellSpawner = tell;
    pooled = agent;
    setCurrent(agent);
    const taskSide = boot2.kind === PROCESS && glue2 !== void 0 ? new TaskSide(module, glue2, tell) : void 0;
    tell({ cf: "up", ...stackOf(core, stackSize) });
    await work({ agent, worker, tasks, taskSide, tell });
  } catch (error) {
    if (error instanceof GivenUp) return;
    tell({ cf: "failed", reason: messageOf(error) });
    return;
  }
  agent.leaveForGood();
  tell({ cf: "bye" });
}
async function glueOf(url) {
  if (url === void 0) return void 0;
  return served ?? await import(
    /* webpackIgnore: true */
    /* @vite-ignore */
    url
  );
}

// crate/js/src/hosted.ts
var host = (module, message, spawnerOf, fail2) => new Hosted(module, message, spawnerOf, fail2);
var Hosted = class {
  #fail;
  #agent;
  #ended = false;
  constructor(...[module, message, spawnerOf, fail2]) {
    this.#fail = fail2;
    this.#start(module, message, spawnerOf).catch(
      (error) => this.#failed(`workers could not be started for its tasks: ${messageOf(error)}`)
    );
  }
  /** The process is gone, or about to be. */
  end(reason2) {
    this.#ended = true;
    this.#agent?.poisoned({ reason: reason2 });
  }
  async #start(module, { memory, agent: address }, spawnerOf) {
    const core = await rawInstanceLater(module, memory, RAW_STACK, () => this.#ended);
    if (core === void 0) return;
    core.cf_attach_agent(address, 0);
    const agent = new Agent(module, memory, core, address, false);
    this.#agent = agent;
    const spawner = spawnerOf(agent);
    const poisoned = agent.onPoison;
    agent.onPoison = (breakage) => {
      poisoned(breakage);
      this.#failed(`its memory broke: ${breakage.reason}`);
    };
    spawner.use(agent);
  }
  #failed(reason2) {
    if (this.#ended) return;
    this.#ended = true;
    this.#fail(reason2);
  }
};

// crate/js/src/isolation.ts
function isolated() {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === "function";
}
function refuseBlocking(why) {
  if (isolated()) throw new BlockingNotAllowedError(why);
  throw new NotIsolatedError("a blocking call", "a worker of a cross-origin isolated page");
}

// crate/js/src/depot.ts
var LAST_WORDS = 1e3;
function isToDepot(message) {
  return message.cf === "put" || message.cf === "fetch" || message.cf === "drop";
}
var Depot = class {
  #lives;
  #waiting = /* @__PURE__ */ new Map();
  #wanted = /* @__PURE__ */ new Map();
  constructor(lives) {
    this.#lives = lives;
  }
  /** Parcels that nobody has fetched yet. */
  get size() {
    return this.#waiting.size;
  }
  /** Does what an agent asks for. */
  handle(message, by, answer) {
    const { ticket: ticket2 } = message;
    if (message.cf === "drop") {
      this.#discard(ticket2);
      this.#wanted.delete(ticket2);
    } else if (message.cf === "put") this.#put(ticket2, message.owner, message.parcel);
    else this.#fetch(ticket2, by, answer);
  }
  /** An agent's thread is gone. */
  gone(agent) {
    for (const [ticket2, { owner }] of this.#waiting) if (owner === agent) this.#discard(ticket2);
    for (const [ticket2, { by }] of this.#wanted) {
      if (by === agent) this.#wanted.delete(ticket2);
      else if (sourceOf(ticket2) === agent) alarm(LAST_WORDS, () => this.#lose(ticket2));
    }
  }
  /** All agents are lost. */
  clear() {
    for (const ticket2 of [...this.#waiting.keys()]) this.#discard(ticket2);
    this.#wanted.clear();
  }
  #put(ticket2, owner, parcel) {
    const wanted = this.#wanted.get(ticket2);
    this.#wanted.delete(ticket2);
    this.#waiting.set(ticket2, { owner, parcel });
    if (wanted !== void 0) this.#hand(ticket2, parcel, wanted.answer);
    else if (!this.#lives(owner)) this.#discard(ticket2);
  }
  #fetch(ticket2, by, answer) {
    const waiting2 = this.#waiting.get(ticket2);
    if (waiting2 !== void 0) {
      this.#hand(ticket2, waiting2.parcel, answer);
      return;
    }
    this.#wanted.set(ticket2, { by, answer });
    if (!this.#lives(sourceOf(ticket2))) alarm(LAST_WORDS, () => this.#lose(ticket2));
  }
  #hand(ticket2, parcel, answer) {
    this.#waiting.delete(ticket2);
    try {
      answer({ cf: "parcel", ticket: ticket2, parcel, reason: "" }, parcel.list);
    } catch (error) {
      answer({ cf: "parcel", ticket: ticket2, parcel: void 0, reason: String(error) }, []);
    }
  }
  #lose(ticket2) {
    const wanted = this.#wanted.get(ticket2);
    this.#wanted.delete(ticket2);
    const reason2 = "the agent that sent a value by transfer was lost with it";
    wanted?.answer({ cf: "parcel", ticket: ticket2, parcel: void 0, reason: reason2 }, []);
  }
  #discard(ticket2) {
    const list = this.#waiting.get(ticket2)?.parcel.list ?? [];
    this.#waiting.delete(ticket2);
    for (const item of list) {
      const { close } = item;
      if (typeof close === "function") close.call(item);
    }
  }
};

// crate/js/src/diagnosis.ts
async function diagnosis(message, url) {
  const unknown = message || "its script could not be loaded or failed while it was loading; see worker-src of the Content-Security-Policy";
  if (url === void 0 || url.startsWith("blob:")) return unknown;
  try {
    const { ok, status, statusText, headers } = await fetch(url, { method: "HEAD" });
    const type = headers.get("content-type") ?? "no content type";
    if (!ok) return `its script ${url} answers ${status} ${statusText}`;
    if (!/javascript/.test(type)) return `its script ${url} is served as ${type}`;
    if (isolated() && !headers.has("cross-origin-embedder-policy"))
      return `its script ${url} is served without the header Cross-Origin-Embedder-Policy`;
    return unknown;
  } catch (error) {
    return `its script ${url} could not be fetched: ${messageOf(error)}`;
  }
}

// crate/js/src/factory.ts
function callFactory(factory2) {
  const { Worker: Real } = globalThis;
  let script;
  const Noting = class extends Real {
    constructor(url, options) {
      super(url, options);
      script = absolute(url);
    }
  };
  const worker = withWorker(Noting, factory2);
  return { worker, script };
}
function withWorker(replacement, call) {
  const { Worker: real } = globalThis;
  globalThis.Worker = replacement;
  try {
    return call();
  } finally {
    globalThis.Worker = real;
  }
}
function absolute(url) {
  return new URL(url, globalThis.location.href).href;
}

// crate/js/src/on-terminate.ts
function onTerminate(thread, ask) {
  const end2 = thread.terminate.bind(thread);
  thread.terminate = () => queueMicrotask(ask);
  return end2;
}

// crate/js/src/proxy.ts
var POLL2 = 4;
var WorkerProxy = class {
  #agent;
  #worker;
  #send;
  #leave;
  /** What `cf_take` gave last: `NOTHING` while the worker is free. */
  #held = NOTHING;
  #asleep = false;
  #ended = false;
  /** `send` transfers the payload; `leave` is called once, when the worker is not needed any more. */
  constructor(agent, worker, send, leave) {
    this.#agent = agent;
    this.#worker = worker;
    this.#send = send;
    this.#leave = leave;
  }
  /** The worker is free: takes the next call, or waits for one. */
  look() {
    const { core } = this.#agent;
    while (!this.#ended && this.#agent.dead === void 0) {
      const taken2 = core.cf_take(this.#worker, now());
      this.#held = taken2;
      if (taken2 === EXIT) {
        this.#leave();
        return;
      }
      if (taken2 === NOTHING && this.#sleep()) return;
      const apart2 = taken2 === SCRIPT || taken2 === REMOTE || taken2 === REMOTE_COROUTINE;
      if (apart2 && this.#hand(taken2)) return;
    }
  }
  /** The worker's answer to what it was sent. */
  answer({ kind, payload, last }) {
    if (this.#ended || this.#held === NOTHING) return;
    this.#finish(kind, new Uint8Array(payload));
    if (last) this.#leave();
    else this.look();
  }
  /** What the worker holds fails with `error`, and it is free again. */
  fail(error) {
    if (this.#ended || this.#held === NOTHING) return;
    this.#failHeld(error);
    this.look();
  }
  /** The worker is not to be used any more; call it before its record goes. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#asleep || this.#agent.dead !== void 0) return;
    const { core, words } = this.#agent;
    core.cf_wake_up(this.#worker);
    Atomics.notify(words, core.cf_epoch_address(this.#worker) / 4);
  }
  /** Waits for the queue's next entry; false where there is something to take already. */
  #sleep() {
    const { core, words } = this.#agent;
    if (core.cf_fall_asleep(this.#worker) === 0) return false;
    this.#asleep = true;
    if (typeof Atomics.waitAsync !== "function") {
      alarm(POLL2, this.#woken);
      return true;
    }
    const epoch = words[this.#worker / 4 + SHOWN_EPOCH] ?? 0;
    const wait = Atomics.waitAsync(words, core.cf_epoch_address(this.#worker) / 4, epoch);
    if (wait.async) void wait.value.then(this.#woken);
    else queueMicrotask(this.#woken);
    return true;
  }
  #woken = () => {
    this.#asleep = false;
    if (this.#ended || this.#agent.dead !== void 0) return;
    this.#agent.attempt(() => {
      this.#agent.core.cf_wake_up(this.#worker);
      this.look();
    });
  };
  /** Sends the call that was taken; false where it could not be sent, and has failed. */
  #hand(taken2) {
    const { words, bytes } = this.#agent;
    const at2 = this.#worker / 4;
    const start = words[at2 + SHOWN_PAYLOAD] ?? 0;
    const entry = words[at2 + SHOWN_ENTRY] ?? 0;
    const check = words[at2 + SHOWN_CHECK] ?? 0;
    const initializer = words[at2 + SHOWN_INITIALIZER] !== 0;
    const caller = words[at2 + SHOWN_CALLER] ?? 0;
    try {
      const payload = new Uint8Array(words[at2 + SHOWN_PAYLOAD_LENGTH] ?? 0);
      payload.set(bytes.subarray(start, start + payload.length));
      const { buffer } = payload;
      this.#send({ cf: "call", taken: taken2, payload: buffer, entry, check, initializer, caller });
      return true;
    } catch (error) {
      this.#failHeld(error);
      return false;
    }
  }
  #finish(kind, reply) {
    const { core } = this.#agent;
    const { length } = reply;
    const block = length < SMALL ? core.cf_alloc(length) : core.cf_alloc_message(length);
    if (block === 0) {
      this.#failHeld(noMemory(length));
      return;
    }
    this.#agent.bytes.set(reply, block);
    const held = this.#held;
    this.#held = NOTHING;
    if (held === SCRIPT) core.cf_finish(this.#worker, kind, block, length, now());
    else {
      core.cf_finish_remote(this.#worker, block, length, now());
      core.cf_free(block, length);
    }
  }
  #failHeld(error) {
    const { core } = this.#agent;
    const held = this.#held;
    this.#held = NOTHING;
    if (held === SCRIPT) {
      const known3 = error instanceof Error ? error : new Error(String(error));
      const length = this.#agent.prepare(known3, "the error");
      core.cf_finish(this.#worker, THROWN, this.#agent.place(length, true), length, now());
      return;
    }
    lendText(
      this.#agent,
      String(error),
      (block, length) => core.cf_fail_thrown(this.#worker, block, length, block, 0, now())
    );
  }
};

// crate/js/src/start-limit.ts
var LIMIT = 2e4;
var MOST = 9e4;
var StartLimit = class {
  /** Not lately, at first. */
  #lastUp = -LIMIT;
  /** A worker has come up. */
  up() {
    this.#lastUp = performance.now();
  }
  /**
   * Calls `late` with the seconds that a worker has had, when these were enough; and `back` whenever the page has come back.
   * Gives what stops both.
   */
  watch(late, back) {
    const begun = performance.now();
    let stop;
    const again = () => {
      stop = alarm(LIMIT, () => {
        const time = performance.now();
        if (time - this.#lastUp < LIMIT && time - begun < MOST) again();
        else late(Math.round((time - begun) / 1e3));
      });
    };
    again();
    const shown = ({ persisted }) => {
      if (persisted) back();
    };
    addEventListener("pageshow", shown);
    return () => {
      stop();
      removeEventListener("pageshow", shown);
    };
  }
};

// crate/js/src/spawning.ts
var LAST_BREATH = 3e3;
var KILL_LIMIT = 2e3;
var KILL_RETRY = 5;
var ENDED_BY_OTHERS = "it was terminated, or closed, by somebody else";
var endedByOthers = ({ name }) => `the worker ${name} died: ${ENDED_BY_OTHERS}`;
var Spawner = class _Spawner {
  #agent;
  #glue;
  #defaultFactory;
  #host;
  #factories = /* @__PURE__ */ new Map();
  #watched = /* @__PURE__ */ new Set();
  /** Who needs the spawner to listen, besides its own workers. */
  #users = /* @__PURE__ */ new Set();
  /** What the names of locks begin with; `undefined` where there are none, as on a page that is not secure. */
  #scope = navigator.locks && `concurrent-futures ${crypto.randomUUID()}`;
  #next = 0;
  #limit = new StartLimit();
  /** Where values wait that bytes cannot hold. */
  depot;
  /**
   * `creator` is the agent that started a nested spawner; `host` is for modules whose tasks may make executors in processes.
   */
  constructor(agent, defaultFactory, glue2, creator = 0, host2) {
    this.#host = host2;
    this.#agent = agent;
    this.#defaultFactory = defaultFactory;
    this.#glue = glue2;
    agent.onPoison = (breakage) => this.#poisoned(breakage);
    this.depot = new Depot(
      (other) => other === agent.address || other === creator || [...this.#watched].some((watched) => watched.agent === other)
    );
    agent.tellSpawner = (message) => {
      const arrived = (answer) => agent.parcels.arrived(answer);
      if (isToDepot(message)) this.depot.handle(message, agent.address, arrived);
    };
  }
  /** The agent that this spawner is a part of. */
  get agent() {
    return this.#agent;
  }
  /** The spawner listens as long as anybody uses it. */
  use(user) {
    this.#users.add(user);
    this.#listen();
  }
  release(user) {
    this.#users.delete(user);
    this.#stopIfIdle();
  }
  /** Workers of this pool are made by `factory`. */
  setFactory(pool, factory2) {
    this.#factories.set(pool, factory2);
  }
  forgetFactory(pool) {
    this.#factories.delete(pool);
  }
  /** Starts the workers that are wanted, and ends those that are not. */
  look() {
    const agent = this.#agent;
    const { core, address } = agent;
    for (let found = 1; found > 0 && agent.dead === void 0; ) {
      const wanted = readAddresses(agent, (out2, most) => core.cf_next_workers(address, out2, most));
      for (const worker of wanted) this.#start(worker);
      const unwanted = readAddresses(
        agent,
        (out2, most) => core.cf_next_terminations(address, out2, most)
      );
      for (const termination of unwanted) this.#carryOut(termination);
      found = wanted.length + unwanted.length;
    }
  }
  /** Makes a worker that somebody else started, and that has greeted, an agent of this memory. Gives what ends it. */
  adopt(thread, line) {
    const adopted = this.#watch(thread, "an adopted worker", 0, 0, 0);
    this.#hear(adopted, line, (message) => {
      if (message.cf !== "joined") return;
      adopted.agent = message.agent;
      this.#up(adopted, message);
    });
    this.#send(adopted, {
      cf: "welcome",
      creator: 0,
      module: this.#agent.module,
      memory: this.#agent.memory,
      lock: adopted.lock,
      stackSize: RAW_STACK,
      glue: void 0
    });
    return { terminate: () => this.#terminateAdopted(adopted) };
  }
  // ── Birth ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  #start(worker) {
    const { core } = this.#agent;
    const pool = core.cf_worker_pool(worker);
    const prefix = readText(this.#agent, (out2) => core.cf_pool_prefix(pool, out2));
    const name = `${prefix}_${core.cf_worker_index(worker)}`;
    let thread;
    let script;
    try {
      ({ worker: thread, script } = callFactory(this.#factoryOf(pool)));
      if (!(thread instanceof Worker))
        throw new TypeError("the option `worker` must return a Worker");
    } catch (error) {
      this.#breakPool(pool, `the worker ${name} could not be created: ${messageOf(error)}`, worker);
      core.cf_worker_gone(worker, now());
      return;
    }
    const agent = core.cf_worker_agent(worker);
    const watched = this.#watch(thread, name, worker, pool, agent);
    if (!isolated()) Atomics.store(this.#agent.words, agent / 4 + AGENT_KILL, KILLABLE);
    watched.stopTimer = this.#limit.watch(
      (seconds) => this.#failStart(watched, `it did not get up within ${seconds} s`, LAST_BREATH),
      () => {
        if (watched.phase !== "starting" || watched.line) return;
        watched.worker = watched.agent = 0;
        this.#drop(watched);
        this.#start(worker);
      }
    );
    thread.addEventListener("error", (event) => {
      if (watched.phase !== "starting") return;
      event.preventDefault();
      void diagnosis(event.message, script).then((reason2) => {
        if (watched.phase === "starting") this.#failStart(watched, reason2);
      });
    });
    const stop = onGreeting(thread, (line) => {
      stop();
      this.#hear(watched, line, (message) => {
        if (message.cf === "up") this.#up(watched, message);
        else if (message.cf === "reply") watched.proxy?.answer(message);
        else if (message.cf === "host") watched.hosted ??= this.#hostFor(watched, message);
        else if (message.cf === "bye") this.#dismiss(watched);
        else if (message.cf === "failed") this.#failStart(watched, message.reason);
        else if (message.cf === "trapped") this.#kill(watched, message.reason);
      });
      if (!isolated()) watched.proxy = this.#standInFor(watched, line);
      this.#boot(watched);
    });
    this.#listen();
  }
  #factoryOf(pool) {
    const factory2 = this.#factories.get(pool);
    if (factory2 !== void 0) return factory2;
    const { core } = this.#agent;
    const text = readText(this.#agent, (out2) => core.cf_pool_config(pool, out2));
    if (text === "") return this.#defaultFactory;
    const config = JSON.parse(text);
    return () => new Worker(config.url, { type: config.type });
  }
  #boot(watched) {
    if (watched.phase !== "starting" || this.#agent.dead !== void 0) return;
    const { module, memory } = this.#agent;
    const { name, lock, worker } = watched;
    const glue2 = this.#glue;
    const kind = this.#agent.core.cf_pool_kind(watched.pool);
    const stackSize = glue2 === void 0 || kind === PROCESS ? RAW_STACK : TASK_STACK;
    this.#send(
      watched,
      isolated() ? { cf: "boot", module, memory, worker, name, kind, lock, glue: glue2, stackSize } : { cf: "boot-apart", module, name, agent: watched.agent, lock, glue: glue2 }
    );
  }
  #up(watched, stack2) {
    if (watched.phase !== "starting") return;
    watched.phase = "up";
    this.#limit.up();
    watched.stopTimer();
    watched.stack = stack2;
    this.#whenLockIsFree(watched);
    watched.proxy?.look();
    if (watched.ended && watched.worker === 0) this.#kill(watched);
  }
  /** Without isolation: has the worker's calls taken here, and sent to it. */
  #standInFor(watched, line) {
    const send = (message) => line.postMessage(message, [message.payload]);
    const proxy = new WorkerProxy(this.#agent, watched.worker, send, () => this.#dismiss(watched));
    line.onmessageerror = () => this.#agent.attempt(() => proxy.fail(new Error("the reply of the worker was lost")));
    return proxy;
  }
  /** A worker that was slow may be at its record right now: that is kept for `breath` milliseconds more. */
  #failStart(watched, reason2, breath = 0) {
    if (watched.phase !== "starting") {
      this.#kill(watched, `the worker ${watched.name} died: ${reason2}`);
      return;
    }
    this.#breakPool(
      watched.pool,
      `the worker ${watched.name} could not start: ${reason2}`,
      watched.worker
    );
    watched.end();
    if (this.#claim(watched) === KILLABLE) this.#agent.core.cf_fail_current(watched.worker, now());
    if (breath === 0) {
      this.#gone(watched);
      return;
    }
    watched.phase = "leaving";
    alarm(breath, () => {
      if (this.#agent.dead !== void 0) return;
      this.#agent.attempt(() => {
        this.#agent.core.cf_fail_current(watched.worker, now());
        this.#gone(watched);
      });
    });
  }
  /** It sent what nobody here knows, so nothing that it says or holds can be relied on. */
  #misunderstood(watched) {
    if (watched.phase === "leaving") return;
    const reason2 = "it sent a message that is none of this version of the package";
    if (watched.worker !== 0) this.#failStart(watched, reason2);
    else if (watched.phase === "up") this.#kill(watched, reason2);
    else this.#drop(watched);
  }
  /** An agent that never came to share the memory. */
  #drop(watched) {
    watched.end();
    this.#gone(watched);
  }
  /** The worker has left the pool: its thread is not needed any more. */
  #dismiss(watched) {
    if (watched.ended) this.#kill(watched, endedByOthers(watched));
    else {
      watched.phase = "leaving";
      watched.hosted?.end("its process has left");
      watched.end();
    }
  }
  /** Starts workers on a process's own memory, too, for as long as the process lives. */
  #hostFor(watched, message) {
    const host2 = this.#host;
    const spawnerOf = (of) => new _Spawner(of, this.#defaultFactory, this.#glue, 0, host2);
    const fail2 = (reason2) => this.#agent.attempt(() => this.#kill(watched, reason2));
    return host2?.(this.#agent.module, message, spawnerOf, fail2);
  }
  // ── Death ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  #whenLockIsFree(watched) {
    if (watched.lock === "") return;
    const lost2 = () => this.#agent.attempt(() => this.#lost(watched));
    const unwatched = (error) => this.#agent.poisoned({ reason: `a worker could not be watched: ${messageOf(error)}` });
    navigator.locks.request(watched.lock, { mode: "shared" }, lost2).catch(unwatched);
  }
  /** The thread is gone. */
  #lost(watched) {
    if (watched.phase === "gone" || this.#agent.dead !== void 0) return;
    if (watched.phase === "up") {
      const claim = this.#claim(watched);
      if (claim === BUSY) {
        this.#poison(watched, "was lost while it worked on the memory of its pool");
        return;
      }
      if (claim === KILLABLE) this.#bury(watched, endedByOthers(watched));
    }
    this.#gone(watched);
  }
  /** What a claimed worker held fails, and its pool is broken. The workers of a process pool are to end then. */
  #bury(watched, reason2) {
    if (watched.worker === 0) {
      this.#endOrphans(watched);
      return;
    }
    const { core } = this.#agent;
    lendText(
      this.#agent,
      reason2,
      (block, length) => core.cf_worker_died(watched.worker, block, length, now())
    );
    this.look();
  }
  #gone(watched) {
    if (watched.phase === "gone") return;
    watched.phase = "gone";
    watched.stopTimer();
    watched.proxy?.end();
    watched.hosted?.end("its process is gone");
    this.#watched.delete(watched);
    watched.line?.close();
    this.depot.gone(watched.agent);
    const { core } = this.#agent;
    const { stack: stack2 } = watched;
    if (stack2 !== void 0 && stack2.stack > 0)
      core.__wbindgen_thread_destroy(stack2.tls, stack2.stack, stack2.stackSize);
    this.#endOrphans(watched);
    if (watched.worker !== 0) core.cf_worker_gone(watched.worker, now());
    else if (watched.agent !== 0) core.cf_agent_gone(watched.agent);
    for (const tell of watched.whenGone) tell();
    this.look();
    this.#stopIfIdle();
  }
  #breakPool(pool, reason2, worker) {
    const { core } = this.#agent;
    lendText(
      this.#agent,
      reason2,
      (block, length) => core.cf_pool_break(pool, block, length, worker, now())
    );
    this.look();
  }
  #carryOut(termination) {
    const { core } = this.#agent;
    const pool = core.cf_termination_pool(termination);
    const call = core.cf_termination_call(termination);
    if (call !== 0) {
      this.#endCall(termination, pool, call);
      return;
    }
    for (const watched of [...this.#watched]) if (watched.pool === pool) this.#kill(watched);
    core.cf_termination_done(termination);
  }
  /** Ends the worker that holds `call`, as soon as that does no harm; does nothing once the call is over. */
  #endCall(termination, pool, call) {
    const { core, words, dead } = this.#agent;
    if (dead !== void 0) return;
    const running = (Atomics.load(words, call / 4 + CALL_STATE) & STATE_MASK) === RUNNING;
    const index = Atomics.load(words, call / 4 + CALL_WORKER) - 1;
    const holder = [...this.#watched].find(
      ({ worker, pool: its }) => its === pool && core.cf_worker_index(worker) === index
    );
    const outcome = running && holder && core.cf_terminate(holder.worker, termination, now());
    if (outcome === TRY_AGAIN) {
      const again = () => this.#agent.attempt(() => this.#endCall(termination, pool, call));
      alarm(KILL_RETRY, again);
      return;
    }
    if (outcome === TERMINATED && holder) this.#endThread(holder);
    core.cf_termination_done(termination);
    this.look();
  }
  /** Ends a worker by force, as soon as that does no harm; `reason` says why it died, where it did by itself. */
  #kill(watched, reason2, since = performance.now()) {
    if (watched.phase === "gone" || this.#agent.dead !== void 0) return;
    const claim = this.#claim(watched);
    if (claim === BUSY) {
      const from = watched.phase === "starting" ? void 0 : since;
      if (from !== void 0 && performance.now() - from > KILL_LIMIT)
        this.#poison(watched, "did not let go of the memory of its pool");
      else alarm(KILL_RETRY, () => this.#agent.attempt(() => this.#kill(watched, reason2, from)));
      return;
    }
    if (claim !== KILLABLE) return;
    if (reason2 !== void 0 || watched.worker === 0) this.#bury(watched, reason2 ?? "");
    else this.#agent.core.cf_fail_current(watched.worker, now());
    this.#endThread(watched);
  }
  #endThread(watched) {
    watched.proxy?.end();
    watched.hosted?.end("its process was ended");
    watched.end();
    if (watched.phase === "starting") this.#whenLockIsFree(watched);
  }
  /** Claims the agent, and says what its kill word was: only after KILLABLE is what it held the spawner's. */
  #claim(watched) {
    const { words } = this.#agent;
    const at2 = watched.agent / 4;
    Atomics.store(words, at2 + AGENT_KILL_WANTED, 1);
    const before = Atomics.compareExchange(words, at2 + AGENT_KILL, KILLABLE, CLAIMED);
    Atomics.notify(words, at2 + AGENT_BELL);
    return before;
  }
  // ── Adopted workers ───────────────────────────────────────────────────────────────────────────────────────────────
  #terminateAdopted(adopted) {
    if (adopted.phase === "gone" || this.#agent.dead !== void 0) {
      adopted.end();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      adopted.whenGone.push(resolve);
      this.#kill(adopted);
    });
  }
  /** The pools that a dead agent made are nobody's any more: they end with it. */
  #endOrphans({ agent }) {
    const { core } = this.#agent;
    while (agent !== 0) {
      const pool = core.cf_next_orphan(agent);
      if (pool === 0) break;
      core.cf_pool_terminate(pool, now());
      core.cf_pool_release(pool);
    }
    this.look();
  }
  // ── The memory is dead ────────────────────────────────────────────────────────────────────────────────────────────
  #poison({ name }, what) {
    this.#agent.poisoned({ reason: `${name} ${what}`, worker: name });
  }
  #poisoned(breakage) {
    const { words } = this.#agent;
    Atomics.store(words, this.#agent.core.cf_poison_address() / 4, 1);
    for (const watched of this.#watched) {
      watched.stopTimer();
      watched.hosted?.end(breakage.reason);
      if (watched.agent !== 0) Atomics.notify(words, watched.agent / 4 + AGENT_BELL);
      if (watched.worker !== 0 || watched.ended) {
        watched.end();
        watched.line?.close();
      } else this.#send(watched, { cf: "poisoned", ...breakage });
      watched.phase = "gone";
      for (const tell of watched.whenGone) tell();
    }
    this.#watched.clear();
    this.depot.clear();
    this.#users.clear();
    this.#factories.clear();
  }
  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────
  #watch(thread, name, worker, pool, agent) {
    const end2 = onTerminate(thread, () => this.#agent.attempt(() => this.#askedToEnd(watched)));
    const watched = {
      end: () => {
        end2();
        const lost2 = () => this.#agent.attempt(() => this.#lost(watched));
        if (watched.lock === "") queueMicrotask(lost2);
      },
      name,
      agent,
      worker,
      pool,
      lock: this.#scope === void 0 ? "" : `${this.#scope} ${this.#next++}`,
      phase: "starting",
      stopTimer: () => {
      },
      whenGone: []
    };
    this.#watched.add(watched);
    this.#listen();
    return watched;
  }
  /** Somebody called the worker's `terminate`: it ends as soon as that does no harm. */
  #askedToEnd(watched) {
    const { line, phase, worker } = watched;
    if (this.#agent.dead !== void 0 || phase === "leaving" || phase === "gone") watched.end();
    else if (line === void 0 && worker !== 0) this.#failStart(watched, ENDED_BY_OTHERS);
    else if (!watched.ended) {
      watched.ended = true;
      if (watched.agent !== 0) this.#kill(watched, endedByOthers(watched));
      else watched.stopTimer = alarm(KILL_LIMIT, () => this.#drop(watched));
    }
  }
  /** Opens the line to an agent. What every agent may ask for is done here, the rest is for `handle`. */
  #hear(watched, line, handle) {
    watched.line = line;
    line.onmessage = ({ data: message }) => {
      if (this.#agent.dead !== void 0 || watched.phase === "gone") return;
      if (!isToSpawner(message, this.#agent.memory))
        this.#agent.attempt(() => this.#misunderstood(watched));
      else if (message.cf === "poison")
        this.#agent.poisoned({ reason: message.reason, worker: watched.name });
      else if (isToDepot(message))
        this.depot.handle(
          message,
          watched.agent,
          (answer, transfer) => line.postMessage(answer, transfer)
        );
      else this.#agent.attempt(() => handle(message));
    };
  }
  #send(watched, message) {
    watched.line?.postMessage(message);
  }
  #listen() {
    this.#agent.watchers.add(this);
    this.#agent.listen();
  }
  #stopIfIdle() {
    if (this.#users.size > 0 || this.#watched.size > 0) return;
    if (this.#agent.watchers.delete(this)) this.#agent.ring();
  }
};

// crate/js/src/nested-spawner.ts
var START_LIMIT = 2e4;
var living = /* @__PURE__ */ new Set();
async function startNestedSpawner(agent, factory2, stackSize, glue2) {
  const nested2 = factory2();
  living.add(nested2);
  const end2 = () => {
    nested2.terminate();
    living.delete(nested2);
  };
  let stopTimer = () => {
  };
  try {
    await new Promise((resolve, reject) => {
      const fail2 = (why) => reject(new Error(`the spawner of this worker could not be started: ${why}`));
      stopTimer = alarm(START_LIMIT, () => fail2(`no answer within ${START_LIMIT / 1e3} s`));
      nested2.addEventListener("error", (event) => {
        event.preventDefault();
        fail2(event.message || "its script could not be loaded or failed while it was loading");
      });
      onGreeting(nested2, (line) => {
        agent.tellSpawner = (message, transfer = []) => line.postMessage(message, transfer);
        line.onmessage = ({ data: message }) => {
          if (message.cf === "serving") resolve();
          else if (message.cf === "failed") fail2(message.reason);
          else if (message.cf === "parcel") agent.parcels.arrived(message);
          else if (message.cf === "poison") {
            end2();
            agent.poisoned(message);
          }
        };
        const { module, memory, address: creator } = agent;
        const home = { module, memory, lock: "", stackSize, glue: glue2 };
        const welcome = { cf: "welcome", creator, ...home };
        line.postMessage(welcome);
      });
    });
  } catch (error) {
    end2();
    throw error;
  } finally {
    stopTimer();
  }
}
function serveSpawner(worker, host2) {
  let spawner;
  let creator = 0;
  const tell = callSpawner("hello", (message) => {
    if (message.cf === "poison") spawner?.agent.poisoned(message);
    else if (isToDepot(message)) spawner?.depot.handle(message, creator, tell);
    if (message.cf !== "welcome") return;
    creator = message.creator;
    try {
      spawner = startSpawner(message, worker, tell, host2);
      tell({ cf: "serving" });
    } catch (error) {
      tell({ cf: "failed", reason: String(error) });
    }
  });
}
function startSpawner({ module, memory, stackSize, glue: glue2, creator }, worker, tell, host2) {
  const core = rawInstance(module, memory, stackSize);
  const agent = new Agent(module, memory, core, core.cf_agent_new(SPAWNER), false);
  const spawner = new Spawner(agent, worker, glue2, creator, host2);
  spawner.use(agent);
  const poisoned = agent.onPoison;
  agent.onPoison = (breakage) => {
    poisoned(breakage);
    tell({ cf: "poison", ...breakage });
  };
  return spawner;
}

// crate/js/src/sync/errors.ts
var Empty = class extends Error {
  name = "Empty";
  constructor(message = "the queue is empty") {
    super(message);
  }
};
var Full = class extends Error {
  name = "Full";
  constructor(message = "the queue is full") {
    super(message);
  }
};
var ShutDown = class extends Error {
  name = "ShutDown";
  constructor(message = "the queue was shut down") {
    super(message);
  }
};
var BrokenBarrierError = class extends RuntimeError {
  name = "BrokenBarrierError";
  constructor(message = "the barrier is broken") {
    super(message);
  }
};
var HolderDiedError = class extends RuntimeError {
  name = "HolderDiedError";
  /** Who held it, as in `the worker w_0`. */
  holder;
  constructor(holder) {
    super(`${holder} was ended while it held the lock; release() makes the lock usable again`);
    this.holder = holder;
  }
};
var SYNC_ERRORS = [Empty, Full, ShutDown, BrokenBarrierError, HolderDiedError];

// crate/js/src/sync/handle.ts
var LOCK2 = 0;
var RLOCK = 1;
var SEMAPHORE = 2;
var BOUNDED_SEMAPHORE = 3;
var EVENT = 4;
var CONDITION = 5;
var BARRIER = 6;
var QUEUE = 7;
var LIFO_QUEUE = 8;
var PRIORITY_QUEUE = 9;
var COUNTER = 10;
var ARRAY2 = 11;
var NOT_YET = 0;
var NOT_HELD = -1;
var HOLDER_DIED = -2;
var SHUT_DOWN = -3;
var BROKEN_BARRIER = -4;
var Existing = class {
  constructor(address, more2) {
    this.address = address;
    this.more = more2;
  }
  address;
  more;
};
var classes = /* @__PURE__ */ new Map();
var known2 = /* @__PURE__ */ new WeakMap();
var collected = /* @__PURE__ */ new FinalizationRegistry(
  ({ agent, address }) => {
    const handles2 = known2.get(agent);
    if (handles2?.get(address)?.deref() === void 0) handles2?.delete(address);
    if (agent.dead === void 0) agent.inside(() => agent.core.cf_sync_drop(address));
  }
);
var Handle = class {
  /** @internal */
  agent;
  /** @internal */
  address;
  /** @internal What crosses with the address; a plain value. */
  more = void 0;
  /** @internal Why it does not cross. */
  stays = void 0;
  /** @internal */
  kind;
  /** @internal `value` is the one number that an object of this kind is made with. */
  constructor(kind, value) {
    this.kind = kind;
    this.agent = agentHere(new.target.name);
    const { agent } = this;
    const address = value instanceof Existing ? value.address : agent.inside(() => agent.core.cf_sync_new(kind, value));
    if (address === void 0) throw lost(agent);
    if (address === 0) throw new RangeError("no pool memory is left for it");
    this.address = address;
    handlesOf(agent).set(address, new WeakRef(this));
    collected.register(this, { agent, address });
  }
  /** @internal The address of the words that one waits at. */
  gate(which = 0) {
    const { agent } = this;
    const gate = agent.inside(() => agent.core.cf_sync_gate(this.address, which));
    if (gate === void 0) throw lost(agent);
    return gate;
  }
  /** @internal Tries an operation inside the pool; what it refuses is thrown. */
  step(operation, value = 0) {
    return this.checked(this.agent.core.cf_sync_step(this.address, operation, value));
  }
  /** @internal As `step`, from user code. */
  ask(operation, value = 0) {
    const { agent } = this;
    const answer = agent.inside(() => this.step(operation, value));
    if (answer === void 0) throw lost(agent);
    return answer;
  }
  /** @internal Throws what a negative answer stands for. */
  checked(answer) {
    if (answer >= 0) return answer;
    if (answer === NOT_HELD) throw new RuntimeError(this.notHeld());
    if (answer === HOLDER_DIED) throw new HolderDiedError(this.#deadHolder());
    if (answer === SHUT_DOWN) throw new ShutDown();
    if (answer === BROKEN_BARRIER) throw new BrokenBarrierError();
    throw new RangeError(this.tooOften());
  }
  /** @internal */
  notHeld() {
    return "release of a lock that is not held here";
  }
  /** @internal */
  tooOften() {
    return "released too many times";
  }
  #deadHolder() {
    const { agent } = this;
    let block = 0;
    const name = readText(agent, (out2) => {
      block = agent.core.cf_sync_dead(this.address, out2);
      return block;
    });
    agent.core.cf_free(block, agent.words[agent.scratch / 4] ?? 0);
    return name;
  }
};
function agentHere(what) {
  if (!isolated()) throw new NotIsolatedError(what);
  const realm = currentRealm();
  if (realm === void 0)
    throw new RuntimeError(
      `${what} lives in the memory of the pools, which is not there yet: \`await ready()\` of 'concurrent-futures' first`
    );
  return realm.agent;
}
function lost(agent) {
  return new BrokenExecutor(
    `the memory is lost that the object was in: ${agent.dead ?? "it was poisoned"}`
  );
}
function handlesOf(agent) {
  let handles2 = known2.get(agent);
  if (handles2 === void 0) {
    handles2 = /* @__PURE__ */ new Map();
    known2.set(agent, handles2);
  }
  return handles2;
}
function install(handleClasses) {
  for (const [kind, handleClass] of Object.entries(handleClasses))
    classes.set(Number(kind), handleClass);
  for (const errorClass of SYNC_ERRORS)
    registerErrorClass(errorClass, new errorClass("").name);
  sharing.add(handles);
}
var handles = {
  describe(value) {
    if (!(value instanceof Handle)) return void 0;
    if (value.agent !== currentRealm()?.agent)
      return "it lived in memory that is lost; make a new one";
    const { kind, address, more: more2 } = value;
    return value.stays ?? [kind, address, more2];
  },
  restore: handleOf
};
function handleOf(kind, address, more2) {
  const handleClass = classes.get(kind);
  if (handleClass === void 0) return void 0;
  const agent = agentHere("it");
  const handle = handlesOf(agent).get(address)?.deref();
  if (handle !== void 0) return handle;
  agent.core.cf_sync_hold(address);
  return new handleClass(new Existing(address, more2));
}

// crate/js/src/sync/gate.ts
var EPOCH = 0;
var SLEEPERS = 1;
var FOREIGN = 2;
var LOOK_AGAIN2 = 200;
var POLL3 = 4;
var WORDS = [
  "a lock",
  "a lock",
  "a semaphore",
  "a semaphore",
  "an event",
  "a condition",
  "a barrier",
  "a queue",
  "a queue",
  "a queue"
];
function tried(agent, step) {
  const { words } = agent;
  if (Atomics.load(words, agent.core.cf_poison_address() / 4) !== 0) agent.look();
  if (agent.dead !== void 0) throw lost(agent);
  const found = agent.inside(step);
  if (agent.dead !== void 0) throw lost(agent);
  return found;
}
function passSync(agent, gate, timeout, kind, step, circle) {
  const limit = toMilliseconds(timeout);
  const first = tried(agent, step);
  if (first !== void 0 || limit === 0) return first;
  mustBlock(agent);
  const deadline = limit === void 0 ? Number.POSITIVE_INFINITY : performance.now() + limit;
  const at2 = gate / 4;
  const watch = new DeadlockWatch(agent);
  let traced = false;
  const resume = announce(WORDS[kind] ?? "");
  try {
    for (; ; ) {
      const { words } = agent;
      agent.enter();
      let left = 0;
      let found;
      let late = false;
      try {
        Atomics.add(words, at2 + SLEEPERS, 1);
        const epoch = Atomics.load(words, at2 + EPOCH);
        found = tried(agent, step);
        left = deadline - performance.now();
        if (found === void 0 && left > 0) {
          traced ||= agent.traceBlocked(WORDS[kind] ?? "");
          agent.leave();
          const why = Atomics.wait(words, at2 + EPOCH, epoch, Math.min(left, LOOK_AGAIN2));
          agent.enter();
          late = why === "timed-out";
        }
      } finally {
        Atomics.sub(words, at2 + SLEEPERS, 1);
        agent.leave();
      }
      if (circle !== void 0 && limit === void 0)
        agent.inside(() => judge(watch, circle, found !== void 0, late));
      if (found !== void 0 || left <= 0) return found;
    }
  } finally {
    if (agent.dead === void 0)
      agent.inside(() => {
        if (traced) agent.traceUnblocked();
        watch.drop();
      });
    resume();
  }
}
function judge(watch, circle, found, late) {
  if (late && !found) watch.look(needsLock(circle.lock));
  if (!found) return;
  try {
    watch.end();
  } catch (error) {
    circle.undo();
    throw error;
  }
}
function mustBlock(agent) {
  if (!agent.mayBlock)
    refuseBlocking("a page must not block: await the form that does not end in Sync instead");
}
var Listener = class {
  #agent;
  #gate;
  /** Keeps the gate's memory for as long as somebody listens to it. */
  #owner;
  #home;
  #waiting = /* @__PURE__ */ new Set();
  #ended = [];
  #listening = false;
  #stop = () => {
  };
  constructor(agent, gate, owner, home) {
    this.#agent = agent;
    this.#gate = gate;
    this.#owner = owner;
    this.#home = home;
    home.set(gate, this);
  }
  add(waiting2) {
    this.#waiting.add(waiting2);
    this.#listen();
  }
  /** Forgets `waiting`, and stops listening if it was the last. */
  remove(waiting2) {
    this.#waiting.delete(waiting2);
    if (this.#waiting.size === 0 && this.#listening && this.#agent.dead === void 0)
      Atomics.notify(this.#agent.words, this.#gate / 4 + EPOCH);
  }
  /** Settles once nobody listens, so that the gate's memory may be freed. */
  ended() {
    return this.#listening ? new Promise((resolve) => {
      this.#ended.push(resolve);
    }) : Promise.resolve();
  }
  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    const agent = this.#agent;
    const at2 = this.#gate / 4;
    const { words } = agent;
    this.#stop = alarm(LOOK_AGAIN2, () => this.#lookAgain());
    if (typeof Atomics.waitAsync !== "function") {
      alarm(POLL3, () => this.#woken());
      return;
    }
    Atomics.add(words, at2 + FOREIGN, 1);
    const epoch = Atomics.load(words, at2 + EPOCH);
    this.#look();
    const wait = this.#waiting.size > 0 && Atomics.waitAsync(words, at2 + EPOCH, epoch);
    const woken = () => {
      Atomics.sub(words, at2 + FOREIGN, 1);
      this.#woken();
    };
    if (wait !== false && wait.async) void wait.value.then(woken);
    else queueMicrotask(woken);
  }
  #woken() {
    this.#stop();
    this.#listening = false;
    this.#look();
    if (this.#waiting.size > 0) {
      this.#listen();
      return;
    }
    this.#home.delete(this.#gate);
    void this.#owner;
    for (const tell of this.#ended.splice(0)) tell();
  }
  #lookAgain() {
    this.#look();
    if (this.#waiting.size > 0) this.#stop = alarm(LOOK_AGAIN2, () => this.#lookAgain());
  }
  #look() {
    for (const waiting2 of [...this.#waiting]) if (waiting2.look(false)) this.remove(waiting2);
  }
};
var listeners = /* @__PURE__ */ new WeakMap();
function listenerAt(agent, gate, owner) {
  let home = listeners.get(agent);
  if (home === void 0) {
    home = /* @__PURE__ */ new Map();
    listeners.set(agent, home);
  }
  return home.get(gate) ?? new Listener(agent, gate, owner, home);
}
function notListening(agent, gate) {
  return listeners.get(agent)?.get(gate)?.ended() ?? Promise.resolve();
}
async function passed(agent, gate, owner, timeout, step) {
  const limit = toMilliseconds(timeout);
  const first = tried(agent, step);
  if (first !== void 0 || limit === 0) return first;
  return new Promise((resolve, reject) => {
    let stop = () => {
    };
    const waiting2 = {
      look(last) {
        try {
          const found = tried(agent, step);
          if (found === void 0 && !last) return false;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        stop();
        return true;
      }
    };
    const listener = listenerAt(agent, gate, owner);
    if (limit !== void 0 && limit !== Number.POSITIVE_INFINITY)
      stop = alarm(limit, () => {
        waiting2.look(true);
        listener.remove(waiting2);
      });
    listener.add(waiting2);
  });
}

// crate/js/src/sync/lock.ts
var ACQUIRE = 0;
var RELEASE = 1;
var LOCKED = 2;
var Acquirable = class extends Handle {
  /**
   * Waits until it is ours: true, or false where the time is over first.
   *
   * @param options `timeout` in seconds; none waits without end, 0 only tries
   * @throws HolderDiedError where the worker that holds it was ended
   */
  async acquire(options = {}) {
    const got = await passed(this.agent, this.gate(), this, options.timeout, this.#take);
    return got === true;
  }
  /** The blocking form of `acquire`, for workers, with a `timeout` in seconds; with one of 0 for a page, too. */
  acquireSync(timeout) {
    return passSync(this.agent, this.gate(), timeout, this.kind, this.#take, this.circle) === true;
  }
  /** @internal For what is held by one agent, who is deemed to give it back. */
  get circle() {
    return void 0;
  }
  /**
   * Gives it back.
   *
   * @throws RuntimeError where it is not held
   */
  release() {
    this.ask(RELEASE, 1);
  }
  /** The with-statement: runs `body` with it held, and gives it back, whatever happens in there. */
  async held(body) {
    await this.acquire();
    try {
      return await body();
    } finally {
      this.release();
    }
  }
  /** The blocking form of `held`, for workers. `body` is not awaited. */
  heldSync(body) {
    this.acquireSync();
    try {
      return body();
    } finally {
      this.release();
    }
  }
  /** For `using`: `using _ = await lock.guard();` */
  async guard() {
    await this.acquire();
    return this.#guard();
  }
  /** For `using` in workers: `using _ = lock.guardSync();` */
  guardSync() {
    this.acquireSync();
    return this.#guard();
  }
  #guard() {
    let held = true;
    const release = () => {
      if (held) this.release();
      held = false;
    };
    const dispose = Symbol.dispose ?? /* @__PURE__ */ Symbol.for("Symbol.dispose");
    return { release, [dispose]: release };
  }
  #take = () => this.step(ACQUIRE) === NOT_YET ? void 0 : true;
};
var Owned = class extends Acquirable {
  /** Whether somebody holds it. */
  locked() {
    return this.ask(LOCKED) === 1;
  }
  /** @internal */
  get circle() {
    return { lock: this.address, undo: () => this.step(RELEASE, 1) };
  }
};
var Lock = class extends Owned {
  /** A lock that nobody holds. */
  constructor(existing) {
    super(LOCK2, existing instanceof Existing ? existing : 0);
  }
};
var RLock = class extends Owned {
  /** A lock that nobody holds. */
  constructor(existing) {
    super(RLOCK, existing instanceof Existing ? existing : 0);
  }
};

// crate/js/src/sync/semaphore.ts
var RELEASE2 = 1;
var VALUE2 = 2;
var MOST2 = 2147483647;
function checkCount(what, value, least) {
  if (typeof value !== "number" || !Number.isInteger(value))
    throw new TypeError(`${what} must be an integer, not ${String(value)}`);
  if (value < least || value > MOST2)
    throw new RangeError(`${what} must be from ${least} to ${MOST2}, not ${value}`);
  return value;
}
var AnySemaphore = class extends Acquirable {
  /** Gives back `n` places, or adds them. */
  release(n = 1) {
    this.ask(RELEASE2, checkCount("n", n, 1));
  }
  /** How many places are free. */
  get value() {
    return this.ask(VALUE2);
  }
  tooOften() {
    return "Semaphore released too many times";
  }
};
var Semaphore = class extends AnySemaphore {
  /** A semaphore with `value` places. */
  constructor(value = 1) {
    super(SEMAPHORE, value instanceof Existing ? value : checkCount("value", value, 0));
  }
};
var BoundedSemaphore = class extends AnySemaphore {
  /** A semaphore with `value` places, and never more. */
  constructor(value = 1) {
    super(BOUNDED_SEMAPHORE, value instanceof Existing ? value : checkCount("value", value, 0));
  }
};
var PASSED = 0;
var SET2 = 1;
var CLEAR = 2;
var IS_SET = 3;
var ARRIVE = 4;
var Event = class extends Handle {
  /** An event that is not set. */
  constructor(existing) {
    super(EVENT, existing instanceof Existing ? existing : 0);
  }
  /** Whether the flag is set. */
  isSet() {
    return this.ask(IS_SET) === 1;
  }
  /** Sets the flag, and wakes everybody who waits for it. */
  set() {
    this.ask(SET2);
  }
  /** Clears the flag: who comes from now on waits for the next `set`. */
  clear() {
    this.ask(CLEAR);
  }
  /** Waits until the flag is set, or was set since the call: true, or false where the time is over first. */
  async wait(options = {}) {
    const step = this.#arrive();
    return await passed(this.agent, this.gate(), this, options.timeout, step) === true;
  }
  /** The blocking form of `wait`, for workers, with a `timeout` in seconds. */
  waitSync(timeout) {
    return passSync(this.agent, this.gate(), timeout, this.kind, this.#arrive()) === true;
  }
  #arrive() {
    const { agent } = this;
    const arrived = agent.inside(() => agent.core.cf_sync_step(this.address, ARRIVE, 0)) ?? 0;
    return () => this.step(PASSED, arrived) === NOT_YET ? void 0 : true;
  }
};

// crate/js/src/sync/condition.ts
var NOTIFY = 3;
var EVERYBODY = 4294967295;
var Condition = class extends Acquirable {
  /** @param lock a `Lock` or `RLock` that others use too; without one it has an `RLock` of its own */
  constructor(lock) {
    if (lock !== void 0 && !(lock instanceof Handle) && !(lock instanceof Existing))
      throw new TypeError(`a Condition takes a Lock or an RLock, not ${String(lock)}`);
    super(CONDITION, lock instanceof Handle ? lock.address : lock ?? 0);
  }
  /**
   * Gives the lock back, waits until it is notified, and takes the lock again: true, or false where the time is over first.
   *
   * ```js
   * await ready();
   * const condition = new Condition();
   * await condition.acquire();
   * const future = executor.submit(condition => condition.heldSync(() => condition.notify()), condition);
   * console.log(await condition.wait({ timeout: 10 }));   // true
   * condition.release();
   * await future;
   * ```
   *
   * @throws RuntimeError where the lock is not held here
   */
  async wait(options = {}) {
    const { agent } = this;
    const waiter = this.#enter();
    const notified = () => this.#notified(waiter, 0);
    await passed(agent, waiter, this, options.timeout, notified);
    const inTime = agent.inside(() => this.#notified(waiter, 1));
    try {
      await passed(agent, this.gate(), this, void 0, () => this.#resume(waiter));
    } finally {
      await notListening(agent, waiter);
      this.#forget(waiter);
    }
    return inTime === true;
  }
  /**
   * The blocking form of `wait`, for workers, with a `timeout` in seconds.
   *
   * ```js
   * await ready();
   * const condition = new Condition();
   * const late = condition => condition.heldSync(() => condition.waitSync(0.01));
   * console.log(await executor.submit(late, condition));   // false
   * ```
   */
  waitSync(timeout) {
    const { agent } = this;
    mustBlock(agent);
    const waiter = this.#enter();
    passSync(agent, waiter, timeout, this.kind, () => this.#notified(waiter, 0));
    const inTime = agent.inside(() => this.#notified(waiter, 1));
    try {
      passSync(agent, this.gate(), void 0, this.kind, () => this.#resume(waiter));
    } finally {
      this.#forget(waiter);
    }
    return inTime === true;
  }
  /** Waits until `predicate` gives something true, which is looked at first and after each notification; gives the last. */
  async waitFor(predicate, options = {}) {
    const left = countdown(options.timeout);
    for (; ; ) {
      const value = predicate();
      if (value) return value;
      const timeout = left();
      if (timeout === 0 || !await this.wait({ timeout })) return predicate();
    }
  }
  /** The blocking form of `waitFor`, for workers, with a `timeout` in seconds. */
  waitForSync(predicate, timeout) {
    const left = countdown(timeout);
    for (; ; ) {
      const value = predicate();
      if (value) return value;
      const rest = left();
      if (rest === 0 || !this.waitSync(rest)) return predicate();
    }
  }
  /**
   * Wakes up to `n` that wait, those first that have waited longest. They go on once they have the lock.
   *
   * @throws RuntimeError where the lock is not held here
   */
  notify(n = 1) {
    this.ask(NOTIFY, checkCount("n", n, 0));
  }
  /** Wakes all that wait. */
  notifyAll() {
    this.ask(NOTIFY, EVERYBODY);
  }
  notHeld() {
    return "the lock of the condition is not held here: acquire the condition first";
  }
  #enter() {
    const { agent } = this;
    const waiter = agent.inside(() => agent.core.cf_sync_wait(this.address));
    if (waiter === void 0) throw lost(agent);
    if (waiter === 0) throw new RuntimeError(this.notHeld());
    return waiter;
  }
  #notified(waiter, giveUp2) {
    return this.agent.core.cf_sync_notified(waiter, giveUp2) === 1 || void 0;
  }
  #resume(waiter) {
    const { core } = this.agent;
    return this.checked(core.cf_sync_resume(this.address, waiter)) === 1 || void 0;
  }
  #forget(waiter) {
    const { agent } = this;
    agent.inside(() => agent.core.cf_sync_forget(this.address, waiter));
  }
};
function countdown(timeout) {
  if (timeout === void 0) return () => void 0;
  const end2 = performance.now() + timeout * 1e3;
  return () => Math.max(0, (end2 - performance.now()) / 1e3);
}
var ARRIVE2 = 0;
var LEAVE = 1;
var ACTED = 2;
var GIVE_UP = 3;
var ABORT = 4;
var RESET = 5;
var WAITING = 6;
var BROKEN2 = 7;
var PARTIES = 8;
var Barrier = class extends Handle {
  #action;
  #timeout;
  more;
  stays;
  constructor(parties, options = {}) {
    const existing = parties instanceof Existing;
    super(BARRIER, existing ? parties : checkCount("parties", parties, 1));
    this.#action = options.action;
    this.#timeout = existing ? parties.more : options.timeout;
    this.more = this.#timeout;
    this.stays = this.#action === void 0 ? void 0 : "a Barrier with an action stays on its agent; let the party with the number 0 do it";
  }
  /** Waits until all parties wait, and says as which of them this came, from zero. */
  async wait(options = {}) {
    const timeout = options.timeout ?? this.#timeout;
    const { agent } = this;
    const gate = this.gate();
    const number = came(await passed(agent, gate, this, timeout, this.#arrive));
    if (number === this.parties - 1) return this.#act(number);
    if (await passed(agent, gate, this, timeout, this.#leave) === void 0) {
      this.ask(GIVE_UP);
      await passed(agent, gate, this, void 0, this.#leave);
    }
    return number;
  }
  /** The blocking form of `wait`, for workers, with a `timeout` in seconds. */
  waitSync(timeout = this.#timeout) {
    const { agent } = this;
    mustBlock(agent);
    const gate = this.gate();
    const number = came(passSync(agent, gate, timeout, this.kind, this.#arrive));
    if (number === this.parties - 1) return this.#act(number);
    if (passSync(agent, gate, timeout, this.kind, this.#leave) === void 0) {
      this.ask(GIVE_UP);
      passSync(agent, gate, void 0, this.kind, this.#leave);
    }
    return number;
  }
  /** Sends who waits away with BrokenBarrierError, and makes the barrier, broken or not, as new. */
  reset() {
    this.ask(RESET);
  }
  /** Breaks the barrier for who waits and for who comes, until a `reset`. */
  abort() {
    this.ask(ABORT);
  }
  /** How many must come. */
  get parties() {
    return this.ask(PARTIES);
  }
  /** How many wait now. */
  get nWaiting() {
    return this.ask(WAITING);
  }
  /** Whether the barrier is broken. */
  get broken() {
    return this.ask(BROKEN2) === 1;
  }
  #arrive = () => {
    const arrived = this.step(ARRIVE2);
    if (arrived === NOT_YET) return void 0;
    if (arrived === this.step(PARTIES) && this.#action === void 0) this.step(ACTED, 1);
    return arrived - 1;
  };
  #leave = () => this.step(LEAVE) === NOT_YET ? void 0 : true;
  /** As the last party: runs the action, and lets all go. */
  #act(number) {
    if (this.#action === void 0) return number;
    try {
      this.#action();
    } catch (error) {
      this.agent.inside(() => this.agent.core.cf_sync_step(this.address, ACTED, 0));
      throw error;
    }
    this.ask(ACTED, 1);
    return number;
  }
};
function came(number) {
  if (number === void 0) throw new BrokenBarrierError();
  return number;
}

// crate/js/src/sync/memory.ts
var CLASSES = new Map(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array
  ].map((numbers) => [numbers.name, numbers])
);
var keepers = /* @__PURE__ */ new WeakMap();
var SharedCounter = class extends Handle {
  #cell;
  /** @param value what it is at the start */
  constructor(value = 0) {
    super(COUNTER, value instanceof Existing ? value : 8);
    this.#cell = new BigInt64Array(this.agent.memory.buffer, this.gate(), 1);
    if (!(value instanceof Existing)) this.set(value);
  }
  /** What it is now. */
  get() {
    return Number(Atomics.load(this.#cell, 0));
  }
  /** Makes it `value`. */
  set(value) {
    Atomics.store(this.#cell, 0, whole(value));
  }
  /** Adds `n`, in one step, and gives what it is then. */
  add(n = 1) {
    const by = whole(n);
    return Number(Atomics.add(this.#cell, 0, by) + by);
  }
  /** Makes it `value` if it is `expected`: whether it was. */
  compareExchange(expected, value) {
    const before = whole(expected);
    return Atomics.compareExchange(this.#cell, 0, before, whole(value)) === before;
  }
};
function whole(value) {
  if (!Number.isSafeInteger(value))
    throw new TypeError(`a SharedCounter counts integers up to 2**53, not ${String(value)}`);
  return BigInt(value);
}
var SharedArray = class extends Handle {
  /** The numbers; all zero at the start. */
  array;
  more;
  constructor(numbers, length = 0) {
    const more2 = numbers instanceof Existing ? String(numbers.more) : `${numbers?.name} ${checkCount("length", length, 0)}`;
    const [name = "", count = ""] = more2.split(" ");
    const view = CLASSES.get(name);
    if (view === void 0)
      throw new TypeError(`a SharedArray is made of a class of typed arrays, not ${name}`);
    super(ARRAY2, numbers instanceof Existing ? numbers : Number(count) * view.BYTES_PER_ELEMENT);
    this.more = more2;
    this.array = new view(this.agent.memory.buffer, this.gate(), Number(count));
    keepers.set(this.array, this);
  }
};

// crate/js/src/sync/priority.ts
var END2 = 0;
var NUMBER = 1;
var STRING = 2;
var LIST = 3;
function rankOf(item) {
  const bytes = [];
  const compared = write(bytes, item);
  if (!compared && bytes.length <= 1)
    throw new TypeError(
      `a PriorityQueue orders numbers and strings, and arrays that begin with such, as [priority, item]; not ${describe2(item)}`
    );
  return Uint8Array.from(bytes);
}
function write(bytes, item) {
  if (typeof item === "number" || typeof item === "boolean") writeNumber2(bytes, Number(item));
  else if (typeof item === "bigint" && BigInt(Number(item)) === item)
    writeNumber2(bytes, Number(item));
  else if (typeof item === "string") writeString2(bytes, item);
  else if (Array.isArray(item)) {
    bytes.push(LIST);
    for (const part of item) if (!write(bytes, part)) return false;
    bytes.push(END2);
  } else return false;
  return true;
}
function writeNumber2(bytes, value) {
  if (Number.isNaN(value)) throw new TypeError("NaN has no place in an order");
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0);
  const negative = value < 0;
  bytes.push(NUMBER);
  for (let i = 0; i < 8; i++) {
    const byte = view.getUint8(i);
    bytes.push(negative ? ~byte & 255 : i === 0 ? byte ^ 128 : byte);
  }
}
function writeString2(bytes, text) {
  bytes.push(STRING);
  for (const byte of new TextEncoder().encode(text)) {
    bytes.push(byte);
    if (byte === 0) bytes.push(255);
  }
  bytes.push(0, 0);
}
function describe2(item) {
  return Array.isArray(item) ? "an array that begins otherwise" : `a value of type ${typeof item}`;
}

// crate/js/src/sync/queue.ts
var RESERVE = 0;
var TASK_DONE = 1;
var FINISHED = 2;
var SHUT_DOWN2 = 3;
var SIZE = 4;
var FULL = 5;
var BUSY2 = -6;
var ITEMS = 0;
var SPACE = 1;
var ALL_DONE = 2;
var LOOKS = 1e4;
var AnyQueue = class extends Handle {
  /** The most items that fit; 0 where there is no limit. */
  maxsize;
  more;
  /** @internal */
  constructor(kind, maxsize) {
    const size = maxsize instanceof Existing ? maxsize : checkCount("maxsize", maxsize, -2147483648);
    super(kind, typeof size === "number" ? Math.max(0, size) : size);
    this.more = this.maxsize = typeof size === "number" ? Math.max(0, size) : Number(size.more);
  }
  /**
   * Puts `item` in; where the queue is full, waits until there is space.
   *
   * @param options `timeout` in seconds; none waits without end, 0 only tries
   * @throws Full when the time is over first; ShutDown; DataCloneError where the item cannot cross
   */
  async put(item, options = {}) {
    const { agent } = this;
    const parcel = this.#pack(item);
    await this.#orUnpack(
      parcel,
      () => passed(agent, this.gate(SPACE), this, options.timeout, () => this.#send(parcel))
    );
  }
  /** The blocking form of `put`, for workers, with a `timeout` in seconds. */
  putSync(item, timeout) {
    const parcel = this.#pack(item);
    let put;
    try {
      put = passSync(this.agent, this.gate(SPACE), timeout, this.kind, () => this.#send(parcel));
    } finally {
      if (put === void 0) this.#unpack(parcel);
    }
    if (put === void 0) throw new Full();
  }
  /** Puts `item` in if there is space; throws Full or ShutDown otherwise. */
  putNowait(item) {
    this.putSync(item, 0);
  }
  /**
   * Takes the next item out, and waits for one where there is none.
   *
   * @throws Empty when the time is over first; ShutDown where there will be none
   */
  async get(options = {}) {
    if (options.timeout === 0) return this.getNowait();
    const got = await passed(this.agent, this.gate(ITEMS), this, options.timeout, this.#take);
    if (got === void 0) throw new Empty();
    return got.item;
  }
  /** The blocking form of `get`, for workers, with a `timeout` in seconds. */
  getSync(timeout) {
    if (timeout === 0) return this.getNowait();
    const got = passSync(this.agent, this.gate(ITEMS), timeout, this.kind, this.#take);
    if (got === void 0) throw new Empty();
    return got.item;
  }
  /** Takes the next item out if there is one; throws Empty or ShutDown otherwise. */
  getNowait() {
    const { agent } = this;
    for (let look = 0; look < LOOKS; look++) {
      const got = agent.inside(() => this.#take() ?? (this.#busy ? BUSY2 : void 0));
      if (got !== BUSY2 && got !== void 0) return got.item;
      if (got === void 0) break;
      if (agent.mayBlock)
        Atomics.wait(
          agent.words,
          agent.scratch / 4,
          Atomics.load(agent.words, agent.scratch / 4),
          1
        );
    }
    if (agent.dead !== void 0) throw lost(agent);
    throw new Empty();
  }
  /** Says that one item that was taken out is dealt with; a RangeError where that is said more often than items came. */
  taskDone() {
    this.ask(TASK_DONE);
  }
  /** Waits until every item that was put in is dealt with. */
  async join() {
    await passed(this.agent, this.gate(ALL_DONE), this, void 0, this.#finished);
  }
  /** The blocking form of `join`, for workers. */
  joinSync() {
    passSync(this.agent, this.gate(ALL_DONE), void 0, this.kind, this.#finished);
  }
  /**
   * From now on `put` throws ShutDown, and `get` does once the queue is empty; with `immediate` at once: what is in is
   * dropped, and counts as dealt with.
   */
  shutdown(options = {}) {
    this.ask(SHUT_DOWN2, options.immediate === true ? 1 : 0);
  }
  /** How many items are in. */
  qsize() {
    return this.ask(SIZE);
  }
  /** Whether there are none. */
  empty() {
    return this.qsize() === 0;
  }
  /** Whether there is no space; never, where there is no limit. */
  full() {
    return this.ask(FULL) === 1;
  }
  /** @internal By which bytes the item is ordered. */
  rank(_item) {
    return void 0;
  }
  tooOften() {
    return "taskDone() called too many times";
  }
  /** Whether the last `#take` found another agent at it. */
  #busy = false;
  #take = () => {
    const { agent } = this;
    const { core, scratch } = agent;
    const answer = core.cf_queue_get(this.address, scratch);
    this.#busy = answer === BUSY2;
    if (this.#busy || this.checked(answer) === NOT_YET) return void 0;
    const { words } = agent;
    const [block = 0, length = 0] = [words[scratch / 4], words[scratch / 4 + 1]];
    try {
      return { item: agent.decode(block, length) };
    } finally {
      core.cf_free(block, length);
    }
  };
  #finished = () => this.step(FINISHED) === NOT_YET ? void 0 : true;
  #pack(item) {
    const { agent } = this;
    const rank = this.rank(item);
    const length = agent.prepare(item, "item");
    const parcel = agent.inside(() => {
      const block = agent.place(length);
      if (rank === void 0) return { block, length, key: 0, keyLength: 0 };
      const key = agent.allocateMessage(rank.length);
      agent.bytes.set(rank, key);
      return { block, length, key, keyLength: rank.length };
    });
    if (parcel === void 0) throw lost(agent);
    return parcel;
  }
  #send({ block, length, key, keyLength }) {
    if (this.step(RESERVE) === NOT_YET) return void 0;
    this.agent.core.cf_queue_put(this.address, block, length, key, keyLength);
    return true;
  }
  async #orUnpack(parcel, send) {
    let put;
    try {
      put = await send();
    } finally {
      if (put === void 0) this.#unpack(parcel);
    }
    if (put === void 0) throw new Full();
  }
  #unpack({ block, length, key, keyLength }) {
    const { agent } = this;
    if (agent.dead !== void 0) return;
    agent.inside(() => {
      agent.core.cf_free(block, length);
      if (key !== 0) agent.core.cf_free(key, keyLength);
    });
  }
};
var Queue = class extends AnyQueue {
  /** @param maxsize the most items that fit; 0 for no limit */
  constructor(maxsize = 0) {
    super(QUEUE, maxsize);
  }
};
var LifoQueue = class extends AnyQueue {
  /** @param maxsize the most items that fit; 0 for no limit */
  constructor(maxsize = 0) {
    super(LIFO_QUEUE, maxsize);
  }
};
var PriorityQueue = class extends AnyQueue {
  /** @param maxsize the most items that fit; 0 for no limit */
  constructor(maxsize = 0) {
    super(PRIORITY_QUEUE, maxsize);
  }
  rank(item) {
    return rankOf(item);
  }
};

// crate/js/src/sync/install.ts
function installSync() {
  install({
    [LOCK2]: Lock,
    [RLOCK]: RLock,
    [SEMAPHORE]: Semaphore,
    [BOUNDED_SEMAPHORE]: BoundedSemaphore,
    [EVENT]: Event,
    [CONDITION]: Condition,
    [BARRIER]: Barrier,
    [QUEUE]: Queue,
    [LIFO_QUEUE]: LifoQueue,
    [PRIORITY_QUEUE]: PriorityQueue,
    [COUNTER]: SharedCounter,
    [ARRAY2]: SharedArray
  });
}

// crate/js/src/sync/rust.ts
function syncClasses() {
  return {
    Barrier,
    BoundedSemaphore,
    BrokenBarrierError,
    Condition,
    Empty,
    Event,
    Full,
    HolderDiedError,
    LifoQueue,
    Lock,
    PriorityQueue,
    Queue,
    RLock,
    Semaphore,
    SharedArray,
    SharedCounter,
    ShutDown
  };
}
function addressOf(value, kind) {
  if (!(value instanceof Handle) || value.kind !== kind || value.stays !== void 0) return 0;
  return value.agent === currentRealm()?.agent ? value.address : 0;
}
function packItem(value) {
  const agent = agentOfRust();
  const rank = rankIfAny(value);
  const length = agent.prepare(value, "item");
  const packed = agent.inside(() => {
    const block = agent.place(length);
    if (rank === void 0) return [block, length, 0, 0];
    const key = agent.allocateMessage(rank.length);
    agent.bytes.set(rank, key);
    return [block, length, key, rank.length];
  });
  if (packed === void 0) throw lost(agent);
  return Uint32Array.from(packed);
}
function openItem(block, length) {
  const agent = agentOfRust();
  return agent.inside(() => agent.decode(block, length));
}
function agentOfRust() {
  const realm = currentRealm();
  if (realm === void 0) throw new RuntimeError("the memory of this module is lost");
  return realm.agent;
}
function rankIfAny(value) {
  try {
    return rankOf(value);
  } catch {
    return void 0;
  }
}

// crate/js/src/snippet.ts
var NESTED = "#spawner";
var factory = () => new Worker(new URL("./snippet.js", import.meta.url), { type: "module" });
var glue;
function setWorkerFactory(made) {
  factory = made;
}
function startRuntime(module, memory, exports, glueUrl) {
  const core = exports;
  if (isTaskSide() && isolated()) {
    startInProcess(module, memory, core);
    return;
  }
  if (currentRealm() !== void 0) return;
  glue = glueUrl;
  const root2 = !isWorker() || !isolated();
  const address = core.cf_agent_new(root2 ? SPAWNER | GLUED : MAY_BLOCK | GLUED);
  const agent = new Agent(module, memory, core, address, !root2);
  const spawner = root2 ? new Spawner(agent, () => factory(), glue, 0, host) : void 0;
  spawner?.use(agent);
  if (spawner === void 0) listenForGood(agent);
  reportPoison(agent);
  setCurrent(agent, spawner);
}
function startInProcess(module, memory, core) {
  const tell = tellFromTaskSide();
  if (tell === null)
    throw new Error(
      "a function in Rust that JavaScript names as a task cannot make executors: make them in its caller"
    );
  const spawner = core.cf_agent_new(SPAWNER);
  const agent = new Agent(module, memory, core, core.cf_agent_new(MAY_BLOCK | GLUED), true);
  tell({ cf: "host", memory, agent: spawner });
  listenForGood(agent);
  nested = Promise.resolve();
  setCurrent(agent);
}
function listenForGood(agent) {
  agent.watchers.add({ look() {
  } });
  agent.listen();
}
function reportPoison(agent) {
  const before = agent.onPoison;
  agent.onPoison = (breakage) => {
    before(breakage);
    console.error(
      `concurrent-futures: the memory of this module is broken, and what Rust awaits here never ends: ${breakage.reason}. Load the page again.`
    );
  };
}
async function runtimeReady() {
  const realm = currentRealm();
  if (realm === void 0 || realm.spawner !== void 0 || nested !== void 0) return nested;
  nested = startNestedSpawner(
    realm.agent,
    () => new Worker(new URL("./snippet.js#spawner", import.meta.url), { type: "module" }),
    TASK_STACK,
    glue
  );
  return nested;
}
var nested;
installSync();
if (isWorker() && globalThis.location.href.split("#")[0] === import.meta.url.split("#")[0]) {
  if (globalThis.location.href.endsWith(NESTED)) serveSpawner(factory, host);
  else serveTasks({});
}
export {
  addressOf,
  handleOf,
  isTaskSide,
  isolated,
  openItem,
  packItem,
  runtimeReady,
  serveTasks as serve,
  setWorkerFactory,
  startRuntime,
  syncClasses
};
