// The part of time that the picture shows, and how it moves.

/** From `from` to `to`, in milliseconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Nothing is recorded more finely than this: 20 µs over the whole width. */
const SHORTEST = 0.02;

const NICE = [1, 2, 5];
/** A growing picture takes in a little more at a time, so that little of it is empty. */
const STEPS = [1, 1.5, 2, 3, 4, 6, 8];

/** The smallest of 1, 2 and 5 (or other factors) times a power of ten that is at least `value`. */
export function nice(value: number, factors: readonly number[] = NICE): number {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of factors) if (factor * power >= value * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/** All of it, with a little air on both sides. */
export function fit(bounds: View): View {
  const span = Math.max(SHORTEST, bounds.to - bounds.from);
  return { from: bounds.from - span * 0.01, to: bounds.from + span * 1.02 };
}

/** What a picture shows that grows: it stands still while time runs towards its right edge, then takes in more. */
export function growing(bounds: View): View {
  return {
    from: bounds.from,
    to: bounds.from + nice(Math.max(50, (bounds.to - bounds.from) * 1.02), STEPS),
  };
}

/** Keeps the view near what there is. */
export function clamp(view: View, bounds: View): View {
  const all = fit(bounds);
  const span = Math.min(Math.max(view.to - view.from, SHORTEST), (all.to - all.from) * 1.25);
  const middle = (view.from + view.to) / 2;
  let from = Math.abs(view.to - view.from - span) < 1e-9 ? view.from : middle - span / 2;
  // At least a tenth of the width shows something.
  from = Math.min(Math.max(from, bounds.from - span * 0.9), bounds.to - span * 0.1);
  return { from, to: from + span };
}

/** Zooms by a factor (2 shows half of it) around a moment that keeps its place. */
export function zoom(view: View, factor: number, around: number): View {
  return {
    from: around - (around - view.from) / factor,
    to: around + (view.to - around) / factor,
  };
}

/** Moves by a share of the width; positive is later. */
export function pan(view: View, share: number): View {
  const step = (view.to - view.from) * share;
  return { from: view.from + step, to: view.to + step };
}

/** Shows `from`…`to` with air around it. */
export function focus(from: number, to: number): View {
  const air = Math.max((to - from) * 0.15, SHORTEST / 2);
  return { from: from - air, to: to + air };
}

/** Moves just so far that a span is in sight. */
export function reveal(view: View, from: number, to: number): View {
  const span = view.to - view.from;
  if (from >= view.from && to <= view.to) return view;
  if (to - from >= span)
    return from < view.to && to > view.from ? view : pan(view, (from - view.from) / span);
  const goal = from < view.from ? from - span * 0.1 : to - span * 0.9;
  return { from: goal, to: goal + span };
}

/** Marks on the axis: their times, and the step between them. */
export function ticks(view: View, width: number): { step: number; times: number[] } {
  const step = nice(((view.to - view.from) / Math.max(1, width)) * 70);
  const times: number[] = [];
  for (let index = Math.ceil(view.from / step); index * step <= view.to; index++)
    times.push(index * step);
  return { step, times };
}

/** A mark's text: as many digits as tell it from its neighbours. */
export function tickText(time: number, step: number): string {
  const inSeconds = step >= 100 || (Math.abs(time) >= 1000 && step >= 10);
  const [value, size, unit] = inSeconds
    ? [time / 1000, step / 1000, 's']
    : step >= 0.1
      ? [time, step, 'ms']
      : [time * 1000, step * 1000, 'µs'];
  if (Math.abs(value) < size / 2) return '0';
  return `${value.toFixed(Math.max(0, -Math.floor(Math.log10(size) + 1e-9)))} ${unit}`;
}
