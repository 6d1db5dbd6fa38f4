// The right-hand side: before a run what there is to see, then times, pictures and output.

import { runState } from '../run/run.ts';
import { experiment, shown } from '../session.ts';
import { Output } from './Output.tsx';
import { Pictures } from './Pictures.tsx';
import { Times } from './Times.tsx';

export function Results() {
  const running = shown.value;
  const started = running !== undefined && (runState.value.is !== 'idle' || runState.value.end);
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
          <Times />
          <Pictures />
          <Output />
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
