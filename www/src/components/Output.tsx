// What the code has printed, line by line as it comes, and the error with which it ended.

import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { currentEditor, failedLine } from '../editor/current.ts';
import type { Failure, Level } from '../protocol.ts';
import { droppedLines, type Line, lines } from '../run/results.ts';
import { runState } from '../run/run.ts';

/** Said to screen readers before a line that is not a plain one; the eye has colour and sign. */
const SPOKEN: Partial<Record<Level, string>> = { warn: 'Warning: ', error: 'Error: ' };

function OutputLine({ line }: { line: Line }) {
  if (line.mark) return <li class="mark">{line.text}</li>;
  const spoken = SPOKEN[line.level];
  return (
    <li data-level={line.level}>
      {spoken && <span class="visually-hidden">{spoken}</span>}
      {line.source && <span class="source">{line.source}</span>}
      <span class="text">{line.text}</span>
    </li>
  );
}

function Failed({ failure }: { failure: Failure }) {
  const line = failedLine.value;
  const { name, message, stack } = failure;
  const more = stack.split('\n').filter(row => !row.includes(message) || message === '');
  return (
    <div class="failure" data-testid="failure">
      <p>
        <strong>{name}</strong>: {message}
      </p>
      {line !== undefined && (
        <button type="button" class="quiet" onClick={() => currentEditor.value?.goTo(line)}>
          line {line}
        </button>
      )}
      {more.length > 0 && (
        <details>
          <summary>Where it came from</summary>
          <pre>{stack}</pre>
        </details>
      )}
    </div>
  );
}

export function Output() {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useSignalEffect(() => {
    lines.value;
    const box = list.current;
    // Whoever has scrolled back to read is left alone.
    if (box && atEnd.current) requestAnimationFrame(() => box.scrollTo(0, box.scrollHeight));
  });
  const state = runState.value;
  const failure =
    state.is === 'idle' && state.end?.how === 'failed' ? state.end.failure : undefined;
  const empty = lines.value.length === 0;
  return (
    <section class="output" aria-labelledby="output-title">
      <h3 id="output-title">Output</h3>
      {/* A box that scrolls must be reachable by keyboard. */}
      <div
        class="lines"
        hidden={empty}
        ref={list}
        role="log"
        aria-live="off"
        aria-labelledby="output-title"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
        }}
      >
        {droppedLines.value > 0 && (
          <p class="dropped">{droppedLines.value.toLocaleString('en')} earlier lines left out</p>
        )}
        <ol>
          {lines.value.map(line => (
            <OutputLine key={line.id} line={line} />
          ))}
        </ol>
      </div>
      {empty && !failure && (
        <p class="empty">
          {state.is === 'idle' ? 'Nothing was printed.' : 'What the code prints appears here.'}
        </p>
      )}
      {failure && <Failed failure={failure} />}
    </section>
  );
}
