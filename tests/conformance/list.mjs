// The list of rows, rows.tsv: CPython's tests by number, class and method, each with what it checks and whether it can be
// checked here, and rows of our own.

import { readFileSync } from 'node:fs';

const FILE = new URL('./rows.tsv', import.meta.url);

/** What the marks mean. */
export const MARKS = {
  P: 'as in Python',
  A: 'adapted, as the note says',
  N: 'not applicable, as the note says',
  X: 'not in the suite of CPython',
};

/** All rows: `{ id, file, test, mark, behaviour, note }`. */
export function readList() {
  const [head, ...lines] = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  const names = head.split('\t');
  return lines.map(line => {
    const values = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}
