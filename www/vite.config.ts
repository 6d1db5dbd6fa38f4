// Builds the page into static files with relative addresses, which any server can hand out, also under a sub-path.
//
// Beside the page itself, which Vite bundles, the build holds files that are loaded by their own address at run time:
//
//   lib/…             the npm package, as published: page, driver, pool workers and user code share one copy of it
//   mandelbrot/…      the wasm-bindgen output of www/mandelbrot, where it was built
//   playground.js     the helpers that user code imports as 'playground'
//   gil.js            the lock of runs under the GIL, for the workers of such a run
//   sw.js             the service worker with the list of all these files; at the root, because its place is its scope

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { apiDocs, subpathsOf } from './build/api-docs.ts';
import { filesBelow, serviceWorker } from './build/service-worker.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const root = here('..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

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
    apiDocs(root),
    serviceWorker(here('./src/service-worker/sw.ts')),
  ],
  define: {
    __VERSION__: JSON.stringify(version),
    __SUBPATHS__: JSON.stringify(subpathsOf(root)),
  },
  worker: { format: 'es' },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would become `data:` addresses, which the page's Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Reading the documentation takes the time that it takes.
      checks: { bundlerTimings: false },
      preserveEntrySignatures: 'exports-only',
      input: {
        index: here('./index.html'),
        playground: here('./src/playground/index.ts'),
        gil: here('./src/gil/runtime.ts'),
      },
      output: {
        entryFileNames: chunk =>
          ['playground', 'gil'].includes(chunk.name) ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
