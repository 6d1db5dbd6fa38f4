// What the bench serves, in `.cache/bench/`: its page and workers with the peers bundled in, this package's module, and
// the two modules in Rust with their glue.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildFace } from '../../scripts/bundle.mjs';
import { explain } from '../../scripts/lib/failure.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { cachedStep, hashOf } from '../../scripts/lib/steps.mjs';
import { CACHE, hostEnv, ROOT } from '../../scripts/toolchain.mjs';
import { buildModules, buildWasm, CORE_INPUTS } from '../../scripts/wasm.mjs';

const HERE = join(ROOT, 'tests', 'bench');
export const SITE = join(CACHE, 'bench');

const MODULES = ['rust', 'rayon'].map(name => ({
  name: `bench-${name}`,
  title: `the bench's module ${name}`,
  manifest: `tests/bench/${name}`,
  inputs: [...CORE_INPUTS, 'tests/bench/rust', 'tests/bench/rayon'],
  glue: `.cache/bench/${name}`,
  output: `.cache/bench/${name}/${name}_bg.wasm`,
}));

/** Those that are no page: module workers, but for threads.js, which knows only classic scripts. */
const WORKERS = ['raw', 'ping', 'ours', 'blocking', 'workerpool', 'comlink', 'poolifier', 'rayon'];

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title><script type="module" src="/page.js"></script></html>\n';

function installPeers() {
  return cachedStep(
    {
      name: 'bench-peers',
      title: 'Installing what the bench compares with, in tests/bench/node_modules',
      hash: hashOf(['tests/bench/package-lock.json']),
      outputs: ['tests/bench/node_modules/workerpool/package.json'],
    },
    async () => {
      const args = ['ci', '--no-audit', '--no-fund', '--workspaces=false', '--ignore-scripts'];
      const { code, output } = await run('npm', args, { cwd: HERE, env: hostEnv(), timeout: 300 });
      if (code !== 0)
        throw explain("Installing the bench's peers", 'cd tests/bench && npm ci', output);
    },
  );
}

async function bundle() {
  const common = {
    absWorkingDir: HERE,
    outdir: SITE,
    bundle: true,
    minify: true,
    target: 'es2022',
    platform: 'browser',
    logLevel: 'error',
    // The last ones are what workerpool and poolifier ask for in Node only.
    external: ['/rust/*', '/rayon/*', 'os', 'child_process', 'worker_threads', 'node:*'],
    // Of its two conditions bundlers take the one that needs Node.
    alias: { 'poolifier-web-worker': './node_modules/poolifier-web-worker/browser/mod.js' },
  };
  await build({ ...common, entryPoints: ['page.js'], format: 'esm', splitting: true });
  // Each worker in one file, as bundlers give it.
  const workers = WORKERS.map(name => `workers/${name}.js`);
  await build({ ...common, entryPoints: workers, outbase: '.', format: 'esm' });
  await build({ ...common, entryPoints: ['workers/threads.js'], outbase: '.', format: 'iife' });
  // multithreading looks for its worker beside itself, and ours for its module.
  await build({
    ...common,
    entryPoints: { worker: 'node_modules/multithreading/src/browser/worker.js' },
    format: 'esm',
  });
  const module = join(ROOT, 'dist', 'concurrent_futures.wasm');
  copyFileSync(module, join(SITE, 'concurrent_futures.wasm'));
  copyFileSync(module, join(SITE, 'workers', 'concurrent_futures.wasm'));
  writeFileSync(join(SITE, 'index.html'), PAGE);
}

/** Builds what has changed. */
export async function buildBench() {
  await buildWasm({ release: true });
  await buildFace();
  if (!existsSync(SITE)) mkdirSync(SITE, { recursive: true });
  await buildModules(MODULES, { release: true });
  await installPeers();
  await bundle();
}
