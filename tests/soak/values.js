// What a call with a certain id must give.

/** A number that no neighbour shares. */
export function mix(id) {
  const low = Math.imul((id % 2 ** 32) | 0, 0x9e37_79b1) >>> 0;
  return low * 2 ** 20 + (id % 1_048_573);
}

/** Bytes that tell whose they are. */
export function bytesOf(id, length) {
  const start = mix(id);
  return Uint8Array.from({ length }, (_, index) => start + index * 7);
}
