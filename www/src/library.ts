// The package, loaded from its own files in lib/ rather than bundled into the page: so the page, the driver, the
// pool's workers and the code in the editor all run the very same files.

type Library = typeof import('concurrent-futures');

const here = (path: string) => new URL(path, document.baseURI).href;

/** Where the package is. */
export const libraryAddress = here('lib/index.js');

/** Where the helpers that user code imports as 'playground' are, for one run. */
export const playgroundAddress = (run: string) => `${here('playground.js')}?run=${run}`;

/** The wasm-bindgen module of www/mandelbrot. */
export const mandelbrotAddress = here('mandelbrot/mandelbrot.js');

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
