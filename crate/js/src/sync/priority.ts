// By which bytes a priority queue orders its items: bytes that compare as the priorities do.
//
//   END      00                         a shorter list goes before a longer one that begins alike, as in Python
//   number   01, 8 bytes                the sign turned, and all bits of a negative one: compares as numbers do
//   string   02, UTF-8, 00 00           a byte 00 of the text is 00 ff
//   array    03, its items, 00
//
// An item is a number or a string, or an array that begins with such: as many of its items count as can be compared.

const END = 0;
const NUMBER = 1;
const STRING = 2;
const LIST = 3;

/** The bytes for `item`, in a private buffer. */
export function rankOf(item: unknown): Uint8Array {
  const bytes: number[] = [];
  const compared = write(bytes, item);
  if (!compared && bytes.length <= 1)
    throw new TypeError(
      `a PriorityQueue orders numbers and strings, and arrays that begin with such, as [priority, item]; not ${describe(item)}`,
    );
  return Uint8Array.from(bytes);
}

/** Writes what of `item` can be compared: false where something cannot. */
function write(bytes: number[], item: unknown): boolean {
  if (typeof item === 'number' || typeof item === 'boolean') writeNumber(bytes, Number(item));
  else if (typeof item === 'bigint' && BigInt(Number(item)) === item)
    writeNumber(bytes, Number(item));
  else if (typeof item === 'string') writeString(bytes, item);
  else if (Array.isArray(item)) {
    bytes.push(LIST);
    for (const part of item) if (!write(bytes, part)) return false;
    bytes.push(END);
  } else return false;
  return true;
}

function writeNumber(bytes: number[], value: number): void {
  if (Number.isNaN(value)) throw new TypeError('NaN has no place in an order');
  const view = new DataView(new ArrayBuffer(8));
  // Without the sign of zero.
  view.setFloat64(0, value + 0);
  const negative = value < 0;
  bytes.push(NUMBER);
  for (let i = 0; i < 8; i++) {
    const byte = view.getUint8(i);
    bytes.push(negative ? ~byte & 0xff : i === 0 ? byte ^ 0x80 : byte);
  }
}

function writeString(bytes: number[], text: string): void {
  bytes.push(STRING);
  for (const byte of new TextEncoder().encode(text)) {
    bytes.push(byte);
    if (byte === 0) bytes.push(0xff);
  }
  bytes.push(0, 0);
}

function describe(item: unknown): string {
  return Array.isArray(item) ? 'an array that begins otherwise' : `a value of type ${typeof item}`;
}
