// Every suite of `npm test`: what it needs to exist, how it is run, how its tests are counted, and when it has
// taken too long. A suite whose files are missing fails, unless it is marked optional; one that is marked `built`
// needs dist/ and www/dist; one that is marked `onDemand` runs only when it is named. Two suites run side by side, unless
// one is marked `alone`, or both are of one `group`, which would only wait for the same lock of cargo. What waits runs
// beside what computes.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countCargo, countClosingLine, countLint, countVitest } from './lib/counts.mjs';
import { run } from './lib/process.mjs';
import { CACHE, findToolchain, hostEnv, lintEnv, ROOT, wasmEnv } from './toolchain.mjs';
import { BROWSERS, wasmTest } from './wasm-test.mjs';

const inRoot = path => join(ROOT, path);
const bin = name => inRoot(`node_modules/.bin/${name}`);
const MINUTE = 60;

/** A check whose answer is its exit code. */
function lint(
  name,
  title,
  command,
  { requires = [], built = false, timeout = 5 * MINUTE, env = hostEnv, group } = {},
) {
  return {
    name,
    title,
    built,
    requires,
    group,
    async run(options) {
      const [program, ...args] = command;
      const result = await run(program, args, { ...options, cwd: ROOT, env: env(), timeout });
      return { ...result, ...countLint(result) };
    },
  };
}

function cargoTest(
  name,
  title,
  args,
  { requires = [], optional = false, timeout = 15 * MINUTE, env = {}, group } = {},
) {
  return {
    name,
    title,
    requires,
    optional,
    group,
    async run(options) {
      const all = ['test', ...(typeof args === 'function' ? args() : args)];
      const result = await run('cargo', all, { ...options, cwd: ROOT, env: hostEnv(env), timeout });
      return { ...result, ...countCargo(result) };
    },
  };
}

const wasmSuite = browser => ({
  name: `wasm-${browser}`,
  title: `wasm tests in ${BROWSERS[browser].title}, by wasm-pack`,
  requires: ['crate/tests'],
  group: 'wasm-pack',
  async run(options) {
    const result = await wasmTest(browser, [], { ...options, timeout: 15 * MINUTE });
    return { ...result, ...countCargo(result) };
  },
});

const pageSuite = browser => ({
  name: `page-${browser}`,
  title: `the page, end to end, in ${BROWSERS[browser].title}`,
  built: true,
  // It compares times: of flags in sequence and at once, of one worker and of several.
  alone: true,
  requires: ['tests/browser/run.mjs'],
  async run(options) {
    const args = ['tests/browser/run.mjs', '--browser', browser];
    const result = await run('node', args, { ...options, cwd: ROOT, timeout: 20 * MINUTE });
    return { ...result, ...countClosingLine(result) };
  },
});

const engineSuite = (browser, title, isolation = true) => ({
  name: isolation ? `engines-${browser}` : `messages-${browser}`,
  title: isolation
    ? `pools on a page and in blocking workers, in ${title}`
    : `process pools without isolation, in ${title}`,
  built: true,
  // Of two hundred workers, which come up at once in one case, WebKitGTK is the slowest.
  alone: browser === 'webkit',
  requires: ['tests/engines/run.mjs'],
  async run(options) {
    const args = ['tests/engines/run.mjs', '--browser', browser];
    if (!isolation) args.push('--no-isolation');
    const result = await run('node', args, { ...options, cwd: ROOT, timeout: 10 * MINUTE });
    return { ...result, ...countClosingLine(result) };
  },
});

const faultSuite = (browser, title) => ({
  name: `faults-${browser}`,
  title: `every fault on every executor, in ${title}`,
  built: true,
  // Each fault has a second to be told of.
  alone: true,
  requires: ['tests/faults/run.mjs'],
  async run(options) {
    const args = ['tests/faults/run.mjs', '--browser', browser];
    const result = await run('node', args, { ...options, cwd: ROOT, timeout: 10 * MINUTE });
    return { ...result, ...countClosingLine(result) };
  },
});

const conformanceSuite = (browser, title, more = {}) => ({
  name: `conformance-${browser}`,
  title: `every row of CPython's own tests, on every executor, in ${title}`,
  built: true,
  requires: ['tests/conformance/run.mjs'],
  async run(options) {
    const args = ['tests/conformance/run.mjs', '--browser', browser];
    const result = await run('node', args, { ...options, cwd: ROOT, timeout: 15 * MINUTE });
    return { ...result, ...countClosingLine(result) };
  },
  ...more,
});

/** The short form of `npm run soak`, with a new seed each time, which it prints. */
const soakSuite = seconds => ({
  name: 'soak',
  title: `random work on every executor for ${seconds} s, against a model, in Chromium`,
  built: true,
  requires: ['tests/soak/run.mjs'],
  async run(options) {
    const args = ['tests/soak/run.mjs', '--seconds', String(seconds)];
    const result = await run('node', args, { ...options, cwd: ROOT, timeout: 10 * MINUTE });
    return { ...result, ...countClosingLine(result) };
  },
});

/** Models need no fat LTO, which would take most of the time, but the core's own assertions. */
const LOOM_ENV = {
  RUSTFLAGS: '--cfg loom',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS: 'true',
};

const wasmCargoEnv = () => wasmEnv(findToolchain());
const pinnedEnv = () => lintEnv(findToolchain());

export const SUITES = [
  lint('fmt', 'cargo fmt', ['cargo-fmt', '--all', '--check'], {
    requires: ['Cargo.toml'],
    env: pinnedEnv,
  }),
  lint('biome', 'Biome: format and lints', [bin('biome'), 'check', '--error-on-warnings', '.']),
  lint('tsc', 'tsc, the TypeScript face', [bin('tsc'), '-p', 'tsconfig.json'], {
    requires: ['crate/js/src'],
  }),
  lint('tsc-page', 'tsc, the page', ['npm', 'run', 'check', '--silent', '-w', 'www'], {
    built: true,
    requires: ['www/tsconfig.json'],
  }),
  lint(
    'clippy',
    'clippy, native',
    ['cargo-clippy', 'clippy', '--workspace', '--all-targets', '--', '-D', 'warnings'],
    { requires: ['Cargo.toml'], timeout: 15 * MINUTE, env: pinnedEnv, group: 'cargo' },
  ),
  engineSuite('chromium', 'Chromium'),
  lint(
    'clippy-wasm',
    'clippy, for wasm',
    ['cargo-clippy', 'clippy', '--workspace', '--lib', '--tests', '--', '-D', 'warnings'],
    { requires: ['Cargo.toml'], timeout: 15 * MINUTE, env: wasmCargoEnv, group: 'wasm-pack' },
  ),
  cargoTest('native', 'native tests of the core, and doc tests', ['-p', 'concurrent-futures'], {
    requires: ['crate/src/lib.rs'],
    group: 'cargo',
  }),
  lint(
    'doc',
    'rustdoc: links, and an example of every public item',
    ['node', 'scripts/rust-docs.mjs'],
    { requires: ['Cargo.toml'], timeout: 15 * MINUTE, group: 'cargo' },
  ),
  cargoTest(
    'loom',
    'loom: the orderings of the core',
    [
      '-p',
      'concurrent-futures',
      '--lib',
      '--release',
      '--target-dir',
      inRoot('target/loom'),
      'models',
    ],
    { requires: ['crate/src/models.rs'], env: LOOM_ENV },
  ),
  {
    name: 'unit',
    built: true,
    title: 'unit tests of the TypeScript face, the page and the scripts, by vitest',
    requires: ['vitest.config.mjs'],
    async run(options) {
      const report = join(CACHE, 'vitest.json');
      mkdirSync(CACHE, { recursive: true });
      rmSync(report, { force: true });
      const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const result = await run(bin('vitest'), args, { ...options, cwd: ROOT, timeout: 5 * MINUTE });
      const parsed = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
      return { ...result, ...countVitest(result, parsed) };
    },
  },
  wasmSuite('chromium'),
  engineSuite('firefox', 'Firefox'),
  wasmSuite('firefox'),
  conformanceSuite('chromium', 'Chromium'),
  conformanceSuite('firefox', 'Firefox'),
  soakSuite(60),
  engineSuite('firefox', 'Firefox', false),
  engineSuite('chromium', 'Chromium', false),
  pageSuite('firefox'),
  pageSuite('chromium'),
  engineSuite('webkit', 'WebKitGTK'),
  engineSuite('webkit', 'WebKitGTK', false),
  faultSuite('chromium', 'Chromium'),
  faultSuite('firefox', 'Firefox'),
  conformanceSuite('webkit', 'WebKitGTK', { onDemand: true }),
];

/** The paths that a suite needs and that are not there; for a function, whether it finds anything. */
export function missingFor({ requires }) {
  if (typeof requires === 'function') return requires().length === 0 ? ['its files'] : [];
  return requires.filter(path => !existsSync(inRoot(path)));
}
