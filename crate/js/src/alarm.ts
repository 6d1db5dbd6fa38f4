// The alarm of a coroutine in Rust: a word that is not 0 once it can go on. The event loop turns until then.

import { turn } from './clock.js';

/** How long to block where no wait lets the event loop turn, in milliseconds. */
const BLOCK = 2;

/** Settles once the word at this index is not 0. The event loop has had a turn by then. */
export async function rung(words: () => Int32Array, index: number): Promise<void> {
  if (typeof Atomics.waitAsync === 'function') {
    const wait = Atomics.waitAsync(words(), index, 0);
    // One that never has to wait shall not keep the event loop from turning.
    if (wait.async) await wait.value;
    else await turn();
    return;
  }
  while (Atomics.load(words(), index) === 0) {
    await turn();
    Atomics.wait(words(), index, 0, BLOCK);
  }
}
