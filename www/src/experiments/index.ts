// The experiments: programs that run as they stand, one idea each, with the Python that they come from.

import { controlled } from '../isolation.ts';
import { type Entry, GROUPS } from './catalogue.ts';

export interface Experiment extends Entry {
  readonly group: string;
  /** The program, as the editor shows it. */
  readonly code: string;
  /** The Python original. */
  readonly python: string;
  /** Awaited before each run; refuses by throwing. */
  readonly prepare?: () => Promise<void>;
}

const programs = import.meta.glob<string>('./programs/*.js', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const originals = import.meta.glob<string>('./python/*.py', {
  query: '?raw',
  import: 'default',
  eager: true,
});

async function serviceWorkerNeeded(): Promise<void> {
  try {
    await controlled();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `This experiment’s network is made by the page's service worker, and there is none. ${reason} Private windows and blocked cookies are the usual causes.`,
    );
  }
}

/** Whether the program fetches from the network that the sliders set. */
export const usesNetwork = ({ needs }: Entry) => needs === 'network' || needs === 'both';
/** Whether the program runs on isolated pages only, as it stands. */
export const usesThreads = ({ needs }: Entry) => needs === 'threads' || needs === 'both';

export const EXPERIMENTS: readonly Experiment[] = GROUPS.flatMap(({ name, entries }) =>
  entries.map(entry => ({
    ...entry,
    group: name,
    code: programs[`./programs/${entry.id}.js`] ?? '',
    python: originals[`./python/${entry.id}.py`] ?? '',
    ...(usesNetwork(entry) && { prepare: serviceWorkerNeeded }),
  })),
);
