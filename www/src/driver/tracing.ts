// Reads the recorded events in the driver worker and sends them to the page, where the page has no part in this worker's
// memory.

import type { TraceEvent } from '../trace/events.ts';

type TracingModule = typeof import('concurrent-futures/trace');

/** Milliseconds between two messages. */
const OFTEN = 50;

/** Begins; gives what sends the rest and ends it. */
export async function sendTrace(
  address: string,
  send: (events: TraceEvent[]) => void,
): Promise<() => void> {
  const { startTracing } = (await import(/* @vite-ignore */ address)) as TracingModule;
  const tracing = startTracing();
  const pass = () => {
    const events = tracing.drain();
    if (events.length > 0) send(events);
  };
  const timer = setInterval(pass, OFTEN);
  return () => {
    clearInterval(timer);
    pass();
    tracing.stop();
  };
}
