// The TypeScript face: crate/js/src → dist/*.js by esbuild, dist/*.d.ts by tsc.
//
// Entries are bundled with splitting, so that a worker file shares its code with the page but never imports the
// page's own entry.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { cachedStep, hashOf } from './lib/steps.mjs';
import { SNIPPET, snippetText } from './snippet.mjs';
import { ROOT } from './toolchain.mjs';

const SOURCE = join(ROOT, 'crate', 'js', 'src');
const DIST = join(ROOT, 'dist');
/** Those that the workers and the page load by their own address. Absent ones are simply not built yet. */
const ENTRIES = [
  'index',
  'worker',
  'asyncio',
  'multiprocessing',
  'progress',
  'sync',
  'trace',
  'default-worker',
  'spawner',
];

const INPUTS = [
  'crate/js/src',
  'tsconfig.base.json',
  'tsconfig.build.json',
  'scripts/bundle.mjs',
  'package-lock.json',
];

function removeOld(keep) {
  if (!existsSync(DIST)) return;
  for (const name of readdirSync(DIST))
    if (!keep(name)) rmSync(join(DIST, name), { recursive: true });
}

async function bundle() {
  const { build } = await import('esbuild');
  removeOld(name => name.endsWith('.wasm'));
  await build({
    entryPoints: ENTRIES.map(entry => join(SOURCE, `${entry}.ts`)).filter(existsSync),
    absWorkingDir: ROOT,
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'warning',
  });
}

async function declarations() {
  const { code, output } = await run(
    join(ROOT, 'node_modules', '.bin', 'tsc'),
    ['-p', 'tsconfig.build.json'],
    {
      cwd: ROOT,
    },
  );
  if (code !== 0) throw new Failure('The TypeScript face has type errors.', undefined, output);
}

/** Builds dist/ where sources have changed. Resolves with whether anything was built. */
export async function buildFace() {
  if (!existsSync(join(SOURCE, 'index.ts'))) return false;
  return cachedStep(
    {
      name: 'face',
      title: 'Bundling the TypeScript face into dist/',
      hash: hashOf(INPUTS),
      outputs: ['dist/index.js', 'dist/index.d.ts'],
    },
    async () => {
      await bundle();
      await declarations();
    },
  );
}

/** Says, without changing anything, when the committed snippet is not what its source gives. */
export async function checkSnippet() {
  const { fresh } = await snippetText();
  if (fresh) return;
  console.warn(
    `  ! ${SNIPPET} is older than its source: run \`npm run snippet\` and commit the result`,
  );
}
