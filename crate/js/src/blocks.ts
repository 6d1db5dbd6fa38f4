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

/** Puts `text` into a new block as UTF-8, and gives it to `use`, which takes it over. */
export function putText<R>(
  agent: Agent,
  text: string,
  use: (block: Address, length: number) => R,
): R {
  return use(...putBytes(agent, toUtf8(text)));
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
