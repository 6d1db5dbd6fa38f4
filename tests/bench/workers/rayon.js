// wasm-bindgen-rayon blocks, so it is used in a worker.

import init, { initThreadPool, render } from '/rayon/rayon.js';

self.onmessage = async ({ data: { threads, job } }) => {
  if (threads !== undefined) {
    await init();
    await initThreadPool(threads);
    self.postMessage('up');
  } else self.postMessage(render(...job));
};
