// Texts and lists that cross the ABI in blocks of pool memory.

import { type Address, SCRATCH_WORDS } from './abi.js';
import type { Agent } from './agent.js';

/** Text as UTF-8. */
export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Puts `bytes` into a new block; gives its address and length. */
export function putBytes(agent: Agent, bytes: Uint8Array): [block: Address, length: number] {
  const block = agent.allocate(bytes.length);
  agent.bytes.set(bytes, block);
  return [block, bytes.length];
}

/** Lends `use` a block with `text` as UTF-8. */
export function lendText<R>(
  agent: Agent,
  text: string,
  use: (block: Address, length: number) => R,
): R {
  const [block, length] = putBytes(agent, toUtf8(text));
  const result = use(block, length);
  agent.core.cf_free(block, length);
  return result;
}

/** The text that `ask` gives the address of, and writes the length of to where it is told. */
export function readText(agent: Agent, ask: (out: Address) => Address): string {
  const start = ask(agent.scratch);
  return agent.textAt(start, agent.words[agent.scratch / 4] ?? 0);
}

/** The addresses that `ask` writes to where it is told, as many as it says. */
export function readAddresses(
  agent: Agent,
  ask: (out: Address, most: number) => number,
): Address[] {
  const count = ask(agent.scratch, SCRATCH_WORDS);
  const first = agent.scratch / 4;
  return [...agent.words.subarray(first, first + count)];
}
