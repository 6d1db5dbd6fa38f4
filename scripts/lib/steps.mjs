// Steps with a name and a time, skipped when nothing they depend on has changed.
//
// A step's stamp, `.cache/stamps/<name>`, holds a hash over the content of its inputs; the step is up to date
// when the hash is the same and its outputs are still there.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { CACHE, ROOT } from '../toolchain.mjs';

const STAMPS = join(CACHE, 'stamps');
const NEVER_INPUT = new Set([
  'node_modules',
  'target',
  'dist',
  'pkg',
  'generated',
  '.git',
  '.cache',
]);

/** `12.3 s`, or `4 min 05 s` */
export function duration(milliseconds) {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Every file below a path (or the file itself), sorted, without what builds produce. */
export function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => !NEVER_INPUT.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return filesBelow(child);
      return entry.isFile() ? [child] : [];
    });
}

/** A hash over the content of files and folders (paths from the root of the checkout), and over extra words. */
export function hashOf(paths, ...words) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of paths.flatMap(path => filesBelow(join(ROOT, path)))) {
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

const stampOf = name => join(STAMPS, name);

export function isCurrent(name, hash, outputs = []) {
  const stamp = stampOf(name);
  return (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === hash &&
    outputs.every(output => existsSync(join(ROOT, output)))
  );
}

export function markCurrent(name, hash) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stampOf(name), hash);
}

/** Says what is being done, does it, and says how long it took. */
export async function step(title, body) {
  console.log(`▸ ${title}`);
  const start = performance.now();
  const result = await body();
  console.log(`  done in ${duration(performance.now() - start)}`);
  return result;
}

/** A step that is skipped while the hash of its inputs is the same and its outputs exist. */
export async function cachedStep({ name, title, hash, outputs = [] }, body) {
  if (isCurrent(name, hash, outputs)) return false;
  rmSync(stampOf(name), { force: true });
  await step(title, body);
  markCurrent(name, hash);
  return true;
}
