// Rules about the sources that no compiler or linter holds: see "Invariants" in ARCHITECTURE.md.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SNIPPET, snippetText } from '../../scripts/snippet.mjs';
import { ROOT } from '../../scripts/toolchain.mjs';

const LONGEST = 600;
/** Written without a gap, they would be found in this file. */
const UNFINISHED = new RegExp(
  `\\b(${['TO', 'FIX'].map((a, i) => a + ['DO', 'ME'][i]).join('|')})\\b`,
);

const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
});
const sources = listing
  .split('\n')
  .filter(path => /\.(rs|ts|tsx|mjs|js|css)$/.test(path) && existsSync(join(ROOT, path)))
  .map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

const linesOf = text => text.trimEnd().split('\n');
const withoutComments = text => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
/** `path:line` of every line that matches. */
const places = ({ path, text }, pattern) =>
  linesOf(text).flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : []));
const below = (...folders) =>
  sources.filter(({ path }) => folders.some(folder => path.startsWith(folder)));

describe('every source file', () => {
  test('there are some', () => {
    expect(sources.length).toBeGreaterThan(10);
  });

  test('opens with a comment that says what it is', () => {
    const bare = sources.filter(({ text }) => {
      const first = linesOf(text).filter(
        line => line.trim() !== '' && !/^#!?\[/.test(line) && !line.startsWith('#!'),
      );
      return !/^\s*(\/\/|\/\*)/.test(first[0] ?? '');
    });
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  test('is finished', () => {
    expect(sources.flatMap(source => places(source, UNFINISHED))).toEqual([]);
  });

  test(`has at most ${LONGEST} lines`, () => {
    const long = sources.filter(
      ({ path, text }) => path !== SNIPPET && linesOf(text).length > LONGEST,
    );
    expect(long.map(({ path, text }) => `${path}: ${linesOf(text).length}`)).toEqual([]);
  });
});

describe('the core', () => {
  test('names the browser only in bindings/ and platform/web*', () => {
    const browser = /\b(wasm_bindgen\w*|js_sys|web_sys|gloo\w*)\b/;
    const elsewhere = below('crate/src/')
      .filter(({ path }) => !/^crate\/src\/(bindings\/|bindings\.rs|platform\/web)/.test(path))
      .flatMap(({ path, text }) => places({ path, text: text.replace(/\/\/.*$/gm, '') }, browser));
    expect(elsewhere).toEqual([]);
  });
});

describe('the TypeScript face', () => {
  test('has no async generator: they would unwrap the futures that they yield', () => {
    const generator = /\basync\s*(function\s*)?\*/;
    const found = below('crate/js/src/').filter(({ text }) =>
      generator.test(withoutComments(text)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('gives exactly the committed snippet', async () => {
    const { fresh } = await snippetText();
    expect(fresh, `${SNIPPET} is older than its source: run \`npm run snippet\``).toBe(true);
  });
});
