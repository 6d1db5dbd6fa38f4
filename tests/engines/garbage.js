// What a worker sends that no worker of ours would: one of another version of the package, or one that is out of its mind.
// The page goes on, and the call that the worker holds fails.

import {
  BrokenProcessPool,
  isolated,
  ProcessPoolExecutor,
  tasksOf,
  withExecutor,
} from '../../dist/index.js';
import { Random } from '../soak/random.js';
import { noWorkerLives, rejection, same } from './same.js';

const tasks = tasksOf();
const worker = () =>
  new Worker(new URL('./garbage.worker.js', import.meta.url), { type: 'module' });

const WORDS = [
  'put fetch drop parcel up bye reply failed trapped poison serving joined hello call boot',
].flatMap(words => words.split(' '));
const KEYS = 'ticket owner parcel reason kind payload last agent tls stack stackSize'.split(' ');

/** What is no message at all, and messages that lack something, or have the wrong thing. */
const GARBAGE = [
  undefined,
  null,
  7,
  'up',
  [],
  {},
  { cf: 5 },
  { cf: 'toString' },
  { cf: '__proto__' },
  { cf: 'up' },
  { cf: 'up', tls: 0, stack: -8, stackSize: 8 },
  { cf: 'up', tls: 0, stack: 2 ** 40, stackSize: 8 },
  { cf: 'joined', agent: 3, tls: 0, stack: 0, stackSize: 0 },
  { cf: 'reply' },
  { cf: 'reply', kind: 99, payload: new ArrayBuffer(3), last: false },
  { cf: 'reply', kind: 0, payload: 'text', last: false },
  { cf: 'put', ticket: 5, owner: 8, parcel: { list: [] } },
  { cf: 'put', ticket: '8:x:0', owner: 8, parcel: null },
  { cf: 'fetch' },
  { cf: 'failed', reason: { toString: 1 } },
  { cf: 'trapped' },
];

/** What has the right shape, and means nothing. */
const NONSENSE = [
  { cf: 'serving' },
  { cf: 'drop', ticket: 'nothing' },
  { cf: 'fetch', ticket: 'nothing' },
  { cf: 'fetch', ticket: '8:x:0' },
  { cf: 'parcel', ticket: 'nothing', parcel: 7, reason: '' },
  { cf: 'put', ticket: '8:x:0', owner: 8, parcel: { list: [5, { close: 1 }] } },
  { cf: 'up', tls: 0, stack: 0, stackSize: 0 },
];

/** A message with words and keys of ours, and values of nobody's. */
function anyMessage(random) {
  const values = [undefined, null, 0, 1, 4, -1, 1.5, '', 'text', {}, [], new ArrayBuffer(5), true];
  const message = { cf: random.pick(WORDS.filter(word => word !== 'poison' && word !== 'bye')) };
  for (const key of KEYS) if (random.chance(0.5)) message[key] = random.pick(values);
  return message;
}

/** Runs `body`, and throws where the page had an error that nobody caught. */
async function withoutPageErrors(body) {
  const errors = [];
  const note = event => errors.push(String(event.reason ?? event.message));
  addEventListener('error', note);
  addEventListener('unhandledrejection', note);
  try {
    await body();
    await new Promise(resolve => setTimeout(resolve));
  } finally {
    removeEventListener('error', note);
    removeEventListener('unhandledrejection', note);
  }
  same(errors, []);
}

const options = { maxWorkers: 1, worker, respawn: true, threadNamePrefix: 'mad' };

export const garbage = {
  async 'a worker that sends what nobody understands is ended, its call fails, and the page goes on'() {
    await withoutPageErrors(() =>
      withExecutor(new ProcessPoolExecutor(options), async executor => {
        for (const message of GARBAGE) {
          const error = await rejection(executor.submit(tasks.send, message));
          same([error instanceof BrokenProcessPool, error.task], [true, 'send']);
          same(error.message.includes('it sent a message that is none of this version'), true);
          same(await executor.submit(tasks.square, 3), 9);
        }
      }),
    );
    await noWorkerLives();
  },
  async 'messages that mean nothing change nothing'() {
    await withoutPageErrors(() =>
      withExecutor(new ProcessPoolExecutor(options), async executor => {
        for (const message of NONSENSE) {
          same(await executor.submit(tasks.sendAndGo, message), undefined);
          same(await executor.submit(tasks.square, 3), 9);
        }
        same(executor.workers, 1);
      }),
    );
    await noWorkerLives();
  },
  async 'whatever a worker sends, its page has no error, and the next executor works'() {
    await withoutPageErrors(async () => {
      for (let n = 0; n < 8; n++) {
        const message = anyMessage(new Random('garbage', isolated(), n));
        const executor = new ProcessPoolExecutor(options);
        await executor.submit(tasks.sendAndGo, message).exception();
        await executor.submit(tasks.square, 3).exception();
        executor.terminateWorkers();
        await executor.shutdown();
      }
      await withExecutor(new ProcessPoolExecutor(options), async executor =>
        same(await executor.submit(tasks.square, 4), 16),
      );
    });
    await noWorkerLives();
  },
};
