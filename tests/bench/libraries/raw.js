// Round robin over bare workers.

export function open(count) {
  const waiting = new Map();
  let id = 0;
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker('/workers/raw.js', { type: 'module' });
    worker.onmessage = ({ data }) => {
      const resolve = waiting.get(data.id);
      waiting.delete(data.id);
      resolve(data.value);
    };
    return worker;
  });
  const send = (name, args, list) =>
    new Promise(resolve => {
      waiting.set(++id, resolve);
      workers[id % count].postMessage({ id, name, args, moving: list.length > 0 }, list);
    });
  return {
    call: (name, ...args) => send(name, args, []),
    move: buffer => send('echo', [buffer], [buffer]),
    share: (name, shared) => send(name, [shared], []),
    close: () => {
      for (const worker of workers) worker.terminate();
    },
  };
}

/** The milliseconds of each round between two workers that block. */
export async function block({ warm, count }) {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const all = ['server', 'client'].map(role => {
    const worker = new Worker('/workers/ping.js', { type: 'module' });
    const done = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = event => reject(new Error(event.message));
    });
    worker.postMessage({ role, words, count: warm + count });
    return { worker, done };
  });
  const [, times] = await Promise.all(all.map(({ done }) => done));
  for (const { worker } of all) worker.terminate();
  return times.slice(warm);
}
