// The matrix as a page: docs/conformance.md.

import { MARKS } from './list.mjs';
import { COLUMNS, rustSign, SIGNS, signs } from './matrix.mjs';

const plain = text => text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');

/** Reasons by letters, in the order in which they come. */
class Notes {
  #letters = new Map();

  mark(reasons) {
    const letters = [...new Set(reasons)].map(reason => {
      if (!this.#letters.has(reason)) this.#letters.set(reason, letter(this.#letters.size));
      return this.#letters.get(reason);
    });
    return letters.length === 0 ? '' : `<sup>${letters.sort().join(' ')}</sup>`;
  }

  get lines() {
    return [...this.#letters].map(([reason, name]) => `- <sup>${name}</sup> ${plain(reason)}`);
  }
}

const letter = index =>
  (index >= 26 ? letter(Math.floor(index / 26) - 1) : '') + String.fromCharCode(97 + (index % 26));

function cell(summaries, notes) {
  if (summaries === undefined) return '';
  const reasons = notes.mark(summaries.flatMap(({ reasons }) => reasons));
  const text = signs(summaries);
  return (/^–+$/.test(text) ? '–' : text) + reasons;
}

function table(rows, notes) {
  const columns = COLUMNS.filter(column => rows.some(({ cells }) => column in cells));
  const rust = rows.some(row => row.rust.length > 0);
  const head = ['row', 'behaviour', ...columns, ...(rust ? ['Rust'] : [])];
  const lines = [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`];
  for (const row of rows) {
    const note = row.note === '' ? '' : ` *${row.mark}: ${plain(row.note)}*`;
    const name = row.test === '' ? '' : `<br><sub>${plain(row.test)}</sub>`;
    const texts = [
      `<a id="row-${row.id}"></a>${row.id}`,
      `${plain(row.behaviour)}${note}${name}`,
      ...columns.map(column => (row.mark === 'N' ? 'N' : cell(row.cells[column], notes))),
      ...(rust ? [row.mark === 'N' ? 'N' : rustSign(row.rust)] : []),
    ];
    lines.push(`| ${texts.join(' | ')} |`);
  }
  return lines;
}

/** The whole page. */
export function toMarkdown(matrix, reports, rust) {
  const notes = new Notes();
  const files = [...new Set(matrix.map(({ file }) => file))];
  const tables = files.flatMap(file => [
    '',
    `## ${file}`,
    '',
    ...table(
      matrix.filter(row => row.file === file),
      notes,
    ),
  ]);
  const browsers = reports.map(
    ({ title, version, date, passed, failed, none }) =>
      `| ${title} ${version} | ${date.slice(0, 10)} | ${passed} | ${failed} | ${none} |`,
  );
  const failures = reports.flatMap(({ title, results }) =>
    [...results]
      .filter(([, { outcome }]) => outcome === 'fail')
      .map(([key, { message }]) => `- ${title}, ${key}: ${plain(message.split('\n')[0])}`),
  );
  return [
    '# Conformance',
    '',
    "Every test of CPython 3.15's own suite for `concurrent.futures`, as a row: what it checks, and whether that holds here, on",
    'each executor and in each way of waiting. Rows from m01 on are its tests of `multiprocessing.Pool` and `ThreadPool`: a',
    '`ThreadPool` stands under threads, a `Pool` under processes. Rows that are marked X are of our own. The page is written by',
    '`npm run conformance`, from what ran; [`tests/conformance`](../tests/conformance) holds the tests.',
    '',
    '| browser | date | passed | failed | not applicable there |',
    '|---|---|---|---|---|',
    ...browsers,
    ...(rust
      ? [
          `| Rust, natively and in browsers | ${rust.date.slice(0, 10)} | ${rust.passed} | ${rust.failed} | ${rust.none} |`,
        ]
      : []),
    '',
    'A cell has four signs, for four ways of waiting: **awaited on a page, awaited in a worker, blocking in a worker, and awaited on',
    'a page without isolation**.',
    '',
    `${SIGNS.pass} holds in every browser above. ${SIGNS.some} holds where it applies, which is not in every browser. ${SIGNS.fail} fails. ${SIGNS.none} does not apply. ${SIGNS.unknown} was not run.`,
    'Small letters give the reasons, at the end of the page.',
    '',
    `Rows are marked: ${Object.entries(MARKS)
      .map(([mark, meaning]) => `${mark} ${meaning}`)
      .join('; ')}.`,
    ...tables,
    '',
    '## Why not',
    '',
    ...notes.lines,
    ...(failures.length > 0 ? ['', '## Failures', '', ...failures] : []),
    '',
  ].join('\n');
}
