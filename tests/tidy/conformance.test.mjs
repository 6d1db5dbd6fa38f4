// The conformance suite leaves no row out: see tests/conformance/rows.tsv.

import { describe, expect, test } from 'vitest';
import { MARKS, readList } from '../conformance/list.mjs';
import { readRust } from '../conformance/matrix.mjs';
import { CELLS, ROWS } from '../conformance/rows/index.js';
import { EXECUTORS, WORLDS } from '../conformance/where.js';

const list = readList();
const withMark = marks => list.filter(({ mark }) => marks.includes(mark));

describe('the list of rows', () => {
  test("has all of CPython's tests, by number", () => {
    const ids = list.filter(({ mark }) => mark !== 'X').map(({ id }) => id);
    const futures = Array.from({ length: 155 }, (_, index) => `${index + 1}`);
    const pools = Array.from({ length: 36 }, (_, index) => `m${`${index + 1}`.padStart(2, '0')}`);
    expect(ids).toEqual([...futures, ...pools]);
  });

  test('has a mark, a file and a behaviour everywhere', () => {
    for (const { id, mark, file, behaviour } of list)
      expect([id, mark in MARKS, file !== '', behaviour !== '']).toEqual([id, true, true, true]);
  });

  test('says how a row was adapted, or why it is not applicable', () => {
    expect(withMark('AN').filter(({ note }) => note === '')).toEqual([]);
  });

  test('names every row of our own once', () => {
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
  });
});

describe('the rows', () => {
  test('are in the list, once', () => {
    const ids = ROWS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter(id => !list.some(row => row.id === id && row.mark !== 'N'))).toEqual([]);
  });

  test('run somewhere, all of them that are portable, adapted or our own', () => {
    const running = new Set(
      CELLS.filter(({ reason }) => reason === undefined).map(({ row }) => row),
    );
    expect(withMark('PAX').filter(({ id }) => !running.has(id))).toEqual([]);
  });

  test('have a reason wherever they do not run, and name no other executor or world', () => {
    for (const { id, not } of ROWS)
      for (const [place, reason] of Object.entries(not)) {
        const known = place
          .split(' ')
          .every(word => [...EXECUTORS, ...WORLDS, 'future'].includes(word));
        expect([id, place, known, reason === '']).toEqual([id, place, true, false]);
      }
  });
});

test("Rust's rows are read from what cargo prints", () => {
  const rows = readRust(
    [
      'test conformance::row_007::threads ... ok',
      'test it::conformance::row_007_again::processes::deep ... FAILED',
      'test conformance::row_x03::future ... ignored',
      'test conformance::row_m03::processes ... ok',
      'test other::row_008::threads ... ok',
    ].join('\n'),
  );
  expect([...rows]).toEqual([
    [
      '7',
      [
        { name: 'threads', outcome: 'pass' },
        { name: 'processes::deep', outcome: 'fail' },
      ],
    ],
    ['x03', [{ name: 'future', outcome: 'none' }]],
    ['m03', [{ name: 'processes', outcome: 'pass' }]],
  ]);
});
