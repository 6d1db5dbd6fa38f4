// What the page loads before anything can be seen of it stays within its budget; the editor comes after it.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../scripts/toolchain.mjs';

const DIST = join(ROOT, 'www', 'dist');
const KILOBYTE = 1024;

const read = file => readFileSync(join(DIST, file), 'utf8');
const compressed = files =>
  files.reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0) / KILOBYTE;
const addresses = (html, pattern) => Array.from(html.matchAll(pattern), ([, address]) => address);

/** A file and all that it imports when it is loaded, not what it imports later. */
function withImports(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const imports = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{}\s,]+?\s*from\s*)?"(\.[^"]+)"/g;
  for (const address of addresses(read(file), imports))
    withImports(join(dirname(file), address), found);
  return found;
}

let html = '';
let shell = [];

beforeAll(() => {
  expect(existsSync(join(DIST, 'index.html')), 'run `npm run build` first').toBe(true);
  html = read('index.html');
  const scripts = addresses(
    html,
    /<(?:script|link rel="modulepreload")[^>]*(?:src|href)="([^"]+)"/g,
  );
  shell = [...new Set(scripts.flatMap(script => [...withImports(join('.', script))]))];
});

test('the JavaScript of the first view: at most 60 KB', () => {
  expect(shell.length).toBeGreaterThan(1);
  expect(compressed(shell)).toBeLessThanOrEqual(60);
});

test('the style sheets of the first view: at most 12 KB', () => {
  const sheets = addresses(html, /<link rel="stylesheet"[^>]*href="([^"]+)"/g);
  expect(sheets.length).toBeGreaterThan(0);
  expect(compressed(sheets)).toBeLessThanOrEqual(12);
});

test('the editor is loaded after the first view: at most 180 KB', () => {
  const later = addresses(
    read(shell.find(file => /index-/.test(file))),
    /["'`]\.\/(codemirror-[\w-]+\.js)/g,
  );
  const [editor] = [...new Set(later)].map(file => join('assets', file));
  expect(editor).toBeDefined();
  expect(shell).not.toContain(editor);
  expect(compressed([editor])).toBeLessThanOrEqual(180);
});

test('the service worker is one file, and knows every file of the build', () => {
  const sw = read('sw.js');
  expect(sw).not.toMatch(/^\s*import\b/m);
  expect(compressed(['sw.js'])).toBeLessThanOrEqual(20);
  for (const file of [
    'index.html',
    ...shell,
    'lib/index.js',
    'lib/concurrent_futures.wasm',
    'flags/cn.svg',
  ])
    expect(sw).toContain(`"${file.replaceAll('\\', '/')}"`);
});
