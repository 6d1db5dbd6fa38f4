// Builds the service worker, with the list of all files of the build in it: so it changes whenever one of them does.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'vite';

/** Files for servers, and the service worker itself. */
const LEFT_OUT = new Set(['sw.js', '_headers']);

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** What the service worker keeps: each file with a hash of its content. */
export function listOf(folder: string): { url: string; revision: string }[] {
  return filesBelow(folder)
    .filter(file => !LEFT_OUT.has(file))
    .map(file => ({
      url: file.split(sep).join('/'),
      revision: createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex')
        .slice(0, 16),
    }));
}

/** Writes `sw.js` from `entry`. A classic script in one piece: its place is its scope, and it imports nothing. */
export function serviceWorker(entry: string): Plugin {
  return {
    name: 'service-worker',
    async writeBundle({ dir }) {
      if (dir === undefined) throw new Error('the build has no folder');
      const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        format: 'iife',
        target: 'es2022',
        write: false,
        define: {
          __FILES__: JSON.stringify(listOf(dir)),
          'process.env.NODE_ENV': '"production"',
        },
      });
      const [script] = outputFiles;
      if (!script) throw new Error('the service worker was not built');
      writeFileSync(join(dir, 'sw.js'), script.contents);
    },
  };
}
