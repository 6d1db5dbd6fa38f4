// The matrix: what every row did on every executor in every world, in all browsers that ran, and in Rust.

import { readList } from './list.mjs';
import { CELLS } from './rows/index.js';
import { EXECUTORS, WORLDS } from './where.js';

/** All browsers passed; some, and it does not apply to the others; some failed; it does not apply; nobody ran it. */
export const SIGNS = { pass: '✓', some: '◐', fail: '✗', none: '–', unknown: '?' };

/** As natively and in browsers tests print it. */
const RUST_OUTCOMES = { ok: 'pass', FAILED: 'fail', FAIL: 'fail', ignored: 'none' };

/**
 * The outcomes of Rust's tests, by row: reads what `cargo test` printed. A test of row 7 on threads is called
 * `conformance::map::row_007::threads`, one of row x03 `conformance::map::row_x03::threads`, so also m03; more words may
 * follow.
 */
export function readRust(output) {
  const rows = new Map();
  const line =
    /^test (?:\w+::)*conformance::(?:\w+::)*row_([xm]?\d+)(?:_\w+)?::(\S+) \.\.\. (ok|FAIL(?:ED)?|ignored)/gm;
  for (const [, number, name, outcome] of output.matchAll(line)) {
    const id = /^[xm]/.test(number) ? number : String(Number(number));
    if (!rows.has(id)) rows.set(id, []);
    rows.get(id).push({ name, outcome: RUST_OUTCOMES[outcome] });
  }
  return rows;
}

/** What one cell did in all browsers: a sign, and why it does not apply. */
function summary(cell, reports) {
  if (cell.reason !== undefined) return { sign: SIGNS.none, reasons: [cell.reason] };
  const key = `${cell.row} ${cell.executor} ${cell.world}`;
  const found = reports.map(({ results }) => results.get(key)).filter(Boolean);
  if (found.length < reports.length || found.length === 0)
    return { sign: SIGNS.unknown, reasons: [] };
  const outcomes = new Set(found.map(({ outcome }) => outcome));
  const reasons = found
    .map(
      ({ outcome, message }, index) =>
        outcome === 'none' && `in ${reports[index].title}: ${message}`,
    )
    .filter(Boolean);
  if (outcomes.has('fail')) return { sign: SIGNS.fail, reasons };
  if (outcomes.size === 1) return { sign: outcomes.has('pass') ? SIGNS.pass : SIGNS.none, reasons };
  return { sign: SIGNS.some, reasons };
}

/**
 * The matrix as a list of rows, each as in rows.tsv with `cells`: by executor a list of four summaries, one a world.
 *
 * @param reports of browsers, with `results` as a map from the names of cells
 * @param rust by row, as `readRust` gives it
 */
export function matrix(reports, rust) {
  const byRow = new Map();
  for (const cell of CELLS) {
    if (!byRow.has(cell.row)) byRow.set(cell.row, {});
    const row = byRow.get(cell.row);
    row[cell.executor] ??= WORLDS.map(() => undefined);
    row[cell.executor][WORLDS.indexOf(cell.world)] = summary(cell, reports);
  }
  return readList().map(row => ({
    ...row,
    cells: byRow.get(row.id) ?? {},
    rust: rust?.get(row.id) ?? [],
  }));
}

export const COLUMNS = [...EXECUTORS, 'future'];

/** One cell of the table, without footnotes. */
export const signs = summaries => summaries.map(({ sign }) => sign).join('');

export function rustSign(tests) {
  if (tests.length === 0) return '';
  if (tests.some(({ outcome }) => outcome === 'fail')) return SIGNS.fail;
  return tests.some(({ outcome }) => outcome === 'pass') ? SIGNS.pass : SIGNS.none;
}
