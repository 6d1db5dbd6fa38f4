// Without isolation: what is refused, and what holds all the same.

import {
  asCompleted,
  NotIsolatedError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  waitSync,
  withExecutor,
} from '../../dist/index.js';
import { listen } from './listen.js';
import { rejection, same } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const script = new URL('../../dist/default-worker.js', import.meta.url);

function isRefused(what, call) {
  try {
    call();
  } catch (error) {
    const { message } = error;
    const named =
      message.includes('Cross-Origin-Opener-Policy: same-origin') &&
      message.includes('Cross-Origin-Embedder-Policy: require-corp');
    return same([what, error instanceof NotIsolatedError, named], [what, true, true]);
  }
  throw new Error(`${what} should have been refused`);
}

/** On a page and in workers, with an executor at hand. */
export const refusals = {
  async 'threads and blocking calls are refused, and the headers named'(executor) {
    isRefused('threads', () => new ThreadPoolExecutor({ maxWorkers: 1 }));
    const future = executor.submit(tasks.later, 200);
    isRefused('resultSync', () => future.resultSync());
    isRefused('resultSync, timed', () => future.resultSync(1));
    isRefused('exceptionSync', () => future.exceptionSync());
    isRefused('waitSync', () => waitSync([future]));
    isRefused('asCompleted', () => [...asCompleted([future])]);
    isRefused('map', () => [...executor.map(tasks.later, [200])]);
    isRefused('shutdownSync', () => executor.shutdownSync());
    same(await future, 200);
    // What is done needs no waiting.
    same([future.resultSync(), waitSync([future]).done.size], [200, 1]);
  },
};

/** On a page. */
export const apart = {
  async 'without isolation only what a worker has counts as running'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      await executor.submit(tasks.square, 1);
      const channel = `apart ${performance.now()}`;
      const atIt = await listen(channel);
      const first = executor.submit(tasks.spinLoudly, 100, channel);
      const others = [2, 3].map(n => executor.submit(tasks.square, n));
      await atIt();
      same([first.running(), first.cancel()], [true, false]);
      same(
        others.map(future => future.running()),
        [false, false],
      );
      same([others[1].cancel(), await others[0]], [true, 4]);
      same([first.worker === others[0].worker, others[1].started === undefined], [true, true]);
    });
  },
  async 'without isolation big values go and come'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      const bytes = new Uint8Array(5_000_000).fill(9);
      const back = await executor.submit(tasks.echo, { bytes, again: bytes });
      same([back.bytes === back.again, back.bytes.length, back.bytes.at(-1)], [true, 5_000_000, 9]);
      same(bytes.length, 5_000_000);
    });
  },
  async 'without isolation a task may have an executor of its own'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      same(await executor.submit(tasks.nested, 4), [0, 1, 4, 9]);
    });
  },
  async 'without isolation and without locks a worker that is ended breaks its pool, too'() {
    delete Navigator.prototype.locks;
    let thread;
    const worker = () => {
      thread = new Worker(script, { type: 'module' });
      return thread;
    };
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, worker, threadNamePrefix: 'lone' });
    same(await executor.submit(tasks.square, 2), 4);
    const [running, queued] = [
      executor.submit(tasks.later, 60_000),
      executor.submit(tasks.square, 2),
    ];
    thread.terminate();
    for (const future of [running, queued])
      same((await rejection(future)).message.startsWith('the worker lone_0 died'), true);
    await executor.shutdown();
    same(executor.workers, 0);
    const next = new ProcessPoolExecutor({ maxWorkers: 2 });
    same(await next.submit(tasks.square, 3), 9);
    void next.submit(tasks.later, 60_000).exception();
    next.terminateWorkers();
    await next.shutdown();
    same(next.workers, 0);
  },
};
