// The small apps in crate/examples, and the module of tests/faults: each is built as its own user would, `wasm-pack build
// --target web`, so that the tests in browsers see the crate inside somebody else's module.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { cachedStep, hashOf } from './lib/steps.mjs';
import { optimise } from './optimise.mjs';
import { findToolchain, ROOT, TOOLS_BIN, wasmEnv } from './toolchain.mjs';
import { CORE_INPUTS } from './wasm.mjs';

const FOLDER = 'crate/examples';
/** Optimised as the package's own module is: what overflows a stack traps in it. */
const FAULTS = 'tests/faults/rust';

/** Builds those that have changed, each into its own pkg/. */
export async function buildExamples() {
  if (!existsSync(join(ROOT, FOLDER))) return;
  const toolchain = findToolchain();
  const examples = readdirSync(join(ROOT, FOLDER), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => `${FOLDER}/${name}`);
  for (const folder of [...examples, FAULTS]) {
    if (!existsSync(join(ROOT, folder, 'Cargo.toml'))) continue;
    const hash = hashOf([...CORE_INPUTS, folder, 'scripts/examples.mjs'], toolchain.bin);
    const title = `Building ${folder} with wasm-pack`;
    await cachedStep(
      { name: `example-${folder.split('/')[2]}`, title, hash, outputs: [`${folder}/pkg`] },
      async () => {
        const args = ['build', '--target', 'web', '--mode', 'no-install', '--no-opt'];
        const cwd = join(ROOT, folder);
        const { code, output } = await run(join(TOOLS_BIN, 'wasm-pack'), args, {
          cwd,
          env: wasmEnv(toolchain),
        });
        if (code !== 0) throw explain(title, `wasm-pack ${args.join(' ')}`, output);
        const module = join(cwd, 'pkg', 'faults_bg.wasm');
        if (folder === FAULTS) writeFileSync(module, await optimise(readFileSync(module)));
      },
    );
  }
}
