// Builds everything that has changed: the wasm modules, dist/ of the npm package, and the page.
//
//   node scripts/build.mjs [--release | --dev]
//
// Release (the default) optimises the modules and strips names; dev keeps both out of the way of a debugger.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildFace, checkSnippet } from './bundle.mjs';
import { Failure, main } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { cachedStep, filesBelow, hashOf } from './lib/steps.mjs';
import { setup } from './setup.mjs';
import { ROOT } from './toolchain.mjs';
import { buildWasm } from './wasm.mjs';

const PAGE_INPUTS = ['www', 'tsconfig.base.json', 'package-lock.json', 'scripts/build.mjs'];
/** Products of the steps before, which hashing of sources leaves out. */
const PAGE_PRODUCTS = ['dist', 'www/src/generated'];

async function buildPage({ release }) {
  if (!existsSync(join(ROOT, 'www', 'index.html'))) return false;
  const products = PAGE_PRODUCTS.flatMap(path => filesBelow(join(ROOT, path))).map(file =>
    file.slice(ROOT.length + 1),
  );
  return cachedStep(
    {
      name: 'page',
      title: `Building the page into www/dist (${release ? 'release' : 'dev'})`,
      hash: hashOf([...PAGE_INPUTS, ...products], release ? 'release' : 'dev'),
      outputs: ['www/dist/index.html'],
    },
    async () => {
      rmSync(join(ROOT, 'www', 'dist'), { recursive: true, force: true });
      const args = [
        'build',
        '--logLevel',
        'warn',
        '--emptyOutDir',
        ...(release ? [] : ['--mode', 'development', '--minify', 'false']),
      ];
      const vite = join(ROOT, 'node_modules', '.bin', 'vite');
      const { code, output } = await run(vite, args, { cwd: join(ROOT, 'www'), timeout: 300 });
      if (code !== 0) throw new Failure('Vite could not build the page.', undefined, output);
      if (output.trim()) console.log(output.trimEnd());
    },
  );
}

function printSizes() {
  const kilobytes = size => `${(size / 1024).toFixed(1)} KB`.padStart(9);
  const files = ['dist', 'www/dist'].flatMap(folder => filesBelow(join(ROOT, folder)));
  for (const file of files) {
    const name = file.slice(ROOT.length + 1);
    // The page carries a copy of the package, which stands in the list already.
    if (!/\.(js|css|wasm|html)$/.test(name) || name.startsWith('www/dist/lib/')) continue;
    const bytes = readFileSync(file);
    const compressed = gzipSync(bytes, { level: 9 }).length;
    console.log(`  ${kilobytes(compressed)} gzip ${kilobytes(bytes.length)}  ${name}`);
  }
}

/** Builds what has changed. Resolves with whether anything was built. */
export async function build({ release = true, sizes = true } = {}) {
  const modules = await buildWasm({ release });
  await checkSnippet();
  const face = await buildFace();
  const page = await buildPage({ release });
  const built = modules.length > 0 || face || page;
  if (built && sizes) printSizes();
  return built;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const known = ['--release', '--dev'];
    const unknown = process.argv.slice(2).filter(argument => !known.includes(argument));
    if (unknown.length > 0)
      throw new Failure(`Unknown option ${unknown[0]}.`, `Known: ${known.join(', ')}`);
    await setup();
    const built = await build({ release: !process.argv.includes('--dev') });
    if (!built) console.log('▸ Everything is up to date');
  });
}
