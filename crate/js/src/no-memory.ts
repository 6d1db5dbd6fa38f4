// What there is to say where pool memory is exhausted.

import type { Address } from './abi.js';

/** A reply shorter than this may take what messages leave, in bytes. */
export const SMALL = 4096;

/** The block, unless there was no room for one of that length. */
export function orThrow(block: Address, length: number): Address {
  if (block === 0) throw noMemory(length);
  return block;
}

/** Pool memory is exhausted. */
export function noMemory(length: number): RangeError {
  return new RangeError(
    `no pool memory is left for a message of ${length} bytes: let calls end first, or send less`,
  );
}
