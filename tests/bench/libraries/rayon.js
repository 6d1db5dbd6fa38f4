// wasm-bindgen-rayon alone, in a worker: what data parallelism in Rust is measured against.

/** There is one pool a page, for ever. */
export const onePool = true;

export async function open(count) {
  const worker = new Worker('/workers/rayon.js', { type: 'module' });
  const ask = message =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = event => reject(new Error(event.message));
      worker.postMessage(message);
    });
  await ask({ threads: count });
  return {
    mandelbrot: async (...job) => Number(await ask({ job })),
    close: () => worker.terminate(),
  };
}
