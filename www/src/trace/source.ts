// Where the events of a run are read.

import type { Tracing } from './events.ts';
import { loadTracing } from './library.ts';

/** Events that may wait for the page: those of a run of ten thousand calls that takes no time at all. */
const CAPACITY = 65_536;

/**
 * Begins to record and gives what the page reads, where memory is shared; `undefined` where the driver worker reads, or
 * where the file cannot be loaded: then the run goes on without a timeline.
 */
export async function source({
  ready,
}: {
  ready(): Promise<unknown>;
}): Promise<Tracing | undefined> {
  if (!crossOriginIsolated) return undefined;
  try {
    await ready();
    const { startTracing } = await loadTracing();
    return startTracing({ capacity: CAPACITY });
  } catch (error) {
    console.warn('The run is not recorded.', error);
    return undefined;
  }
}
