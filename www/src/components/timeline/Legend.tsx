// What the colours and patterns mean, and how many futures are in each state at the moment that is shown.

import { shownCounts } from '../../trace/look.ts';
import { CANCELLED, DONE, FAILED, PENDING, RUNNING } from '../../trace/trace.ts';

const ITEMS = [
  { state: PENDING, name: 'pending', word: 'queued' },
  { state: RUNNING, name: 'running', word: 'running' },
  { state: DONE, name: 'done', word: 'done' },
  { state: FAILED, name: 'failed', word: 'failed' },
  { state: CANCELLED, name: 'cancelled', word: 'cancelled' },
] as const;

export function Legend() {
  const counts = shownCounts.value;
  return (
    <ul class="legend" aria-label="States">
      {ITEMS.map(({ state, name, word }) => (
        <li key={name} data-state={name} data-none={counts[state] === 0 ? '' : undefined}>
          <span class="swatch" aria-hidden="true" />
          {word} <b>{(counts[state] ?? 0).toLocaleString('en')}</b>
        </li>
      ))}
      <li data-state="blocked">
        <span class="swatch" aria-hidden="true" />
        blocked
      </li>
    </ul>
  );
}
