// Installs what a build or a test run needs and this machine has not: npm packages, the compiler for wasm, the locked
// wasm-bindgen, and for tests also browsers and their drivers. What is there already is left alone.
//
//   node scripts/setup.mjs           what `npm start` needs
//   node scripts/setup.mjs --tests   and what `npm test` needs

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptCommand, missingPackages } from './lib/apt.mjs';
import { explain, Failure, main } from './lib/failure.mjs';
import { onPath, run } from './lib/process.mjs';
import { step } from './lib/steps.mjs';
import {
  DEBIAN_PACKAGES,
  findToolchain,
  GECKODRIVER_VERSION,
  hostEnv,
  ROOT,
  RUST_VERSION,
  TOOLS_BIN,
  WASM_BINDGEN_VERSION,
  WASM_PACK_VERSION,
} from './toolchain.mjs';

/** Debian packages of the browsers in which the tests run, by the program that each brings. */
const BROWSERS = {
  chromium: '/usr/bin/chromium',
  'chromium-driver': '/usr/bin/chromedriver',
  'firefox-esr': '/usr/bin/firefox-esr',
  'webkit2gtk-driver': '/usr/bin/WebKitWebDriver',
  xvfb: '/usr/bin/Xvfb',
  'dbus-daemon': '/usr/bin/dbus-run-session',
};

async function installWithApt(why, packages) {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  const { command, prefix } = await aptCommand(why, missing);
  await step(`Installing ${missing.join(', ')} with apt (${why})`, async () => {
    // Given as a word of the command: sudo does not pass the environment on.
    const call = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    const apt = args => run(call[0], [...call.slice(1), ...args]);
    const update = await apt(['update']);
    const install = await apt(['install', '-y', '--no-install-recommends', ...missing]);
    if (install.code !== 0) {
      throw explain(`Installing ${missing.join(', ')}`, command, update.output + install.output);
    }
  });
}

/** Whether node_modules holds what package-lock.json asks for. */
export function npmPackagesCurrent(root = ROOT) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = path => JSON.parse(readFileSync(path, 'utf8')).packages;
  const have = packagesOf(installed);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, wanted]) =>
      !path.includes('node_modules/') ||
      wanted.optional ||
      wanted.link ||
      have[path]?.version === wanted.version,
  );
}

/** Older ones cannot run the build tools, and say so in puzzling ways. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Failure(
    `Node ${version} is too old: 20.19 or later is needed.`,
    'Install a newer one and run the same command again.',
  );
}

async function installNpmPackages() {
  if (npmPackagesCurrent()) return;
  await step('Installing the npm packages of package-lock.json', async () => {
    // npm's own patience with a network that is not there is several minutes.
    const patience = [
      '--prefer-offline',
      '--fetch-retries=2',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=5000',
    ];
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...patience];
    const { code, output } = await run('npm', args, { cwd: ROOT });
    if (code !== 0) throw explain('Installing the npm packages', 'npm ci', output);
  });
}

/** A C compiler and the host's own Rust: native tests, and the tools that are built from source, need them. */
async function checkHost() {
  if (!(await onPath('cc'))) await installWithApt('a C compiler', ['gcc', 'libc6-dev']);
  if (await onPath('cargo')) return;
  throw new Failure(
    'There is no Rust on this machine (no `cargo` on the PATH).',
    'Install it with rustup, or with `apt-get install cargo-web rustc-web`, and run the same command again.',
  );
}

async function installToolchain() {
  if (findToolchain()) return;
  if (process.env.CF_TOOLCHAIN !== 'debian' && (await onPath('rustup'))) {
    const installed = await step(
      `Asking rustup for Rust ${RUST_VERSION} with its library source`,
      async () => {
        const args = [
          'toolchain',
          'install',
          RUST_VERSION,
          '--profile',
          'minimal',
          '--component',
          'rust-src',
        ];
        // Offline, rustup tries for minutes; one attempt is enough, as there is a second source.
        const env = { ...process.env, RUSTUP_MAX_RETRIES: '1' };
        const { code } = await run('rustup', [...args, '--no-self-update'], { env, timeout: 300 });
        if (code !== 0) console.log('  rustup cannot have it here; Debian has the same version');
        return code === 0;
      },
    );
    if (installed && findToolchain()) return;
  }
  await installWithApt(`Rust ${RUST_VERSION} for wasm`, DEBIAN_PACKAGES);
  if (findToolchain()) return;
  throw new Failure(
    `Rust ${RUST_VERSION} with its library source is needed to build the WebAssembly, and could not be installed.`,
    `Either: rustup toolchain install ${RUST_VERSION} --component rust-src   or: apt-get install ${DEBIAN_PACKAGES.join(' ')}`,
  );
}

/** Builds a command-line tool of one exact version from crates.io into the cache, once. */
async function installTool({ crate, program, version, optLevel = 0 }) {
  const path = join(TOOLS_BIN, program);
  if (existsSync(path)) {
    const { output } = await run(path, ['--version'], { timeout: 20 });
    if (output.includes(` ${version}`)) return;
  }
  mkdirSync(TOOLS_BIN, { recursive: true });
  await step(`Building ${crate} ${version} (once, some minutes)`, async () => {
    const args = [
      'install',
      '--locked',
      '--force',
      '--version',
      version,
      '--root',
      join(TOOLS_BIN, '..'),
      crate,
    ];
    // Most tools work for milliseconds: a quick build is worth more than a quick program.
    const env = hostEnv({
      CARGO_PROFILE_RELEASE_OPT_LEVEL: String(optLevel),
      CARGO_PROFILE_RELEASE_LTO: 'off',
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      CARGO_PROFILE_RELEASE_DEBUG: 'false',
    });
    const { code, output } = await run('cargo', args, { env, cwd: TOOLS_BIN });
    if (code !== 0) throw explain(`Building ${crate}`, `cargo ${args.join(' ')}`, output);
  });
}

/** clippy and rustfmt of the same compiler that builds the wasm. */
async function installLinters() {
  const toolchain = findToolchain();
  const there = ['cargo-clippy', 'rustfmt'].every(name => existsSync(join(toolchain.bin, name)));
  if (there) return;
  if (toolchain.kind === 'debian')
    return installWithApt('lints', ['rust-web-clippy', 'rustfmt-web']);
  await step(`Asking rustup for clippy and rustfmt of Rust ${RUST_VERSION}`, async () => {
    const args = ['component', 'add', 'clippy', 'rustfmt', '--toolchain', RUST_VERSION];
    const { code, output } = await run('rustup', args);
    if (code !== 0)
      throw explain('Installing clippy and rustfmt', `rustup ${args.join(' ')}`, output);
  });
}

async function installBrowsers() {
  const missing = Object.keys(BROWSERS).filter(name => !existsSync(BROWSERS[name]));
  if (missing.length > 0) await installWithApt('browsers for the tests', missing);
}

/** Installs what is missing; with `tests`, also what only the tests need. */
export async function setup({ tests = false } = {}) {
  checkNode();
  await installNpmPackages();
  await checkHost();
  await installToolchain();
  await installTool({
    crate: 'wasm-bindgen-cli',
    program: 'wasm-bindgen',
    version: WASM_BINDGEN_VERSION,
    // This one reads whole modules.
    optLevel: 1,
  });
  if (!tests) return;
  await installLinters();
  await installBrowsers();
  await installTool({ crate: 'wasm-pack', program: 'wasm-pack', version: WASM_PACK_VERSION });
  await installTool({ crate: 'geckodriver', program: 'geckodriver', version: GECKODRIVER_VERSION });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => setup({ tests: process.argv.includes('--tests') }));
}
