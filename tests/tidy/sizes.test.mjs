// What a user's page has to load, minified by their bundler and compressed by their server, stays within its budget.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/toolchain.mjs';

const KILOBYTE = 1024;

const compressed = bytes => gzipSync(bytes, { level: 9 }).length;

/** What a bundler ships to a page that imports these names of a file of the package. */
const bundled = (file, names) => bundledText(`export ${names} from './dist/${file}'`);

async function bundledText(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return outputFiles[0].contents;
}

test.each([
  ['index.js', '{ ThreadPoolExecutor, ProcessPoolExecutor, asCompleted, tasksOf, wait }', 21.5],
  ['index.js', '*', 24.5],
  ['worker.js', '{ serve }', 12.5],
])('%s, %s: at most %s KB', async (file, names, budget) => {
  expect(existsSync(join(ROOT, 'dist', file)), 'run `npm run build` first').toBe(true);
  expect(compressed(await bundled(file, names)) / KILOBYTE).toBeLessThanOrEqual(budget);
});

test.each([
  ['asyncio.js', 8],
  ['multiprocessing.js', 4],
  ['progress.js', 4],
  ['sync.js', 6],
  ['trace.js', 5],
])('%s adds at most %d KB to index.js', async (file, budget) => {
  const core = compressed(await bundledText("export * from './dist/index.js'"));
  const both = `import * as added from './dist/${file}'; export { added }; export * from './dist/index.js'`;
  const added = compressed(await bundledText(both)) - core;
  expect(added / KILOBYTE).toBeLessThanOrEqual(budget);
});

test('concurrent_futures.wasm: at most 60 KB', () => {
  const bytes = readFileSync(join(ROOT, 'dist', 'concurrent_futures.wasm'));
  expect(compressed(bytes) / KILOBYTE).toBeLessThanOrEqual(60);
});
