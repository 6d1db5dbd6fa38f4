// What goes by structured clone: moved buffers, ports, shared memory; and what becomes of it when its call does not run.

import {
  CancelledError,
  isolated,
  ProcessPoolExecutor,
  parcelsWaiting,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import { AnyPool, POOLS } from './pools.js';
import { rejection, same } from './same.js';

const tasks = tasksOf(new URL('./parcels.tasks.js', import.meta.url));
const script = new URL('../../dist/default-worker.js', import.meta.url);
const MEBIBYTE = 1_048_576;

const bytesOf = length => new Uint8Array(length).fill(7);

/** Resolves when a worker has the call; looks again with every turn of the event loop. */
async function begun(future) {
  while (!future.running()) await new Promise(resolve => setTimeout(resolve));
}

/** Not in WebKitGTK. */
function streamsMove() {
  const stream = new ReadableStream();
  try {
    structuredClone(stream, { transfer: [stream] });
    return true;
  } catch {
    return false;
  }
}

export const parcels = {
  async 'a mebibyte is moved to a task and back, and copied nowhere'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 2 }), async executor => {
        // The first is sent before the module is loaded.
        for (let round = 0; round < 3; round++) {
          const bytes = bytesOf(MEBIBYTE);
          const future = executor.submitWith({ transfer: [bytes.buffer] }, tasks.bounce, bytes);
          same([bytes.length, bytes.buffer.byteLength], [0, 0]);
          const { back, arrived, left } = await future;
          same([arrived, back.length, back[0], back[MEBIBYTE - 1]], [MEBIBYTE, MEBIBYTE, 8, 7]);
          // The task looked at its own again after it had returned it.
          same(await executor.submit(tasks.whatIsLeft, left), [0]);
        }
        same(parcelsWaiting(), 0);
      });
  },
  async 'a port goes to a task, and both ends talk'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        const { port1, port2 } = new MessageChannel();
        const heard = new Promise(resolve => {
          port1.onmessage = ({ data }) => resolve(data);
        });
        const future = executor.submitWith({ transfer: [port2] }, tasks.answer, { port: port2 });
        port1.postMessage('are you there?');
        same([await heard, await future], ['are you there? yes', 'are you there?']);
        // And from a task to here.
        const { port } = await executor.submit(tasks.givePort);
        const said = new Promise(resolve => {
          port.onmessage = ({ data }) => resolve(data);
        });
        port.postMessage('me');
        same(await said, 'hello me');
        port.close();
        port1.close();
      });
  },
  async 'a canvas, a picture and a stream are moved, there and back, where the engine moves them'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        const canvas = document.createElement('canvas').transferControlToOffscreen();
        const painted = executor.submitWith({ transfer: [canvas] }, tasks.paint, canvas, '#0a141e');
        same(await painted, [10, 20, 30, 255]);
        const bitmap = await executor.submit(tasks.picture, '#fff');
        same([bitmap.width, bitmap.height], [2, 2]);
        same(await executor.submitWith({ transfer: [bitmap] }, tasks.sizeOf, bitmap), [2, 2]);
        same(bitmap.width, 0);
        if (!streamsMove()) return;
        const { body } = new Response('hear me');
        const loud = await executor.submitWith({ transfer: [body] }, tasks.louder, body);
        same((await loud.getReader().read()).value, 'HEAR ME');
        same(parcelsWaiting(), 0);
      });
  },
  async 'what structured clone knows goes with an empty list'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        const blob = new Blob(['four']);
        const twice = executor.submitWith({ transfer: [] }, tasks.textOf, blob);
        same(await twice, 'four');
        if (!isolated()) return;
        const shared = new Int32Array(new SharedArrayBuffer(4));
        await executor.submitWith({ transfer: [] }, tasks.addOne, shared);
        same([shared[0], (await executor.submit(tasks.giveShared))[0]], [1, 5]);
      });
  },
  async 'what cannot be cloned fails its own future, with its place and the remedy'() {
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 1 }), async executor => {
        const { port1 } = new MessageChannel();
        const buffer = new ArrayBuffer(8);
        for (const [future, ...words] of [
          [executor.submit(tasks.answer, { port: port1 }), 'args[0].port', 'submitWith'],
          [
            executor.submitWith({ transfer: [] }, tasks.answer, [1, { port: port1 }]),
            'args[0][1].port',
          ],
          [executor.submitWith({ transfer: [buffer] }, tasks.answer, buffer, () => 1), 'args[1]'],
          [executor.submit(tasks.giveBadly), 'the result.port', 'transfer(value'],
          [executor.submit(tasks.giveWrongly), 'the result.list[1].call'],
          [executor.submit(tasks.giveWithin), 'the result.bytes', 'Transfer'],
        ]) {
          const { name, message } = await rejection(future);
          same(
            [name, words.filter(word => !message.includes(word)), message],
            ['DataCloneError', [], message],
          );
        }
        // What was refused was not taken.
        same(buffer.byteLength, 8);
        same(await executor.submit(tasks.whatIsLeft, 'nothing'), [null]);
      });
    const executor = new AnyPool({ maxWorkers: 1 });
    for (const transfer of [7, 'x', new ArrayBuffer(1)]) {
      const error = await rejection(
        (async () => executor.submitWith({ transfer }, tasks.answer))(),
      );
      same(
        [error instanceof TypeError, error.message.startsWith('transfer must be')],
        [true, true],
      );
    }
    await executor.shutdown();
    const bytes = bytesOf(4);
    const late = async () => executor.submitWith({ transfer: [bytes.buffer] }, tasks.bounce, bytes);
    same([(await rejection(late())).name, bytes.length], ['RuntimeError', 4]);
  },
  async 'nothing waits for calls that were cancelled, were never taken, failed, or broke'() {
    const send = (executor, task = tasks.bounce, options = {}) => {
      const bytes = bytesOf(100);
      return executor.submitWith({ transfer: [bytes.buffer], ...options }, task, bytes);
    };
    let thread;
    const worker = () => {
      thread = new Worker(script, { type: 'module' });
      return thread;
    };
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, worker });
    await send(executor);
    const running = executor.submit(tasks.forever);
    await begun(running);
    const controller = new AbortController();
    const [byHand, bySignal, broken] = [
      send(executor),
      send(executor, tasks.bounce, { signal: controller.signal }),
      send(executor),
    ];
    same(parcelsWaiting(), 3);
    same([byHand.cancel(), parcelsWaiting()], [true, 2]);
    controller.abort();
    same([bySignal.cancelled(), parcelsWaiting()], [true, 1]);
    thread.terminate();
    same([(await rejection(broken)).name, parcelsWaiting()], ['BrokenProcessPool', 0]);
    await running.exception();
    const refused = bytesOf(4);
    const again = async () =>
      executor.submitWith({ transfer: [refused.buffer] }, tasks.bounce, refused);
    same([(await rejection(again())).name, refused.length], ['BrokenProcessPool', 4]);
    await executor.shutdown();

    const next = new AnyPool({ maxWorkers: 1 });
    same((await rejection(send(next, tasks.refuse))).message, 'no tea');
    const busy = next.submit(tasks.later, 100);
    await begun(busy);
    const never = [send(next), send(next)];
    await next.shutdown({ cancelFutures: true });
    for (const future of never) same((await rejection(future)) instanceof CancelledError, true);
    same([await busy, parcelsWaiting()], [100, 0]);

    const ended = new ProcessPoolExecutor({ maxWorkers: 1 });
    const at = send(ended, tasks.forever);
    await begun(at);
    ended.terminateWorkers();
    same((await rejection(at)).name, 'BrokenProcessPool');
    await ended.shutdown();
    same(parcelsWaiting(), 0);
  },
  async 'map moves what its tasks return, in chunks too'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 2 }), async executor => {
      for (const chunksize of [1, 3]) {
        const lengths = [];
        for await (const bytes of executor.map(tasks.give, [1, 2, 3, 4, 5], { chunksize }))
          lengths.push(bytes.length);
        same(lengths, [1, 2, 3, 4, 5]);
      }
      same(parcelsWaiting(), 0);
    });
  },
};
