// multithreading: functions go by their source. It moves buffers, asked or not.

import { initRuntime, move, shutdown, spawn } from 'multithreading';
import * as tasks from '../tasks.js';

const byName = { ...tasks };
const FIRST = [
  ['add', 0, 0],
  ['factorial', 1],
  ['primes', 0, 0],
  ['rows', 1, 1, 0, 1],
];

export async function open(count) {
  initRuntime({ maxWorkers: count });
  const call = async (name, ...args) => {
    const result = await spawn(move(...args), byName[name]).join();
    if (!result.ok) throw result.error;
    return result.value;
  };
  return {
    call,
    // A worker that gets a second call while it still loads the first one's function rejects it.
    async warmUp() {
      for (const [name, ...args] of FIRST)
        await Promise.all(Array.from({ length: count }, () => call(name, ...args)));
    },
    move: buffer => call('echo', buffer),
    share: call,
    close: () => shutdown(),
  };
}
