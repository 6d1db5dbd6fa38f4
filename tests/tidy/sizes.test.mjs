// What a user's page has to load, minified by their bundler and compressed by their server, stays within its budget.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/toolchain.mjs';

const KILOBYTE = 1024;

const compressed = bytes => gzipSync(bytes, { level: 9 }).length;

/** A file of the package as a bundler would ship it, with everything that it imports. */
async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'dist', file)],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return outputFiles[0].contents;
}

test.each([
  ['index.js', 14],
  ['worker.js', 8.5],
])('%s: at most %d KB', async (file, budget) => {
  expect(existsSync(join(ROOT, 'dist', file)), 'run `npm run build` first').toBe(true);
  expect(compressed(await bundled(file)) / KILOBYTE).toBeLessThanOrEqual(budget);
});

test('concurrent_futures.wasm: at most 60 KB', () => {
  const bytes = readFileSync(join(ROOT, 'dist', 'concurrent_futures.wasm'));
  expect(compressed(bytes) / KILOBYTE).toBeLessThanOrEqual(60);
});
