// `npm run fmt`: formats everything, Rust with rustfmt and the rest with Biome.

import { join } from 'node:path';
import { Failure, main } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { setup } from './setup.mjs';
import { findToolchain, lintEnv, ROOT } from './toolchain.mjs';

await main(async () => {
  await setup({ tests: true });
  for (const [program, ...args] of [
    ['cargo-fmt', '--all'],
    [join(ROOT, 'node_modules/.bin/biome'), 'check', '--write', '.'],
  ]) {
    const { code, output } = await run(program, args, {
      cwd: ROOT,
      env: lintEnv(findToolchain()),
      show: true,
    });
    if (code !== 0) throw new Failure(`${program} ${args.join(' ')} failed.`, undefined, output);
  }
});
