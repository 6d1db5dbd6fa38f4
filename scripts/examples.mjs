// The small apps in crate/examples: each is built as its own user would, `wasm-pack build --target web`, so that the
// tests in browsers see the crate inside somebody else's module.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { cachedStep, hashOf } from './lib/steps.mjs';
import { findToolchain, ROOT, TOOLS_BIN, wasmEnv } from './toolchain.mjs';
import { CORE_INPUTS } from './wasm.mjs';

const FOLDER = 'crate/examples';

/** Builds those that have changed, each into its own pkg/. */
export async function buildExamples() {
  if (!existsSync(join(ROOT, FOLDER))) return;
  const toolchain = findToolchain();
  for (const entry of readdirSync(join(ROOT, FOLDER), { withFileTypes: true })) {
    const folder = `${FOLDER}/${entry.name}`;
    if (!entry.isDirectory() || !existsSync(join(ROOT, folder, 'Cargo.toml'))) continue;
    const hash = hashOf([...CORE_INPUTS, folder, 'scripts/examples.mjs'], toolchain.bin);
    const title = `Building ${folder} with wasm-pack`;
    await cachedStep(
      { name: `example-${entry.name}`, title, hash, outputs: [`${folder}/pkg`] },
      async () => {
        const args = ['build', '--target', 'web', '--mode', 'no-install', '--no-opt'];
        const cwd = join(ROOT, folder);
        const { code, output } = await run(join(TOOLS_BIN, 'wasm-pack'), args, {
          cwd,
          env: wasmEnv(toolchain),
        });
        if (code !== 0) throw explain(title, `wasm-pack ${args.join(' ')}`, output);
      },
    );
  }
}
