// What one more idle worker, and one more outstanding future, take.

export const title = 'Memory';
export const sizes = {
  full: { workers: 16, futures: 100_000 },
  quick: { workers: 8, futures: 100_000 },
};
export const metrics = () => ({
  workerPool: { title: 'an idle worker, in pool memory', unit: 'KiB' },
  workerAll: { title: 'an idle worker, in all', unit: 'KiB' },
  futurePool: { title: 'an outstanding future, in pool memory', unit: 'B' },
  futureHeap: { title: "in the page's heap", unit: 'B' },
});

const KIB = 1024;
const memories = [];

/** Has every memory from now on known here; before the library is imported. */
export function prepare() {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
}

const poolBytes = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);

async function allBytes() {
  return (await performance.measureUserAgentSpecificMemory?.())?.bytes;
}

function heapBytes() {
  if (performance.memory === undefined || globalThis.gc === undefined) return undefined;
  globalThis.gc();
  return performance.memory.usedJSHeapSize;
}

/** Has so many workers busy at once, so that there are that many; then lets them idle. */
async function together(pool, count, meanwhile = () => undefined) {
  const name = `hold ${Math.random()}`;
  const held = new BroadcastChannel(`${name} held`);
  const go = new BroadcastChannel(name);
  let there = 0;
  const all = new Promise(resolve => {
    held.onmessage = () => ++there === count && resolve();
  });
  const calls = Array.from({ length: count }, () => pool.call('hold', name));
  await all;
  const result = await meanwhile();
  go.postMessage('go');
  await Promise.all(calls);
  held.close();
  go.close();
  return result;
}

const each = (after, before, count, unit) =>
  after === undefined || before === undefined ? undefined : (after - before) / count / unit;

export async function run(library, { workers, futures }, tell) {
  let pool = await library.open(1);
  await together(pool, 1);
  const [poolBefore, allBefore] = [poolBytes(), await allBytes()];
  const many = await library.open(workers);
  await together(many, workers);
  tell({ workerAll: each(await allBytes(), allBefore, workers, KIB) });
  if (memories.length === 0) {
    await many.close();
    return pool.close();
  }
  tell({ workerPool: each(poolBytes(), poolBefore, workers, KIB) });
  await many.close();
  await pool.close();
  // What the workers leave is used again; so all of it is in use before the futures come.
  pool = await library.open(1);
  let calls = [];
  await together(pool, 1, async () => {
    const before = [poolBytes(), heapBytes()];
    calls = Array.from({ length: futures }, (_, n) => pool.call('add', n, 1));
    tell({
      futurePool: each(poolBytes(), before[0], futures, 1),
      futureHeap: each(heapBytes(), before[1], futures, 1),
    });
  });
  await Promise.all(calls);
  await pool.close();
}
