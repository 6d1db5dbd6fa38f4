// The left side: which experiment is open, how to get to the others, and what Python says about it.

import { useSignal } from '@preact/signals';
import { EXPERIMENTS, usesThreads } from '../experiments/index.ts';
import { tokensOf } from '../experiments/python.ts';
import { isolation } from '../isolation.ts';
import { code, experiment, neighbour, open, write } from '../session.ts';
import { BackIcon, ForwardIcon, ListIcon } from './icons.tsx';
import { Picker } from './Picker.tsx';

function Step({ distance }: { distance: -1 | 1 }) {
  const { title } = neighbour(distance);
  const name = distance < 0 ? 'Previous experiment' : 'Next experiment';
  return (
    <button
      type="button"
      class="step"
      aria-label={`${name}: ${title}`}
      title={title}
      onClick={() => open(neighbour(distance))}
    >
      {distance < 0 ? <BackIcon /> : <ForwardIcon />}
    </button>
  );
}

/** Where threads cannot be had, processes can: a change of one word. */
function WithoutThreads() {
  if (isolation.value.is !== 'missing' || !usesThreads(experiment.value)) return null;
  const threads = /\bThreadPoolExecutor\b/g;
  return (
    <p class="lesson-note">
      This program uses threads, which this page cannot have.
      {threads.test(code.value) && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            write(code.value.replace(threads, 'ProcessPoolExecutor'));
          }}
        >
          Use processes
        </button>
      )}
    </p>
  );
}

/** A line of Python; what does not fit goes on below, further in. */
function Line({ text }: { text: string }) {
  const indent = text.length - text.trimStart().length;
  return (
    <span class="line" style={{ '--indent': indent }}>
      {tokensOf(text).map(token =>
        token.kind ? <span data-kind={token.kind}>{token.text}</span> : token.text,
      )}
      {'\n'}
    </span>
  );
}

function Original() {
  const { python, words } = experiment.value;
  if (!python) return null;
  // On a phone the code comes first; whoever wants to compare opens this.
  const wide = matchMedia('(min-width: 1080px)').matches;
  return (
    <details class="original" open={wide}>
      <summary>In Python</summary>
      {/* A box that scrolls must be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <pre tabIndex={0}>
        <code>
          {python
            .trimEnd()
            .split('\n')
            .map((line, i) => (
              <Line key={i} text={line} />
            ))}
        </code>
      </pre>
      <p class="words">{words}</p>
    </details>
  );
}

export function Experiments() {
  const picking = useSignal(false);
  const { group, title, idea } = experiment.value;
  const at = EXPERIMENTS.findIndex(({ id }) => id === experiment.value.id) + 1;
  return (
    <div class="lesson">
      <nav class="experiments" aria-label="Experiments">
        <Step distance={-1} />
        <button
          type="button"
          class="pick"
          aria-haspopup="dialog"
          onClick={() => {
            picking.value = true;
          }}
        >
          <ListIcon />
          <span>Experiments</span>
          <span class="place">{at > 0 ? `${at} of ${EXPERIMENTS.length}` : 'shared'}</span>
        </button>
        <Step distance={1} />
      </nav>
      <section class="lesson-text" aria-labelledby="lesson-title">
        <p class="group">{group || 'From a link'}</p>
        <h2 id="lesson-title">{title}</h2>
        <p class="idea">{idea}</p>
        <WithoutThreads />
        <Original />
      </section>
      <Picker open={picking} />
    </div>
  );
}
