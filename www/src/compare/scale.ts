// Where things lie in the chart of speed-ups: linear scales, round ticks, and labels that do not lie on each other.

import type { Row, Way } from './comparison.ts';

/** A linear scale from one interval to another. */
export function scaleOf(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
) {
  const span = to - from || 1;
  return (value: number) => start + ((value - from) / span) * (end - start);
}

/** Round numbers from 0 to at least `most`, about `count` of them: steps of 1, 2 or 5 and zeros. */
export function ticksTo(most: number, count = 4): number[] {
  const rough = Math.max(most, Number.EPSILON) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find(each => each * power >= rough * 0.9999) ?? 10) * power;
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** The highest that is drawn: the ideal of the most workers, or what was better than it. */
export const highestOf = (workers: readonly number[], rows: readonly Row[]): number =>
  Math.max(1, ...workers, ...rows.map(({ highest }) => highest).filter(Number.isFinite));

export interface Label {
  readonly way: Way;
  readonly y: number;
}

/** Moves labels apart to at least `gap`, keeps their order, and keeps them between `top` and `bottom`. */
export function apart(labels: readonly Label[], gap: number, top: number, bottom: number): Label[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  const places: number[] = [];
  for (const { y } of sorted) places.push(Math.max(y, (places.at(-1) ?? top - gap) + gap));
  for (let i = places.length - 1, floor = bottom; i >= 0; i--) {
    places[i] = Math.min(places[i] as number, floor);
    floor = (places[i] as number) - gap;
  }
  return sorted.map((label, i) => ({ ...label, y: places[i] as number }));
}
