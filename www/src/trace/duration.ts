// Durations of microseconds to minutes, and counts, as the timeline and the table write them.

/** Three digits are enough to compare: `34 µs`, `1.24 ms`, `340 ms`, `2.31 s`; empty for what is not known. */
export function duration(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return '';
  const size = Math.abs(milliseconds);
  if (size < 0.9995) return `${Math.round(milliseconds * 1000)} µs`;
  if (size < 999.5) return `${digits(milliseconds)} ms`;
  if (size < 59_950) return `${digits(milliseconds / 1000)} s`;
  const tenths = Math.round(milliseconds / 100);
  return `${Math.floor(tenths / 600)} min ${((tenths % 600) / 10).toFixed(0)} s`;
}

const counts = new Intl.NumberFormat('en');

/** A count with its thousands apart: `10,000`. */
export const countText = (value: number): string => counts.format(value);

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}
