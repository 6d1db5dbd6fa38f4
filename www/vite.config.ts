// Builds the page into static files with relative addresses, which any server can hand out, also under a sub-path.
//
// Beside the page itself, which Vite bundles, the build holds files that are loaded by their own address at run time:
//
//   lib/…             the npm package, as published: page, driver, pool workers and user code share one copy of it
//   mandelbrot/…      the wasm-bindgen output of www/mandelbrot, where it was built
//   playground.js     the helpers that user code imports as 'playground'
//   sw.js             the service worker; at the root, because its place is its scope

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)));
}

/** Copies a folder's JavaScript and wasm into the build, unchanged. */
function copied(folder: string, target: string): Plugin {
  return {
    name: `copy-${target}`,
    generateBundle() {
      if (!existsSync(folder)) return;
      for (const file of filesBelow(folder).filter(name => /\.(js|wasm)$/.test(name)))
        this.emitFile({
          type: 'asset',
          fileName: `${target}/${file}`,
          source: readFileSync(join(folder, file)),
        });
    },
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [
    copied(here('../dist'), 'lib'),
    copied(here('./src/generated/mandelbrot'), 'mandelbrot'),
  ],
  worker: { format: 'es' },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would become `data:` addresses, which the page's Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      preserveEntrySignatures: 'exports-only',
      input: {
        index: here('./index.html'),
        playground: here('./src/playground/index.ts'),
        sw: here('./src/service-worker/sw.ts'),
      },
      output: {
        entryFileNames: chunk =>
          chunk.name === 'playground' || chunk.name === 'sw'
            ? '[name].js'
            : 'assets/[name]-[hash].js',
      },
    },
  },
});
