// The package, loaded from its own files in lib/ rather than bundled into the page: so the page, the driver, the
// pool's workers and the code in the editor all run the very same files.

import { encode, SETTINGS } from './network/network.ts';
import { network } from './network/settings.ts';

type Library = typeof import('concurrent-futures');

/** The subpaths of the package that user code may import, as its package.json has them; the build puts them here. */
declare const __SUBPATHS__: readonly string[];
const SUBPATHS = __SUBPATHS__;

const here = (path: string) => new URL(path, document.baseURI).href;

/** Where the package is. */
export const libraryAddress = here('lib/index.js');

/** Where the helpers that user code imports as 'playground' are, for one run on the network as it is set now. */
export const playgroundAddress = (run: string) =>
  `${here('playground.js')}?run=${run}&${SETTINGS}=${encode(network.peek())}`;

/** The wasm-bindgen module of www/mandelbrot. */
export const mandelbrotAddress = here('mandelbrot/mandelbrot.js');

/** The names that user code may import, besides 'playground', and where they are. */
export const ADDRESSES: Readonly<Record<string, string>> = {
  'concurrent-futures': libraryAddress,
  ...Object.fromEntries(
    SUBPATHS.map(name => [`concurrent-futures/${name}`, here(`lib/${name}.js`)]),
  ),
  mandelbrot: mandelbrotAddress,
};

/** Loads the package and its module early, so that the first run starts sooner. */
export async function preloadLibrary(): Promise<void> {
  try {
    const { ready } = await loadLibrary();
    await ready();
  } catch {
    // The first run will fail in the same way, and say so where the person looks.
  }
}

/** Loads the package; the second time it is there at once. */
export async function loadLibrary(): Promise<Library> {
  return (await import(/* @vite-ignore */ libraryAddress)) as Library;
}
