// What the code of a task does wrong.

import { listen, same, tasks } from './scene.js';

/** The task throws this. */
async function throws(scene, task, name, words, ...args) {
  const executor = await scene.openWarm();
  scene.happens();
  await scene.fails(executor.submit(tasks[task], ...args), name, words, task);
}

/** A task that nobody harms though an error comes up beside it: the worker lives on. */
async function livesOn(scene, task) {
  const executor = await scene.openWarm();
  scene.happens();
  const future = executor.submit(tasks[task]);
  same([await future, future.worker], ['done', 'w_0']);
  const next = executor.submit(tasks.square, 5);
  same([await next, next.worker], [25, 'w_0']);
}

/** Ends what never ends: processes by `terminateWorkers`; threads only by `terminate`, from outside. */
export async function end(scene, { running, queued }, task) {
  const { executor, kind } = scene;
  scene.happens();
  if (kind === 'processes') {
    executor.terminateWorkers();
    const error = await scene.error(running);
    same([error instanceof scene.Broken, error.worker, error.task], [true, 'w_0', task]);
    same(error.reason, 'its workers were terminated');
    same((await scene.error(queued)).name, 'CancelledError');
    return;
  }
  // As in Python, a thread cannot be ended alone: whoever made the worker ends it, and the pool with it.
  scene.threads[0].terminate();
  await scene.breaks(running, 'it was terminated, or closed, by somebody else', task);
  await scene.breaks(queued, 'it was terminated, or closed, by somebody else', 'square');
  void executor.shutdown();
}

async function neverEnds(scene, task) {
  const executor = await scene.openWarm();
  const atIt = await listen(scene.signal);
  const running = executor.submit(tasks[task], scene.signal);
  const queued = executor.submit(tasks.square, 2);
  await atIt();
  await end(scene, { running, queued }, task);
}

export const code = {
  throws: scene => throws(scene, 'refuse', 'RangeError', 'no tea'),
  rejects: scene => throws(scene, 'reject', 'RangeError', 'no tea, later'),
  async text(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    // A string has no stack: what the future knows is where it ran.
    const future = executor.submit(() => Promise.reject('no tea'));
    same([await scene.error(future), future.worker], ['no tea', 'w_0']);
  },
  async overflow(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    const future = executor.submit(tasks.recurse, 0);
    const error = await scene.error(future);
    same(['RangeError', 'InternalError'].includes(error.name) || error.name, true);
    same(error.stack.split('\n').at(-1), `    in worker w_0, task recurse`);
  },
  trap: scene => throws(scene, 'trap', 'RuntimeError', 'unreachable'),
  exhausts: scene => throws(scene, 'growWithoutEnd', 'RangeError', ''),
  timer: scene => livesOn(scene, 'timerThrows'),
  unhandled: scene => livesOn(scene, 'rejectsAside'),
  async close(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    await scene.fails(executor.submit(tasks.close), 'WorkerExit', 'closed its worker', 'close');
    const next = executor.submit(tasks.square, 3);
    same([await next, next.worker], [9, 'w_1']);
  },
  endless: scene => neverEnds(scene, 'endless'),
  pending: scene => neverEnds(scene, 'pending'),
};
