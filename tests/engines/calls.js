// What calls carry, and how they are taken back, on a page.

import {
  AsyncExecutor,
  CancelledError,
  InlineExecutor,
  ProcessPoolExecutor,
  partial,
  task,
  tasksOf,
  wait,
  withExecutor,
} from '../../dist/index.js';
import { listen } from './listen.js';
import { POOLS } from './pools.js';
import { all, rejection, same, thrown } from './same.js';
import * as local from './tasks.js';

const url = new URL('./tasks.js', import.meta.url);
const tasks = tasksOf(url);

/** Calls `body` with a pool of each kind that has one worker. */
async function onEach(body) {
  for (const [Pool] of POOLS)
    await withExecutor(new Pool({ maxWorkers: 1 }), executor => body(executor, Pool));
}

/** Has `body` run, and gives what it reported on the console, also in the turn after it. */
async function reports(body) {
  const all = [];
  const { error } = console;
  console.error = (...args) => all.push(args);
  try {
    await body();
    await new Promise(resolve => setTimeout(resolve, 50));
  } finally {
    console.error = error;
  }
  return all;
}

export const calls = {
  async 'an abort cancels what waits, and leaves what runs'() {
    await onEach(async (executor, Pool) => {
      const controller = new AbortController();
      const { signal } = controller;
      const atIt = await listen(`aborted ${Pool.name}`);
      const running = executor.submitWith(
        { signal },
        tasks.spinLoudly,
        200,
        `aborted ${Pool.name}`,
      );
      const waiting = Array.from({ length: 100 }, () =>
        executor.submitWith({ signal }, tasks.square, 2),
      );
      const other = executor.submit(tasks.square, 3);
      await atIt();
      controller.abort();
      same(
        waiting.every(future => future.cancelled()),
        true,
      );
      same((await rejection(waiting[0])) instanceof CancelledError, true);
      same([await running, await other], [200, 9]);
      const late = executor.submitWith({ signal }, tasks.square, 2);
      same([late.cancelled(), await executor.submit(tasks.square, 4)], [true, 16]);
    });
  },
  async 'an abort with terminateOnAbort ends the process that runs the call, and another takes its place'() {
    await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), async executor => {
      for (const reason of [new Error('enough'), 0]) {
        const controller = new AbortController();
        const options = { signal: controller.signal, terminateOnAbort: true };
        const atIt = await listen('ended');
        const running = executor.submitWith(options, tasks.spinLoudly, 60_000, 'ended');
        const aborted = executor.submitWith(options, tasks.square, 2);
        const other = executor.submit(tasks.square, 3);
        await atIt();
        controller.abort(reason);
        same([aborted.cancelled(), await rejection(running)], [true, reason]);
        same((await rejection(running)) === reason, true);
        same([await other, other.worker === running.worker], [9, false]);
        if (reason) same(reason.stack.includes('in worker'), false);
      }
      const done = new AbortController();
      const options = { signal: done.signal, terminateOnAbort: true };
      const first = executor.submitWith(options, tasks.square, 4);
      same(await first, 16);
      done.abort();
      const next = executor.submit(tasks.square, 5);
      same([await next, next.worker === first.worker], [25, true]);
    });
  },
  async 'terminateOnAbort is refused where no process runs the call'() {
    const { signal } = new AbortController();
    for (const Kind of [...POOLS.map(([Pool]) => Pool), AsyncExecutor, InlineExecutor].filter(
      Kind => Kind !== ProcessPoolExecutor,
    ))
      await withExecutor(new Kind(), async executor => {
        const options = { signal, terminateOnAbort: true };
        const error = thrown(() => executor.submitWith(options, tasks.square, 1));
        same([error instanceof TypeError, error.message.includes('process')], [true, true]);
      });
  },
  async 'partial fixes the first arguments, in submit and in maps with chunks'() {
    await onEach(async executor => {
      const list = [1, 2];
      same(await executor.submit(partial(tasks.add, 1), 2), 3);
      same(
        await executor.submit(
          partial((a, b, c) => [a, b, c], list, 3),
          4,
        ),
        [list, 3, 4],
      );
      same(await executor.submit(partial(partial(task(url, 'add'), 1), 2)), 3);
      for (const chunksize of [1, 2, 5])
        same(
          await all(executor.map(partial(tasks.add, 10), [1, 2, 3], { chunksize })),
          [11, 12, 13],
        );
      const error = await executor.submit(partial(tasks.add, { f() {} }), 2).exception();
      same([error.name, error.path], ['DataCloneError', 'args[0].f']);
    });
    for (const Kind of [AsyncExecutor, InlineExecutor])
      await withExecutor(new Kind(), async executor => {
        same(await executor.submit(partial(tasks.add, 1), 2), 3);
        same(await all(executor.map(partial(local.add, 10), [1, 2])), [11, 12]);
      });
  },
  async 'whatever a task throws fails its call, in every form'() {
    await onEach(async executor => {
      for (const value of [undefined, null, 0, -0, Number.NaN, '', false, 0n, 'text']) {
        const is = error => Object.is(error, value);
        const stands = error =>
          value === undefined ? error.message === 'the task threw undefined' : is(error);
        const future = executor.submit(tasks.throwIt, value);
        same(is(await rejection(future)), true);
        same(is(await rejection(future.result())), true);
        same(stands(await future.exception()), true);
        same([is(thrown(() => future.resultSync())), stands(future.exceptionSync())], [true, true]);
        const values = executor.map(tasks.throwIt, [value, 1], { chunksize: 2 });
        same(is(await rejection(values, 1)), true);
        same((await values.next()).done, true);
        const { done } = await wait([executor.submit(tasks.throwIt, value)], {
          returnWhen: 'FIRST_EXCEPTION',
        });
        const [failed] = done;
        let seen;
        failed.addDoneCallback(f => {
          seen = f.snapshot();
        });
        same([seen.done, stands(seen.exception)], [true, true]);
      }
      same(await executor.submit(tasks.square, 2), 4);
    });
  },
  async 'an error arrives whole: class, message, stack, cause, and what hangs on it'() {
    await onEach(async executor => {
      const future = executor.submit(tasks.fail);
      const error = await future.exception();
      same(
        [error instanceof local.TeaError, error.name, error.message, error.code],
        [true, 'TeaError', 'outer', 418],
      );
      same([error.cause instanceof RangeError, error.cause.cause === error], [true, true]);
      same(
        [
          error.several instanceof AggregateError,
          error.several.errors[0] instanceof SyntaxError,
          error.several.errors[1],
        ],
        [true, true, 'two'],
      );
      same([error.aborted instanceof DOMException, error.aborted.name], [true, 'AbortError']);
      // The line of the task, then the worker.
      same(/fail[\s\S]*tasks\.js/.test(error.stack), true);
      same(error.stack.split('\n').at(-1), `    in worker ${future.worker}, task fail`);
    });
  },
  async 'what cannot be sent fails its own call, with the reason and the path, and the pool goes on'() {
    await onEach(async executor => {
      const refusal = async (future, path, kind) => {
        const error = await future.exception();
        same([error.name, error.path, error.kind], ['DataCloneError', path, kind]);
        same(error.message.startsWith(`cannot send ${path}: a`), true);
      };
      await refusal(executor.submit(tasks.echo, 1, [{ f() {} }]), 'args[1][0].f', 'function');
      await refusal(executor.submit(tasks.giveNasty, 'function'), 'the result.list[0]', 'function');
      await refusal(executor.submit(tasks.throwNasty, 'function'), 'the error.list[0]', 'function');
      await refusal(
        executor.submit(() => Symbol('s')),
        'the result',
        'symbol',
      );
      for (const [kind, message] of [
        ['getter', 'getter'],
        ['then', 'then'],
      ]) {
        const given = await executor.submit(tasks.giveNasty, kind).exception();
        same([given.name, given.message], ['RangeError', message]);
        const thrown = await executor.submit(tasks.throwNasty, kind).exception();
        same([thrown.name, thrown.message], ['RangeError', message]);
      }
      for (const name of ['giveNasty', 'throwNasty'])
        same((await executor.submit(tasks[name], 'revoked').exception()).name, 'TypeError');
      const values = executor.map(tasks.echo, [1, () => 2, 3]);
      same((await values.next()).value, 1);
      same((await rejection(values, 1)).name, 'DataCloneError');
      same(await executor.submit(tasks.square, 2), 4);
    });
  },
  async 'errors that nobody asks for are reported at shutdown, once'() {
    for (const [Pool] of POOLS) {
      const seen = await reports(async () => {
        const executor = new Pool({ maxWorkers: 1 });
        const futures = [1, 2, 3].map(() => executor.submit(tasks.refuse, 'tea'));
        await futures[1].exception();
        await wait(futures);
        await executor.shutdown();
        await executor.shutdown();
      });
      same(
        seen.map(([text, error]) => [text, error.message]),
        Array(2).fill([
          'concurrent-futures: nobody asked for the error of the task refuse:',
          'no tea',
        ]),
      );
    }
  },
  async 'functions in Rust are tasks by the name of their export'() {
    const glue = new URL('/crate/examples/primes/pkg/primes.js', import.meta.url);
    const numbers = [112272535095293n, 1099726899285419n, 2n];
    const { is_prime } = tasksOf(glue);
    await onEach(async executor => {
      same(await executor.submit(task(glue, 'is_prime'), 97n), true);
      same(await all(executor.map(is_prime, numbers, { chunksize: 2 })), [true, false, true]);
      same((await executor.submit(is_prime, 'x').exception()).name, 'SyntaxError');
      same(await executor.submit(is_prime, 4n), false);
    });
    const served = () =>
      new Worker(new URL('./rust.worker.js', import.meta.url), { type: 'module' });
    for (const [Pool] of POOLS)
      await withExecutor(new Pool({ maxWorkers: 2, worker: served }), async executor => {
        same(await all(executor.map(tasksOf().is_prime, numbers)), [true, false, true]);
        same(await executor.submit(tasks.square, 3), 9);
      });
  },
  async 'an AsyncExecutor of ten thousand leaves the page its turns'() {
    await withExecutor(new AsyncExecutor({ maxWorkers: 100 }), async executor => {
      let turns = 0;
      const timer = setInterval(() => turns++);
      const busy = n => {
        if (n % 10) return n;
        const end = performance.now() + 0.2;
        while (performance.now() < end);
        return Promise.resolve(n);
      };
      const futures = Array.from({ length: 10_000 }, (_, n) => executor.submit(busy, n));
      await wait(futures);
      clearInterval(timer);
      same([(await Promise.all(futures)).length, turns > 3], [10_000, true]);
    });
  },
};
