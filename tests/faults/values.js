// Values that cannot be sent, and modules that cannot be imported.

import { task } from '../../dist/index.js';
import { same, tasks } from './scene.js';

const RUNS = 'export const run = () => 1;';

/** The address of a module with this text. */
function moduleOf(text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return { address, forget: () => URL.revokeObjectURL(address) };
}

/** A task of a module with this text fails, and says which module it was, and why. */
async function importFails(scene, text, why) {
  const { address, forget } = moduleOf(text);
  const executor = await scene.openWarm();
  scene.happens();
  const future = executor.submit(task(new URL(address), 'run'));
  await scene.fails(future, 'Error', `the task module ${address} could not be imported`, 'run');
  const { message } = await future.exception();
  same(why.test(message) || message, true);
  forget();
}

export const values = {
  async argument(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    const future = executor.submit(tasks.square, { list: [1, { call() {} }] });
    const { name, message, path } = await scene.error(future);
    same([name, path], ['DataCloneError', 'args[0].list[1].call']);
    same(message.startsWith(`cannot send ${path}: a function`) || message, true);
    // One of the other libraries hangs at the call after it.
    same(await executor.submit(tasks.square, 4), 16);
  },
  async result(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    const future = executor.submit(tasks.giveFunction);
    const words = 'cannot send the result.list[0]: a function';
    await scene.fails(future, 'DataCloneError', words, 'giveFunction');
  },
  async thrown(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    const future = executor.submit(tasks.throwFunction);
    const words = 'cannot send the error.list[0]: a function';
    await scene.fails(future, 'DataCloneError', words, 'throwFunction');
  },
  async 'module-missing'(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    const missing = new URL('./nowhere.js', import.meta.url);
    const future = executor.submit(task(missing, 'run'));
    const words = `the task module ${missing} could not be imported`;
    await scene.fails(future, 'Error', words, 'run');
  },
  'module-syntax': scene => importFails(scene, `${RUNS} const = 1;`, /SyntaxError/),
  'module-throws': scene =>
    importFails(scene, `${RUNS} throw new RangeError('not today');`, /RangeError: not today/),
  async 'module-export'(scene) {
    const executor = await scene.openWarm();
    scene.happens();
    await scene.fails(
      executor.submit(tasks.nothing),
      'ReferenceError',
      'has no export nothing; it has ',
      'nothing',
    );
  },
};
