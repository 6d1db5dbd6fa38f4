// The right-hand side: before a run what there is to see, then times, timeline, pictures, output and futures.

import { computed, useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { comparisons } from '../run/results.ts';
import { runState } from '../run/run.ts';
import { experiment, shown } from '../session.ts';
import { changes, trace } from '../trace/feed.ts';
import { GilNote } from './Gil.tsx';
import { Output } from './Output.tsx';
import { Pictures } from './Pictures.tsx';
import { loadStage, type Stage } from './stage.ts';
import { Times } from './Times.tsx';

/** Code without executors has no timeline. */
const traced = computed(() => {
  changes.value;
  return trace.value !== undefined && trace.value.executors.length > 0;
});

/** The timeline and the table: a file of their own, loaded when there is something to see. */
function useStage(): Stage | undefined {
  const stage = useSignal<Stage | undefined>(undefined);
  const asked = useRef(false);
  useSignalEffect(() => {
    if (asked.current || !trace.value) return;
    asked.current = true;
    loadStage().then(
      module => {
        stage.value = module;
      },
      error => console.warn('The timeline could not be loaded.', error),
    );
  });
  return traced.value ? stage.value : undefined;
}

type Comparing = typeof import('./compare/Compare.tsx');

/** A file of its own as well: few programs compare. */
function useComparing(): Comparing | undefined {
  const comparing = useSignal<Comparing | undefined>(undefined);
  const asked = useRef(false);
  useSignalEffect(() => {
    if (asked.current || comparisons.value.length === 0) return;
    asked.current = true;
    import('./compare/Compare.tsx').then(
      module => {
        comparing.value = module;
      },
      error => console.warn('The comparison could not be loaded.', error),
    );
  });
  return comparing.value;
}

export function Results() {
  const running = shown.value;
  const started = running !== undefined && (runState.value.is !== 'idle' || runState.value.end);
  const stage = useStage();
  const comparing = useComparing();
  return (
    // A box that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="results" aria-labelledby="results-title" tabIndex={0}>
      <h2 id="results-title">
        Results
        {started && running !== experiment.value && <em>of “{running.title}”</em>}
      </h2>
      {started ? (
        <>
          {stage && <stage.Progress />}
          {comparing && <comparing.Compare />}
          <GilNote />
          <Times />
          {stage && <stage.Timeline />}
          <Pictures />
          {stage ? <stage.Panels output={<Output />} /> : <Output />}
        </>
      ) : (
        <div class="before">
          <p>{experiment.value.watch}</p>
          <p class="hint">
            Press Run to see it. Change the code and run it again: nothing can break.
          </p>
        </div>
      )}
    </section>
  );
}
