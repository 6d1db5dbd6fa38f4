// The lines of the tables: each library in each form, and the workloads that it can do at all.

const CALLS = ['call', 'burst', 'outstanding', 'factorial', 'primes', 'mandelbrot'];
const PEER = [...CALLS, 'megabyte', 'start'];

/**
 * In the order of the tables. `file` is the module in `libraries/`, `form` its export if it has several; `apart` asks for
 * a page that is not cross-origin isolated.
 */
export const LIBRARIES = [
  {
    name: 'raw',
    title: 'raw `postMessage`, round robin',
    file: 'raw',
    workloads: [...PEER, 'block', 'memory'],
  },
  {
    name: 'threads-js',
    title: '**ours**, threads, JavaScript tasks',
    file: 'ours',
    form: 'threads',
    workloads: [...PEER, 'block', 'memory'],
  },
  {
    name: 'processes-js',
    title: '**ours**, processes, JavaScript tasks',
    file: 'ours',
    form: 'processes',
    workloads: [...PEER, 'map', 'block', 'memory'],
  },
  {
    name: 'threads-rust',
    title: '**ours**, threads, Rust',
    file: 'rust',
    form: 'threads',
    workloads: [...CALLS, 'start'],
  },
  {
    name: 'processes-rust',
    title: '**ours**, processes, Rust',
    file: 'rust',
    form: 'processes',
    workloads: [...CALLS, 'map', 'start'],
  },
  {
    name: 'apart-js',
    title: '**ours**, processes without isolation',
    file: 'ours',
    form: 'processes',
    apart: true,
    workloads: [...PEER, 'map'],
  },
  { name: 'workerpool', title: 'workerpool 10.0.3', file: 'workerpool', workloads: PEER },
  { name: 'comlink', title: 'comlink 4.4.2, round robin', file: 'comlink', workloads: PEER },
  {
    name: 'multithreading',
    title: 'multithreading 0.3.52',
    file: 'multithreading',
    workloads: PEER,
  },
  { name: 'worktank', title: 'worktank 3.0.2', file: 'worktank', workloads: PEER },
  { name: 'poolifier', title: 'poolifier-web-worker 0.5.15', file: 'poolifier', workloads: PEER },
  { name: 'threads', title: 'threads 1.7.0', file: 'threads', workloads: PEER },
  { name: 'p-map', title: 'p-map 7.1.1, on the page itself', file: 'p-map', workloads: CALLS },
  { name: 'rayon', title: 'wasm-bindgen-rayon 1.3.0', file: 'rayon', workloads: ['mandelbrot'] },
];

/** What all others are compared with. */
export const REFERENCE = 'raw';

export const libraryOf = name => LIBRARIES.find(library => library.name === name);
