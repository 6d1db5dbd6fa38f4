// The tasks of these tests: workers import this file by its address.

export const square = n => n * n;

export function refuse(word) {
  throw new RangeError(`no ${word}`);
}

/** Keeps a core busy until the clock says otherwise. */
export function spin(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return milliseconds;
}
