// Rust's documentation: that its links lead somewhere, and that every public item has an example, natively and for wasm.
// The examples themselves are run by `cargo test --doc`; that no item is without words, the compiler says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, main } from './lib/failure.mjs';
import { run } from './lib/process.mjs';
import {
  findToolchain,
  lintEnv,
  ROOT,
  WASM_RUSTFLAGS,
  WASM_TARGET,
  WASM_TARGET_DIR,
  wasmEnv,
} from './toolchain.mjs';

const CRATE = 'concurrent-futures';
/** Kinds of items that an example shows; the parts of an enum are shown by its own. */
const SHOWN = ['function', 'struct', 'enum', 'trait', 'macro', 'constant', 'union'];
/** Of its own: what RUSTC_BOOTSTRAP changes must not be compiled anew for everybody else. */
const NATIVE_DIR = join(ROOT, 'target', 'rust-docs');

const kindOf = item => Object.keys(item.inner)[0];
const examplesIn = docs =>
  [...(docs ?? '').matchAll(/```[^\n]*\n([\s\S]*?)```/g)].map(([, code]) => code);

/** The public items of a crate without an example, as `path` or `path::method`, from what rustdoc says of it as JSON. */
export function withoutExamples({ index, root }) {
  const bare = [];
  const seen = new Set();
  const at = id => index[id];

  /** A method counts as shown where the example of its type calls it. */
  function lookAtMethods(path, ids, shown) {
    for (const method of ids.map(at)) {
      const isPublic = method.visibility === 'public' || method.visibility === 'default';
      if (!isPublic || kindOf(method) !== 'function' || method.attrs?.some(isHidden)) continue;
      const call = new RegExp(`(\\.|::)${method.name}(::<[^(]*>)?\\(`);
      if (examplesIn(method.docs).length === 0 && !shown.some(code => call.test(code)))
        bare.push(`${path}::${method.name}`);
    }
  }

  function lookAt(id, path) {
    const item = at(id);
    if (item === undefined) return;
    const kind = kindOf(item);
    const inner = item.inner[kind];
    if (kind === 'use') {
      const target = at(inner.id);
      if (target !== undefined && inner.is_glob)
        for (const each of target.inner.module.items) lookAt(each, path);
      else if (target !== undefined && item.visibility === 'public') lookAt(inner.id, path);
      return;
    }
    if (seen.has(id) || (item.visibility !== 'public' && id !== root)) return;
    seen.add(id);
    const own = [...path, item.name];
    if (kind === 'module') {
      for (const each of inner.items) lookAt(each, own);
      return;
    }
    if (!SHOWN.includes(kind)) return;
    const shown = examplesIn(item.docs);
    if (shown.length === 0) bare.push(own.join('::'));
    if (kind === 'trait') lookAtMethods(own.join('::'), inner.items, shown);
    for (const impl of inner.impls ?? []) {
      const { trait, items } = at(impl)?.inner.impl ?? { trait: null, items: [] };
      if (trait === null) lookAtMethods(own.join('::'), items, shown);
    }
  }

  lookAt(root, []);
  return bare;
}

const isHidden = attribute => JSON.stringify(attribute).includes('hidden');

async function cargo(args, env) {
  const { code, output } = await run('cargo', args, { cwd: ROOT, env });
  if (code !== 0) throw new Failure(`cargo ${args.join(' ')} failed.`, undefined, output);
}

/** Rustdoc's JSON is not stable yet; of the toolchain that the project is pinned to it is always the same. */
async function readCrate(folder, env) {
  const args = ['rustdoc', '-p', CRATE, '--all-features'];
  await cargo([...args, '--', '-Zunstable-options', '--output-format', 'json'], {
    ...env,
    RUSTC_BOOTSTRAP: '1',
  });
  return JSON.parse(readFileSync(join(folder, 'doc', 'concurrent_futures.json'), 'utf8'));
}

async function check() {
  const toolchain = findToolchain();
  const native = lintEnv(toolchain);
  await cargo(['doc', '--no-deps', '-p', CRATE], { ...native, RUSTDOCFLAGS: '-D warnings' });
  const bare = [
    ...withoutExamples(await readCrate(NATIVE_DIR, { ...native, CARGO_TARGET_DIR: NATIVE_DIR })),
    ...withoutExamples(
      await readCrate(join(WASM_TARGET_DIR, WASM_TARGET), {
        ...wasmEnv(toolchain),
        RUSTDOCFLAGS: WASM_RUSTFLAGS,
      }),
    ),
  ];
  if (bare.length === 0) return;
  const list = [...new Set(bare)].map(path => `    ${path}`).join('\n');
  throw new Failure(
    'Public items of the crate have no example.',
    `Add one to the doc comment of each, or call the method in its type's:\n${list}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(check);
