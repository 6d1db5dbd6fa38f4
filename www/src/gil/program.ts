// Makes the program of a run under the GIL: with checkpoints, and with thread pools that take the lock.

import { signal } from '@preact/signals';
import { libraryAddress } from '../library.ts';
import { moduleAddress } from '../run/module.ts';

/** Whether the next run is under the GIL. */
export const gil = signal(false);
/** What the run on the page had: the lock, or a reason why it had none. */
export const gilOfRun = signal<'off' | 'on' | 'unreadable'>('off');

/** A program, and the addresses of what it imports where they are others than usual. */
export interface Program {
  readonly text: string;
  readonly addresses: Readonly<Record<string, string>>;
}

const runtimeAddress = new URL('gil.js', document.baseURI).href;

let library: string | undefined;

/** The package, as programs under the GIL see it; made once. */
function libraryUnderGil(): string {
  const [real, runtime] = [libraryAddress, runtimeAddress].map(address => JSON.stringify(address));
  library ??= moduleAddress(
    `import { ThreadPoolExecutor as Pool } from ${real};
import { threads } from ${runtime};
export * from ${real};
export const ThreadPoolExecutor = threads(Pool);`,
  );
  return library;
}

/** The program that a run starts with, by the switch. What cannot be read is left as it is: its errors are its own. */
export async function programOf(text: string): Promise<Program> {
  gilOfRun.value = 'off';
  if (!gil.peek()) return { text, addresses: {} };
  const { instrument } = await import('./instrument.ts');
  const changed = instrument(text);
  gilOfRun.value = changed === undefined ? 'unreadable' : 'on';
  return changed === undefined
    ? { text, addresses: {} }
    : { text: changed, addresses: { 'concurrent-futures': libraryUnderGil() } };
}
