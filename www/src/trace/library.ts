// The package's subpaths that the timeline needs, loaded from its own files as the package itself is: page, driver and
// workers run the same ones.

type TracingModule = typeof import('concurrent-futures/trace');
type ProgressModule = typeof import('concurrent-futures/progress');

const address = (name: string) => new URL(`lib/${name}.js`, document.baseURI).href;
const load = (name: string) => import(/* @vite-ignore */ address(name));

/** Where the subpath `trace` is. */
export const tracingAddress = address('trace');

export const loadTracing = () => load('trace') as Promise<TracingModule>;
export const loadProgress = () => load('progress') as Promise<ProgressModule>;
