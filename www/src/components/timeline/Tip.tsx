// The tooltip: what is under the pointer. Who hears the page has the same text in the list.

import { signal } from '@preact/signals';
import { trace } from '../../trace/feed.ts';
import { hovered, shownMoment } from '../../trace/look.ts';
import { callOf, factsOf } from '../../trace/sentence.ts';

/** Where the pointer is, and how wide the picture is; `undefined` while it is over nothing. */
export const tip = signal<{ x: number; y: number; width: number } | undefined>(undefined);

export function Tip() {
  const at = tip.value;
  const future = hovered.value;
  const known = trace.value;
  if (!at || !known || future < 0) return null;
  const left = at.x > at.width / 2;
  return (
    <div
      class="tip"
      aria-hidden="true"
      style={{
        top: `${at.y + 16}px`,
        ...(left ? { right: `${at.width - at.x + 8}px` } : { left: `${at.x + 12}px` }),
      }}
    >
      <strong>{callOf(known, future)}</strong>
      {factsOf(known, future, shownMoment()).map(fact => (
        <span key={fact}>{fact}</span>
      ))}
    </div>
  );
}
