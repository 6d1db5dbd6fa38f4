// Texts and lists that cross the ABI in blocks of pool memory.

import type { Address } from './abi.js';
import { type Agent, SCRATCH_WORDS } from './agent.js';

/** Puts `text` into a new block as UTF-8, and gives it to `use`, which takes it over. */
export function putText<R>(
  agent: Agent,
  text: string,
  use: (block: Address, length: number) => R,
): R {
  const encoded = new TextEncoder().encode(text);
  const block = agent.allocate(encoded.length);
  agent.bytes.set(encoded, block);
  return use(block, encoded.length);
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
