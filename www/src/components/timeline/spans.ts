// What main() did, for its lane: the variants that it ran. And from when to when there is something to see.

import { variants } from '../../run/results.ts';
import { clock, live, trace } from '../../trace/feed.ts';
import type { Span } from './scene.ts';
import type { View } from './view.ts';

export function spans(): Span[] {
  const known = trace.peek();
  if (!known) return [];
  const shift = performance.timeOrigin - known.origin;
  return variants
    .peek()
    .filter(({ name }) => name !== '')
    .map(({ name, since, seconds }) => ({
      name,
      from: since + shift,
      to: seconds === undefined ? Number.NaN : since + shift + seconds * 1000,
    }));
}

/** From the first event, or main()'s first variant, to the last; of a run that is on, to this moment. */
export function bounds(): View {
  const known = trace.peek();
  if (!known) return { from: 0, to: 100 };
  const all = spans();
  const first = Number.isNaN(known.first) ? 0 : known.first;
  const from = all.reduce((least, span) => Math.min(least, span.from), first);
  const last = all.reduce((most, { to }) => (to > most ? to : most), known.last);
  return { from, to: Math.max(live.peek() ? clock(known) : last, from + 0.1) };
}
