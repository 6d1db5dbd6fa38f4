// The WebAssembly of this repository: cargo, then wasm-bindgen, then (release) optimise.mjs.
//
//   crate/npm         → dist/concurrent_futures.wasm          the npm package's module, without glue
//   www/mandelbrot    → www/src/generated/mandelbrot/         a module of the playground, with its glue

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { explain, Failure } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { cachedStep, hashOf } from './lib/steps.mjs';
import { optimise } from './optimise.mjs';
import {
  findToolchain,
  ROOT,
  TOOLS_BIN,
  WASM_TARGET,
  WASM_TARGET_DIR,
  wasmEnv,
} from './toolchain.mjs';

/** Everything that the content of a module can depend on. */
export const CORE_INPUTS = [
  'Cargo.toml',
  'Cargo.lock',
  'crate/Cargo.toml',
  'crate/npm',
  'crate/src',
  'crate/js/snippet.js',
  'scripts/wasm.mjs',
  'scripts/optimise.mjs',
  'scripts/toolchain.mjs',
  'package-lock.json',
];

const MODULES = [
  {
    name: 'wasm-npm',
    title: 'the module of the npm package',
    manifest: 'crate/npm',
    inputs: CORE_INPUTS,
    output: 'dist/concurrent_futures.wasm',
  },
  {
    name: 'wasm-mandelbrot',
    title: 'the Mandelbrot module of the playground',
    manifest: 'www/mandelbrot',
    inputs: [...CORE_INPUTS, 'www/mandelbrot'],
    glue: 'www/src/generated/mandelbrot',
    output: 'www/src/generated/mandelbrot/mandelbrot_bg.wasm',
  },
];

/** Compiles one package of the workspace and gives the path of its module. */
async function compile(toolchain, cargoName, release) {
  const args = ['build', '--package', cargoName, ...(release ? ['--release'] : [])];
  const { code, output } = await run('cargo', args, {
    cwd: ROOT,
    env: wasmEnv(toolchain),
    show: true,
  });
  if (code !== 0)
    throw explain(
      `Compiling ${cargoName}`,
      `node scripts/toolchain.mjs cargo ${args.join(' ')}`,
      code === 124 ? output : '',
    );
  const profile = release ? 'release' : 'debug';
  return join(WASM_TARGET_DIR, WASM_TARGET, profile, `${cargoName.replaceAll('-', '_')}.wasm`);
}

async function bindgen(input, outDir, outName, release) {
  // Snippets of an earlier build would stay and be shipped.
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const strip = release ? ['--remove-producers-section'] : ['--keep-debug'];
  const args = [input, '--target', 'web', '--out-dir', outDir, '--out-name', outName, ...strip];
  const { code, output } = await run(join(TOOLS_BIN, 'wasm-bindgen'), args);
  if (code !== 0) throw new Failure(`wasm-bindgen refused ${input}.`, undefined, output);
  return join(outDir, `${outName}_bg.wasm`);
}

/** The package's own name, which is also the name of its module's file. */
function packageName(manifest) {
  const text = readFileSync(join(ROOT, manifest, 'Cargo.toml'), 'utf8');
  return text.match(/^name\s*=\s*"([^"]+)"/m)[1];
}

/** Builds every module of the repository that has changed. Resolves with the names of those that were built. */
export const buildWasm = ({ release }) => buildModules(MODULES, { release });

/** The same for these modules. */
export async function buildModules(modules, { release }) {
  const toolchain = findToolchain();
  const built = [];
  for (const module of modules) {
    if (!existsSync(join(ROOT, module.manifest, 'Cargo.toml'))) continue;
    const hash = hashOf(
      module.inputs,
      toolchain?.kind,
      toolchain?.bin,
      release ? 'release' : 'dev',
    );
    const title = `Building ${module.title} (${release ? 'release' : 'dev'})`;
    const ran = await cachedStep(
      { name: module.name, title, hash, outputs: [module.output] },
      async () => {
        const compiled = await compile(toolchain, packageName(module.manifest), release);
        const outDir = join(ROOT, module.glue ?? 'target/wasm/bindgen');
        const bound = await bindgen(compiled, outDir, basename(module.manifest), release);
        const output = join(ROOT, module.output);
        mkdirSync(dirname(output), { recursive: true });
        if (release) writeFileSync(output, await optimise(readFileSync(bound)));
        else if (bound !== output) copyFileSync(bound, output);
      },
    );
    if (ran) built.push(module.name);
  }
  return built;
}
