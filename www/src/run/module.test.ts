// What becomes of the imports in the editor's text.

import { expect, test } from 'vitest';
import { rewriteImports } from './module.ts';

const ADDRESSES = {
  'concurrent-futures': 'http://h/lib/index.js',
  playground: 'http://h/p.js?run=1',
};
const rewrite = (text: string) =>
  rewriteImports(text, ADDRESSES, 'http://h/first.js').replace('import "http://h/first.js";', '');

test.each([
  ["import { wait } from 'concurrent-futures';", "import { wait } from 'http://h/lib/index.js';"],
  [
    'import {\n  wait,\n} from "concurrent-futures"',
    'import {\n  wait,\n} from "http://h/lib/index.js"',
  ],
  ["import'playground'", "import'http://h/p.js?run=1'"],
  ["await import('playground')", "await import('http://h/p.js?run=1')"],
  ["export * from 'playground';", "export * from 'http://h/p.js?run=1';"],
])('%j', (text, expected) => {
  expect(rewrite(text)).toBe(expected);
});

test('other modules and other strings stay as they are', () => {
  const text = "import x from './x.js';\nconst name = 'playground'; // from concurrent-futures";
  expect(rewrite(text)).toBe(text);
});

test('no line moves', () => {
  const text = "// one\nimport { wait } from 'concurrent-futures';\nthree();";
  expect(rewriteImports(text, ADDRESSES, 'http://h/first.js').split('\n')).toHaveLength(3);
});
