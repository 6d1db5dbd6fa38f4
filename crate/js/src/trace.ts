// `concurrent-futures/trace`: what futures, workers and executors did, as events; and these as files for other programs.

export { chromeTrace } from './trace/chrome.js';
export { traceCsv } from './trace/csv.js';
export type { ExecutorKind, TraceEvent } from './trace/events.js';
export { startTracing, type Trace, type TraceOptions } from './trace/session.js';
