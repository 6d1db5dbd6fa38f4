// Blocking calls inside tasks: `sleepSync` and `fetchSync`, with isolation and without.

import { BlockingNotAllowedError, TimeoutError, tasksOf, withExecutor } from '../../dist/index.js';
import { fetchSync, sleepSync } from '../../dist/worker.js';
import { POOLS } from './pools.js';
import { rejection, same, thrown } from './same.js';

const tasks = tasksOf(new URL('./blocking-tasks.js', import.meta.url));
const silent = new URLSearchParams(location.search).get('silent');

async function onEach(maxWorkers, check) {
  for (const [Pool] of POOLS) await withExecutor(new Pool({ maxWorkers }), check);
}

export const blockingCalls = {
  async 'a task sleeps, no less than it was asked to, and hooks are told'() {
    await onEach(1, async executor => {
      same(await executor.submit(tasks.sleepsSeen, 0.05), [['sleepSync', 'on'], true]);
      same(await executor.submit(tasks.refusals), [
        'RangeError: sleep length must be non-negative, not -1',
        'RangeError: sleep length must be non-negative, not NaN',
        'TypeError: sleepSync needs a number of seconds, not 1',
      ]);
    });
  },
  async 'a task reads a page, and one that is not there, and one that nobody serves'() {
    const text = await (await fetch(new URL('./page.html', import.meta.url))).text();
    await onEach(1, async executor => {
      const page = new URL('./page.html', import.meta.url).href;
      same(await executor.submit(tasks.readText, page), [text, text.length, page]);
      same(await executor.submit(tasks.read, page), [true, 200, 'text/html; charset=utf-8']);
      same((await executor.submit(tasks.read, './nothing.html')).slice(0, 2), [false, 404]);
      const error = await rejection(executor.submit(tasks.read, 'http://localhost:1/'));
      same([error.name, error.message.startsWith('http://localhost:1/')], ['TypeError', true]);
    });
  },
  async 'a server that does not answer is given up after the time-out'() {
    await onEach(1, async executor => {
      const error = await rejection(executor.submit(tasks.readLate, `http://localhost:${silent}/`));
      same(
        [error instanceof TimeoutError, error.message],
        [true, `http://localhost:${silent}/ did not answer within 0.2 s`],
      );
    });
  },
  async 'on a page they are refused, with what to write instead'() {
    for (const call of [() => sleepSync(0), () => fetchSync('./page.html')]) {
      const error = thrown(call);
      same([error instanceof BlockingNotAllowedError, /await/.test(error.message)], [true, true]);
    }
  },
};
