// How many futures of the run are complete, as tqdm prints it. The line and the bar are moved by hand, at most ten times
// a second; a screen reader hears of each quarter.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { changes, clock, live, trace } from '../../trace/feed.ts';
import { loadProgress } from '../../trace/library.ts';
import { toldMoment } from '../../trace/look.ts';
import { Rate } from '../../trace/rate.ts';
import { CANCELLED, DONE, FAILED, type Trace, UNBORN } from '../../trace/trace.ts';

type Meter = Awaited<ReturnType<typeof loadProgress>>['formatMeter'];

/** Futures that are complete, and all, at the moment that is shown. */
function counted(trace: Trace, time: number | undefined): { n: number; total: number } {
  if (time === undefined) return { n: trace.completed, total: trace.size };
  const counts = trace.countsAt(time);
  const of = (state: number) => counts[state] ?? 0;
  return { n: of(DONE) + of(FAILED) + of(CANCELLED), total: trace.size - of(UNBORN) };
}

export function Progress() {
  const bar = useRef<HTMLProgressElement>(null);
  const line = useRef<HTMLElement>(null);
  const meter = useSignal<Meter | undefined>(undefined);
  const spoken = useSignal('');
  const rate = useRef(new Rate());
  const quarter = useRef(0);

  useSignalEffect(() => {
    // Without the file there is the bar still.
    loadProgress().then(
      module => {
        meter.value = module.formatMeter;
      },
      error => console.warn('The progress line could not be loaded.', error),
    );
  });
  useSignalEffect(() => {
    trace.value;
    rate.current = new Rate();
    quarter.current = 0;
    spoken.value = '';
  });
  useSignalEffect(() => {
    changes.value;
    const known = trace.value;
    const time = toldMoment.value;
    const growing = live.value;
    const print = meter.value;
    if (!known || !bar.current || !line.current) return;
    const { n, total } = counted(known, time);
    bar.current.max = Math.max(1, total);
    bar.current.value = n;
    const elapsed =
      Math.max(0, (time ?? (growing ? clock(known) : known.last)) - known.first) / 1000;
    if (growing) rate.current.sample(n, elapsed);
    // At the end, and in a replay, the average tells more than the last moments.
    const smooth = growing && time === undefined ? rate.current.perSecond : undefined;
    if (print)
      line.current.textContent = print(n, total, elapsed, { ncols: 0, rate: smooth }).trim();
    const reached = total > 0 ? Math.floor((n / total) * 4) : 0;
    if (time === undefined && reached > quarter.current) {
      quarter.current = reached;
      spoken.value = `${n} of ${total} futures complete`;
    }
  });

  return (
    <div class="progress">
      <progress ref={bar} max={1} value={0} aria-label="Futures that are complete" />
      <code ref={line} />
      {/* The signal, not its value: drawing anew would put the bar back to what stands above. */}
      <p class="visually-hidden" role="status">
        {spoken}
      </p>
    </div>
  );
}
