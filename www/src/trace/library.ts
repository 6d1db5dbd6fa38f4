// The package's subpaths that the timeline needs, loaded from its own files as the package itself is: page, driver and
// workers run the same ones.

import type { TraceEvent } from './events.ts';
import type { Tracing } from './feed.ts';

interface TracingModule {
  startTracing(options?: { capacity?: number }): Tracing;
  chromeTrace(events: readonly TraceEvent[]): object;
  traceCsv(events: readonly TraceEvent[]): string;
}
type ProgressModule = typeof import('concurrent-futures/progress');

const address = (name: string) => new URL(`lib/${name}.js`, document.baseURI).href;
const load = (name: string) => import(/* @vite-ignore */ address(name));

/** Where the subpath `trace` is. */
export const tracingAddress = address('trace');

export const loadTracing = () => load('trace') as Promise<TracingModule>;
export const loadProgress = () => load('progress') as Promise<ProgressModule>;
