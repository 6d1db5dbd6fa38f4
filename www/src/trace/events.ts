// What the executors record, as the package's subpath `trace` hands it out. Types only: the code comes from lib/.

export type { Trace as Tracing, TraceEvent } from 'concurrent-futures/trace';
