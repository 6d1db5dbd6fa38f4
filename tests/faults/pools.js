// What whole pools run into: no memory left, a shutdown in the middle of everything, everything cancelled.

import { listen, same, tasks, until, within } from './scene.js';

const MEBIBYTE = 1_048_576;

/** From now on, the memories of this page can have no more than this. */
export function capMemory(bytes) {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(limits) {
      super({ ...limits, maximum: Math.min(limits.maximum, bytes / 65_536) });
    }
  };
}

/** Submits until a call is refused: the calls that were accepted. */
async function fill(scene, argument) {
  const accepted = [];
  for (;;) {
    const future = scene.executor.submit(tasks.lengthOf, argument);
    // What is refused is done at once.
    if (future.done()) {
      const error = await future.exception();
      same(
        [error.name, /^no pool memory is left/.test(error.message) || error.message],
        ['RangeError', true],
      );
      return accepted;
    }
    accepted.push(future);
  }
}

export const pools = {
  async 'pool-memory'(scene) {
    capMemory(24 * MEBIBYTE);
    const executor = await scene.openWarm();
    for (const again of [1, 2]) {
      const atIt = await listen(scene.signal);
      const running = executor.submit(tasks.laterLoudly, 300, scene.signal);
      await atIt();
      const big = await fill(scene, new Uint8Array(MEBIBYTE));
      const small = await fill(scene, [again]);
      scene.happens();
      same([big.length > 8, small.length > 100], [true, true]);
      same(await running, 300);
      for (const future of big) same(await future, MEBIBYTE);
      for (const future of small) if ((await future) !== 1) throw new Error('another value');
    }
  },
  async 'pool-memory-reply'(scene) {
    capMemory(24 * MEBIBYTE);
    const executor = await scene.openWarm();
    scene.happens();
    const future = executor.submit(tasks.bytesOf, 32 * MEBIBYTE);
    await scene.fails(
      future,
      'RangeError',
      'no pool memory is left for a message of 3355',
      'bytesOf',
    );
    same((await executor.submit(tasks.bytesOf, MEBIBYTE)).length, MEBIBYTE);
  },
  async burst(scene) {
    const executor = await scene.openWarm();
    const futures = [];
    for (let n = 0; n < 50_000; n++) futures.push(executor.submit(tasks.square, n));
    // Some have ended, some have not begun.
    await futures[100];
    for (let n = 50_000; n < 100_000; n++) futures.push(executor.submit(tasks.square, n));
    scene.happens();
    void executor.shutdown({ wait: false, cancelFutures: true });
    const settled = until(() => futures.every(future => future.done()));
    await within(1000, settled, 'the end of 100,000 calls');
    let cancelled = 0;
    const all = Promise.all(
      futures.map(async (future, n) => {
        const error = await future.result().catch(reason => reason);
        if (future.cancelled()) cancelled += Number(error.name === 'CancelledError');
        else if (error !== n * n) throw new Error(`${error} for ${n}`);
      }),
    );
    await all;
    same(cancelled > 0, true);
  },
  async 'cancel-all'(scene) {
    const executor = await scene.openWarm();
    const atIt = await listen(scene.signal);
    const running = executor.submit(tasks.laterLoudly, 2000, scene.signal);
    const waiting = Array.from({ length: 10_000 }, (_, n) => executor.submit(tasks.square, n));
    await atIt();
    scene.happens();
    same([running.cancel(), waiting.every(future => future.cancel())], [false, true]);
    for (const future of waiting)
      if ((await future.exception().catch(error => error)).name !== 'CancelledError')
        throw new Error(`${future} should be cancelled`);
    same(await running, 2000);
  },
};
