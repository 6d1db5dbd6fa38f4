// This project's crate: Rust on the page submits, and awaits. The module is `rust/`, as wasm-bindgen made it.

import init, { Pool, prepare } from '/rust/rust.js';

const openWith = isProcesses => async count => {
  await init();
  await prepare();
  const pool = new Pool(isProcesses, count);
  return {
    calls: n => pool.calls(n),
    burst: async n => Number(await pool.burst(n)),
    factorials: async (n, of) => Number(await pool.factorials(n, of)),
    primes: async (limit, chunks) => Number(await pool.primes(limit, chunks)),
    mandelbrot: async (size, iterations, rows) =>
      Number(await pool.mandelbrot(size, iterations, rows)),
    mapSum: async (items, chunksize) => Number(await pool.map(items, chunksize)),
    close: () => pool.close(),
  };
};

export const threads = { open: openWith(false) };
export const processes = { open: openWith(true) };
