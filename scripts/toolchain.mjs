// Which compiler builds the WebAssembly, and with which flags: the one place that knows.
//
// Shared memory needs a standard library built with atomics, so `core` and `std` are compiled from source by
// exactly Rust 1.96.0. There are two ways to have it: rustup's toolchain 1.96.0 with `rust-src`, or Debian's
// packages rustc-web, cargo-web and rust-web-src. setup.mjs installs one of them; this file finds it and
// says with which environment to call it. Nothing is set globally: RUSTC_BOOTSTRAP and the flags would hit
// native builds as well. Native tests use the plain toolchain of the host, lints the exact one.
//
// On the command line, anything can be run in that environment:
//   node scripts/toolchain.mjs cargo build -p concurrent-futures-npm --release

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const RUST_VERSION = '1.96.0';
export const WASM_BINDGEN_VERSION = '0.2.108';
export const WASM_PACK_VERSION = '0.15.1';
export const GECKODRIVER_VERSION = '0.37.1';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const CACHE = join(ROOT, '.cache');
/** Where setup.mjs installs wasm-bindgen, wasm-pack and geckodriver. */
export const TOOLS_BIN = join(CACHE, 'tools', 'bin');
/** Apart from `target/`, so that native and wasm builds do not undo each other's work. */
export const WASM_TARGET_DIR = join(ROOT, 'target', 'wasm');
export const WASM_TARGET = 'wasm32-unknown-unknown';

export const DEBIAN_PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-22'];

const LINK_ARGS = [
  '--shared-memory',
  '--import-memory',
  '--max-memory=1073741824',
  '--export=__wasm_init_tls',
  '--export=__tls_size',
  '--export=__tls_align',
  '--export=__tls_base',
  '--export=__stack_pointer',
];

/**
 * The flags of every wasm build. A RUSTFLAGS in the environment would silently replace them.
 *
 * Without reference types, wasm-bindgen keeps JavaScript values in a table of its own. With them, 0.2.108 rewrites
 * every call that takes such a value, but overlooks those inside catch handlers (walrus 0.24 does not walk into
 * them), so that optimised modules with unwinding do not validate.
 */
export const WASM_RUSTFLAGS = [
  '-Cpanic=unwind',
  '-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals,-reference-types',
  ...LINK_ARGS.map(arg => `-Clink-arg=${arg}`),
].join(' ');

function output(command, args, env = process.env) {
  const result = spawnSync(command, args, { encoding: 'utf8', env });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** A sysroot is of use only with the library's source inside. */
function hasLibrarySource(sysroot) {
  return existsSync(join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library', 'std', 'Cargo.toml'));
}

function rustupToolchain() {
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: '0' };
  const rustc = output('rustup', ['which', '--toolchain', RUST_VERSION, 'rustc'], env);
  if (rustc === undefined) return undefined;
  const bin = dirname(rustc);
  if (!hasLibrarySource(dirname(bin))) return undefined;
  return { kind: 'rustup', bin, linker: undefined };
}

function debianToolchain() {
  const version = output('/usr/bin/rustc', ['--version']);
  if (!version?.startsWith(`rustc ${RUST_VERSION} `)) return undefined;
  if (!existsSync('/usr/bin/cargo') || !hasLibrarySource('/usr')) return undefined;
  const linker = ['/usr/bin/wasm-ld-22', '/usr/bin/rust-lld'].find(existsSync);
  if (linker === undefined) return undefined;
  return {
    kind: 'debian',
    bin: '/usr/bin',
    linker: linker.endsWith('wasm-ld-22') ? linker : undefined,
  };
}

/**
 * The installed compiler for wasm, or undefined if there is none. CF_TOOLCHAIN=rustup or =debian in the
 * environment asks for that one.
 */
export function findToolchain() {
  const wanted = process.env.CF_TOOLCHAIN;
  return (
    (wanted !== 'debian' ? rustupToolchain() : undefined) ??
    (wanted !== 'rustup' ? debianToolchain() : undefined)
  );
}

const PROGRAMS = [
  'cargo',
  'rustc',
  'rustdoc',
  'cargo-clippy',
  'clippy-driver',
  'cargo-fmt',
  'rustfmt',
];

/**
 * A folder with links to Debian's compiler alone: tools such as wasm-pack call plain `cargo` and `rustc`, and
 * putting the whole of /usr/bin first on PATH would replace far more than the compiler.
 */
function linkFolder(toolchain) {
  const folder = join(CACHE, 'tools', 'debian-rust');
  mkdirSync(folder, { recursive: true });
  for (const name of PROGRAMS) {
    const target = join(toolchain.bin, name);
    const link = join(folder, name);
    if (!existsSync(target)) continue;
    if (existsSync(link) && readlinkSync(link) === target) continue;
    rmSync(link, { force: true });
    symlinkSync(target, link);
  }
  return folder;
}

/**
 * The environment of the lints: native code, but the compiler of one exact version, since every new clippy and
 * rustfmt has opinions of its own.
 */
export function lintEnv(toolchain) {
  const env = hostEnv();
  for (const name of ['RUSTFLAGS', 'CARGO_ENCODED_RUSTFLAGS', 'CARGO_BUILD_RUSTFLAGS']) {
    delete env[name];
  }
  const bin = toolchain.kind === 'debian' ? linkFolder(toolchain) : toolchain.bin;
  env.PATH = [TOOLS_BIN, bin, env.PATH].join(delimiter);
  env.RUSTC = join(bin, 'rustc');
  env.RUSTDOC = join(bin, 'rustdoc');
  if (toolchain.kind === 'rustup') env.RUSTUP_TOOLCHAIN = RUST_VERSION;
  env.CARGO_TARGET_DIR = join(ROOT, 'target', 'lint');
  return env;
}

/** The environment in which `cargo`, `wasm-bindgen` and `wasm-pack` build wasm with the given toolchain. */
export function wasmEnv(toolchain) {
  const env = lintEnv(toolchain);
  env.RUSTC_BOOTSTRAP = '1';
  env.CARGO_UNSTABLE_BUILD_STD = 'std,panic_unwind';
  env.CARGO_BUILD_TARGET = WASM_TARGET;
  env.CARGO_TARGET_DIR = WASM_TARGET_DIR;
  env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS = WASM_RUSTFLAGS;
  if (toolchain.linker) env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = toolchain.linker;
  return env;
}

/** The environment for native builds: the host's own toolchain, untouched by what wasm builds need. */
export function hostEnv(extra = {}) {
  const env = { ...process.env, ...extra };
  for (const name of ['RUSTC_BOOTSTRAP', 'CARGO_BUILD_TARGET', 'CARGO_UNSTABLE_BUILD_STD'])
    delete env[name];
  return env;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  const toolchain = findToolchain();
  if (toolchain === undefined || command === undefined) {
    console.error(
      command === undefined
        ? 'Usage: node scripts/toolchain.mjs <command> [arguments…]'
        : `Rust ${RUST_VERSION} with its library source is missing. Run: npm run setup`,
    );
    process.exit(2);
  }
  const result = spawnSync(command, args, { stdio: 'inherit', env: wasmEnv(toolchain) });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  process.exit(result.status ?? 1);
}
