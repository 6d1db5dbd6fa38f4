// This package, from a page, with tasks of a module.

import { adopt, ProcessPoolExecutor, ThreadPoolExecutor, tasksOf } from '../../../dist/index.js';

const tasks = tasksOf();
const worker = () => new Worker('/workers/ours.js', { type: 'module' });

function openWith(Executor, count) {
  const executor = new Executor({ maxWorkers: count, worker });
  return {
    executor,
    call: (name, ...args) => executor.submit(tasks[name], ...args),
    move: buffer => executor.submitWith({ transfer: [buffer] }, tasks.move, buffer),
    // What cannot be encoded goes by structured clone, which a list of transfers asks for, even an empty one.
    share: (name, shared) => executor.submitWith({ transfer: [] }, tasks[name], shared),
    map: (name, items, chunksize) => executor.map(tasks[name], items, { chunksize }),
    close: () => executor.shutdown({ cancelFutures: true }),
  };
}

/** The milliseconds of each call from a worker that blocks. */
async function blockOn(kind, { warm, count }) {
  const blocking = new Worker('/workers/blocking.js', { type: 'module' });
  const adopted = adopt(blocking);
  const times = await new Promise((resolve, reject) => {
    blocking.onerror = event => reject(new Error(event.message));
    blocking.addEventListener('message', ({ data }) => data.times && resolve(data.times));
    blocking.postMessage({ kind, warm, count });
  });
  await adopted.terminate();
  return times;
}

export const threads = {
  open: count => openWith(ThreadPoolExecutor, count),
  block: options => blockOn('threads', options),
};

export const processes = {
  open: count => openWith(ProcessPoolExecutor, count),
  block: options => blockOn('processes', options),
};
