// The first bytes of an encoded value as text, for people. No value is made, so no code of a user runs. See `codec.ts` for
// the format; what is cut off ends with "…".

import {
  ARRAY,
  BIGINT,
  BOXED,
  BUFFER,
  CONSTANT,
  CONSTANTS,
  DATE,
  END,
  ERROR,
  FLOAT,
  float,
  floatBytes,
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
} from '../codec.js';

/** As many characters are shown. */
const MOST = 60;

/** Thrown where the bytes end. */
const over = new Error();

/** The text that `bytes` hold the begin of, or the whole. */
export function previewOf(bytes: Uint8Array): string {
  return new Printer(bytes).run(printer => printer.value());
}

/** The arguments in the begin of a call: an array whose last item names the task. */
export function previewOfCall(bytes: Uint8Array): string {
  return new Printer(bytes).run(printer => printer.call());
}

/** `text` within bounds; `cut` says that it was longer already. */
export function shorten(text: string, cut = false): string {
  if (text.length <= MOST) return cut ? `${text}…` : text;
  // Not between the two halves of a character.
  return `${text.slice(0, MOST).replace(/[\ud800-\udbff]$/, '')}…`;
}

class Printer {
  readonly #bytes: Uint8Array;
  #at = 0;
  #text = '';

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  run(print: (printer: Printer) => void): string {
    try {
      print(this);
    } catch {
      // The bytes end here, or are no value from here on.
      return shorten(this.#text, true);
    }
    return shorten(this.#text);
  }

  call(): void {
    this.#byte();
    const count = this.#number();
    for (let i = 0; i < count - 1; i++) {
      if (i > 0) this.#text += ', ';
      this.value();
    }
    // The arguments wait elsewhere: see `parcels.ts`.
    if (count === 1 && this.#bytes[this.#at + 1] === 'b'.charCodeAt(0)) this.#text += '(moved)';
  }

  value(): void {
    if (this.#text.length > MOST) throw over;
    const tag = this.#byte();
    if (tag < 0x80) this.#text += tag;
    else if (tag < CONSTANT || tag === UTF8 || tag === UTF16) this.#quoted(tag);
    else if (tag < INT) this.#text += CONSTANTS[tag - CONSTANT];
    else this.#other(tag);
  }

  #other(tag: number): void {
    switch (tag) {
      case INT:
        this.#text += this.#int();
        break;
      case FLOAT:
        this.#text += this.#float();
        break;
      case BIGINT:
        this.#text += bigInt(this.#string());
        break;
      case DATE:
        this.#text += dateText(this.#number());
        break;
      case REGEXP:
        this.#text += `/${this.#string()}/${this.#string()}`;
        break;
      case ARRAY:
        this.#array();
        break;
      case SPARSE:
        this.#text += `Array(${this.#number()}) `;
        this.#items('{', '}', ': ');
        break;
      case OBJECT:
        this.#items('{', '}', ': ');
        break;
      case MAP:
        this.#text += 'Map ';
        this.#items('{', '}', ' => ');
        break;
      case SET:
        this.#text += 'Set ';
        this.#items('{', '}', '');
        break;
      case BUFFER:
        this.#text += `ArrayBuffer(${this.#payload().length})`;
        break;
      case VIEW:
        this.#view();
        break;
      case ERROR:
        this.#error();
        break;
      case BOXED:
        this.value();
        break;
      case REF:
        this.#number();
        this.#text += '(see above)';
        break;
      case SHARED:
        this.#text += '(shared)';
        this.#skip(() => [this.#number(), this.#number(), this.value()]);
        break;
      default:
        throw over;
    }
  }

  #array(): void {
    const count = this.#number();
    this.#text += '[';
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#text += ', ';
      this.value();
    }
    this.#text += ']';
  }

  /** Values up to `END`, alone or, with something `between`, in pairs. */
  #items(open: string, close: string, between: string): void {
    this.#text += open;
    for (let first = true; this.#peek() !== END; first = false) {
      if (!first) this.#text += ', ';
      if (between === ': ') this.#text += this.#string();
      else this.value();
      if (between === '') continue;
      this.#text += between;
      this.value();
    }
    this.#at++;
    this.#text += close;
  }

  #view(): void {
    const name = this.#string();
    this.#text += name;
    // The buffer; it may be one that came before.
    this.#skip(() => this.value());
    this.#number();
    this.#text += `(${this.#number()})`;
  }

  #error(): void {
    const name = this.#string();
    this.#text += name;
    if (name === 'DOMException') {
      this.#text += `: ${this.#string()}`;
      return;
    }
    // Two lists of properties, and the message is in one of them.
    for (let lists = 0; lists < 2; ) {
      if (this.#peek() === END) {
        this.#at++;
        lists++;
      } else if (this.#string() === 'message') {
        this.#text += ': ';
        this.#tail();
        return;
      } else this.#skip(() => this.value());
    }
  }

  /** A string that is shown without quotes, as far as there is any of it. */
  #tail(): void {
    this.#characters(this.#byte());
  }

  #quoted(tag: number): void {
    this.#text += "'";
    this.#characters(tag);
    this.#text += "'";
  }

  #characters(tag: number): void {
    const [start, length] = this.#extent(tag);
    const bytes = this.#bytes.subarray(start, start + length);
    const label = tag === UTF16 ? 'utf-16le' : 'utf-8';
    // As a stream, it leaves out the character that is cut off.
    this.#text += new TextDecoder(label, { ignoreBOM: true }).decode(bytes, { stream: true });
    this.#at = start + length;
    if (bytes.length < length) throw over;
  }

  /** Where the characters of a string are, and how many bytes they take. */
  #extent(tag: number): [start: number, length: number] {
    if (tag >= 0x80 && tag < CONSTANT) return [this.#at, tag - 0x80];
    if (tag !== UTF8 && tag !== UTF16) throw over;
    const length = this.#length();
    if (length > LARGE) this.#at += -this.#at & 7;
    return [this.#at, length];
  }

  /** A string that is read whole. */
  #string(): string {
    const before = this.#text;
    this.#text = '';
    try {
      this.#characters(this.#byte());
      return this.#text;
    } finally {
      this.#text = before;
    }
  }

  #payload(): { length: number } {
    const length = this.#length();
    if (length > LARGE) this.#at += -this.#at & 7;
    this.#at += length;
    return { length };
  }

  /** Reads without a trace in the text. */
  #skip(read: () => unknown): void {
    const before = this.#text;
    try {
      read();
    } finally {
      this.#text = before;
    }
  }

  /** Never back: that could go on for ever. */
  #length(): number {
    const length = this.#number();
    if (!(length >= 0)) throw over;
    return length;
  }

  #number(): number {
    const tag = this.#byte();
    if (tag < 0x80) return tag;
    if (tag === INT) return this.#int();
    if (tag === FLOAT) return this.#float();
    throw over;
  }

  #int(): number {
    return this.#byte() | (this.#byte() << 8) | (this.#byte() << 16) | (this.#byte() << 24);
  }

  #float(): number {
    for (let i = 0; i < 8; i++) floatBytes[i] = this.#byte();
    return float[0] ?? 0;
  }

  #peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw over;
    return byte;
  }

  #byte(): number {
    const byte = this.#peek();
    this.#at++;
    return byte;
  }
}

/** `hex` is a number of base 16 with its sign. */
function bigInt(hex: string): string {
  const value = hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
  return `${value}n`;
}

function dateText(time: number): string {
  return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString();
}
