// `npm run fmt`: formats everything, Rust with rustfmt and the rest with Biome.

import { join } from 'node:path';
import { Failure, main } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { hostEnv, ROOT } from './toolchain.mjs';

await main(async () => {
  for (const [program, ...args] of [
    ['cargo', 'fmt', '--all'],
    [join(ROOT, 'node_modules/.bin/biome'), 'check', '--write', '.'],
  ]) {
    const { code, output } = await run(program, args, { cwd: ROOT, env: hostEnv(), show: true });
    if (code !== 0) throw new Failure(`${program} ${args.join(' ')} failed.`, undefined, output);
  }
});
