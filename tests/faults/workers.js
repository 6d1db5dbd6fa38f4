// Workers that do not start, and workers that are lost.

import { end } from './code.js';
import { failure, listen, same, tasks, until, within } from './scene.js';

/** The worker of this script cannot start: everything that was submitted fails, and says why. */
async function cannotStart(scene, worker, words) {
  const executor = scene.open({ worker });
  scene.happens();
  const futures = [executor.submit(tasks.square, 1), executor.submit(tasks.square, 2)];
  for (const future of futures) {
    await scene.breaks(future, 'the worker w_0 could not start: ', 'square');
    const { reason } = await future.exception();
    same(words.test(reason) || reason, true);
  }
  return 'could not start';
}

function scriptOf(text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return {
    worker: () => new Worker(address, { type: 'module' }),
    forget: () => URL.revokeObjectURL(address),
  };
}

/** From now on the page has one more policy. */
function forbid(policy) {
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = policy;
  document.head.append(meta);
}

const ENDED = 'it was terminated, or closed, by somebody else';

/** The worker is terminated at this call, by somebody else. */
async function killed(scene, running, task) {
  const { executor, threads } = scene;
  const queued = executor.submit(tasks.square, 2);
  scene.happens();
  threads[0].terminate();
  for (const [future, name] of [
    [running, task],
    [queued, 'square'],
  ]) {
    const error = await scene.error(future);
    same([error instanceof scene.Broken, error.task, error.worker], [true, name, 'w_0']);
    // Never in the middle of its work on pool memory, which would be lost with it.
    same(/by somebody else/.test(error.reason) || error.reason, true);
  }
  return running.exception().then(({ reason }) => reason);
}

async function killedAt(scene, task) {
  const executor = await scene.openWarm();
  const atIt = await listen(scene.signal);
  const running = executor.submit(tasks[task], scene.signal);
  await atIt();
  same(await killed(scene, running, task), `the worker w_0 died: ${ENDED}`);
  return ENDED;
}

const INITIALIZERS = [
  [tasks.refuse, 'no tea'],
  [tasks.reject, 'no tea, later'],
  [tasks.close, 'the task closed its worker'],
  [tasks.closeQuietly, 'the task closed its worker'],
  [tasks.nothing, 'has no export nothing'],
];

export const workers = {
  'script-missing': scene =>
    cannotStart(
      scene,
      () => new Worker('/nowhere.worker.js', { type: 'module' }),
      /nowhere\.worker\.js answers 404/,
    ),
  async 'script-syntax'(scene) {
    const { worker, forget } = scriptOf('const = 1;');
    return cannotStart(scene, worker, /failed while it was loading|SyntaxError/).finally(forget);
  },
  async 'script-throws'(scene) {
    const { worker, forget } = scriptOf("throw new RangeError('not today');");
    return cannotStart(scene, worker, /not today/).finally(forget);
  },
  async 'csp-source'(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    const future = executor.submit(function bySource() {
      return 1;
    });
    const words = 'where the Content-Security-Policy forbids blob: scripts, name a task with';
    await scene.fails(future, 'Error', words, 'bySource');
  },
  async 'csp-worker'(scene) {
    const before = scene.open();
    same(await before.submit(tasks.square, 1), 1);
    await before.shutdown();
    forbid("worker-src 'none'");
    const executor = scene.open();
    scene.happens();
    const future = executor.submit(tasks.square, 1);
    const { name, reason, worker, task } = await scene.error(future);
    same([name, worker, task], [scene.Broken.name, 'w_0', 'square']);
    same(/Content-Security-Policy/.test(reason) || reason, true);
    scene.another = false;
    return 'Content-Security-Policy';
  },
  async 'csp-wasm'(scene) {
    forbid("script-src 'self'");
    const executor = scene.open();
    scene.happens();
    const future = executor.submit(tasks.square, 1);
    const { name, reason, task } = await scene.error(future);
    same([name, task], [scene.Broken.name, 'square']);
    same(
      /^the WebAssembly module could not be started: .*(CSP|Content.Security.Policy|wasm)/i.test(
        reason,
      ) || reason,
      true,
    );
    scene.another = false;
    return 'could not be started';
  },
  async 'killed-starting'(scene) {
    const executor = scene.open();
    const future = executor.submit(tasks.square, 1);
    await until(() => scene.threads.length > 0);
    scene.happens();
    scene.threads[0].terminate();
    await scene.breaks(future, `could not start: ${ENDED}`, 'square');
    return ENDED;
  },
  async 'killed-idle'(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    scene.threads[0].terminate();
    const served = async () => {
      for (;;) same(await executor.submit(tasks.square, 2), 4);
    };
    const refused = await within(1000, failure(served), 'the end of the worker');
    same([refused instanceof scene.Broken, refused.worker], [true, 'w_0']);
    return 'w_0';
  },
  async 'killed-decoding'(scene) {
    const executor = await scene.openWarm();
    const list = Array.from({ length: 60_000 }, (_, n) => ({ n: `${n}` }));
    const running = executor.submit(tasks.endless, scene.signal, list);
    // It has taken the call, and has all of that to decode before the task runs.
    await until(() => running.running());
    return (await killed(scene, running, 'endless')).replace(/^.*: /, '');
  },
  'killed-running': scene => killedAt(scene, 'endless'),
  'killed-encoding': scene => killedAt(scene, 'encodesForEver'),
  async 'initializer-fails'(scene) {
    for (const [initializer, words] of INITIALIZERS) {
      if (scene.executor) await scene.executor.shutdown();
      const executor = scene.open({ initializer });
      scene.happens();
      const futures = [1, 2].map(n => executor.submit(tasks.square, n));
      for (const future of futures) {
        await scene.breaks(future, "a worker's initializer failed: ", 'square');
        const { reason } = await future.exception();
        same(reason.includes(words) || reason, true);
      }
    }
    return 'has no export nothing';
  },
  async 'initializer-endless'(scene) {
    const atIt = await listen(scene.signal);
    const executor = scene.open({ initializer: tasks.endless, initargs: [scene.signal] });
    const queued = executor.submit(tasks.square, 1);
    await atIt();
    scene.happens();
    if (scene.kind === 'processes') {
      executor.terminateWorkers();
      same((await scene.error(queued)).name, 'CancelledError');
      return;
    }
    scene.threads[0].terminate();
    const words = `a worker's initializer failed: the worker w_0 died: ${ENDED}`;
    await scene.breaks(queued, words, 'square');
    void executor.shutdown();
  },
  async 'closed-running'(scene) {
    const executor = await scene.openWarm();
    const atIt = await listen(scene.signal);
    const running = executor.submit(tasks.endless, scene.signal);
    const queued = executor.submit(tasks.square, 2);
    await atIt();
    void executor.shutdown({ wait: false });
    await end(scene, { running, queued }, 'endless');
  },
};
