// The tests of the crate inside a browser, by `wasm-pack test --headless`, with the locked wasm-bindgen:
//
//   npm run wasm-test -- --chrome|--firefox [-- arguments of cargo test]
//
// For example one test file, and one test in it:
//   npm run wasm-test -- --chrome -- --test page -- map_gives

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, main } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import { setup } from './setup.mjs';
import { findToolchain, ROOT, TOOLS_BIN, wasmEnv } from './toolchain.mjs';

/** wasm-bindgen's runner takes the first driver that it finds in the environment: it must see only one. */
export const BROWSERS = {
  chromium: {
    title: 'Chromium',
    flag: '--chrome',
    driver: 'CHROMEDRIVER',
    path: '/usr/bin/chromedriver',
  },
  firefox: {
    title: 'Firefox',
    flag: '--firefox',
    driver: 'GECKODRIVER',
    path: join(TOOLS_BIN, 'geckodriver'),
  },
};

/** Doc tests run natively; here they would only be linked again, one module each. */
const DEFAULT_TARGETS = ['--lib', '--test', '*'];

/** Runs the crate's wasm tests in one browser; resolves like `run`. */
export function wasmTest(browser, cargoArgs, options) {
  const { flag, driver, path } = BROWSERS[browser];
  const env = wasmEnv(findToolchain());
  for (const other of Object.values(BROWSERS)) delete env[other.driver];
  env[driver] = path;
  env.WASM_BINDGEN_TEST_TIMEOUT ??= '300';
  const args = ['test', '--headless', flag, '--mode', 'no-install'];
  const rest = cargoArgs.length > 0 ? cargoArgs : DEFAULT_TARGETS;
  return run(join(TOOLS_BIN, 'wasm-pack'), [...args, '--', '--features', 'rayon', ...rest], {
    ...options,
    cwd: join(ROOT, 'crate'),
    env,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const [flag, separator, ...rest] = process.argv.slice(2);
    const browser = Object.keys(BROWSERS).find(name => BROWSERS[name].flag === flag);
    if (browser === undefined)
      throw new Failure(
        'Which browser?',
        'npm run wasm-test -- --chrome   or   npm run wasm-test -- --firefox',
      );
    await setup({ tests: true });
    const { code } = await wasmTest(browser, separator === '--' ? rest : [], {
      show: true,
      timeout: 900,
    });
    process.exitCode = code;
  });
}
