// What main() did, for its lane: the variants that it ran.

import { variants } from '../../run/results.ts';
import { trace } from '../../trace/feed.ts';
import type { Span } from './scene.ts';

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
