// What a trace tells of real pools.

import {
  AsyncExecutor,
  adopt,
  InlineExecutor,
  isolated,
  ProcessPoolExecutor,
  ready,
  ThreadPoolExecutor,
  tasksOf,
} from '../../dist/index.js';
import { Event } from '../../dist/sync.js';
import { chromeTrace, startTracing, traceCsv } from '../../dist/trace.js';
import { listen } from './listen.js';
import { KINDS, POOLS } from './pools.js';
import { all, rejection, same, thrown, until } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const lockers = tasksOf(new URL('./sync-tasks.js', import.meta.url));
const script = new URL('../../dist/default-worker.js', import.meta.url);

/** Runs `body` with a trace; gives all events. `body` is given what drains more of them, and gives those so far. */
async function traced(body, options) {
  await ready();
  const trace = startTracing(options);
  const events = [];
  const drain = () => {
    events.push(...trace.drain());
    return events;
  };
  try {
    await body(drain);
    return drain();
  } finally {
    trace.stop();
  }
}

/** Throws where an event names what was not announced, or something happens out of order. */
function checked(events) {
  const executors = new Set();
  const workers = new Map();
  const futures = new Map();
  for (const event of events) {
    const { kind, executor, worker, future, at } = event;
    if (kind === 'dropped') continue;
    if (kind === 'executor') same(executors.has(executor), false);
    else same([kind, executors.has(executor)], [kind, true]);
    executors.add(executor);
    const lane = `${executor} ${worker}`;
    if (kind === 'worker-started') same(workers.has(lane), false);
    else if (worker >= 0) same([kind, workers.has(lane)], [kind, true]);
    if (worker >= 0) {
      same(at >= (workers.get(lane) ?? 0), true);
      workers.set(lane, at);
    }
    if (future === undefined) continue;
    const { last, time } = futures.get(future) ?? { last: '', time: 0 };
    const before = { submitted: [''], started: ['submitted'], cancelled: ['submitted'] };
    const allowed = before[kind] ?? ['started', ...(worker < 0 ? ['submitted'] : [])];
    same([kind, last, allowed.includes(last), at >= time], [kind, last, true, true]);
    futures.set(future, { last: kind, time: at });
  }
  return events;
}

/** How many events there are of each kind, in the order of their names. */
function tally(events) {
  const counts = {};
  for (const kind of events.map(event => event.kind).sort()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

const find = (events, kind) => events.find(event => event.kind === kind);

/** Gives what marks the memory of this page, which is not there yet, as broken. */
function notePoison() {
  const { Instance } = WebAssembly;
  let word;
  WebAssembly.Instance = class extends Instance {
    constructor(module, imports) {
      super(module, imports);
      const memory = Object.values(imports).flatMap(group => Object.values(group));
      const { buffer } = memory.find(value => value instanceof WebAssembly.Memory);
      word = new Int32Array(buffer, this.exports.cf_poison_address(), 1);
    }
  };
  return () => Atomics.store(word, 0, 1);
}

const cases = {};
for (const [kind, Pool] of Object.entries(KINDS)) {
  cases[
    `trace, ${kind}: a call is submitted, started and finished, by a worker that is announced`
  ] = async () => {
    const events = await traced(async () => {
      const executor = new Pool({ maxWorkers: 1, threadNamePrefix: 'traced' });
      same(await executor.submit(tasks.square, 12), 144);
      await executor.shutdown();
    });
    const [made, ...rest] = checked(events);
    const { at: _at, executor, ...shown } = made;
    same(shown, { kind: 'executor', name: 'traced', what: Pool.name, maxWorkers: 1 });
    const [submitted, up, started, finished, ended] = rest;
    same(
      rest.map(event => event.kind),
      ['submitted', 'worker-started', 'started', 'finished', 'worker-ended'],
    );
    const { future } = submitted;
    same([submitted.task, submitted.args], ['square', '12']);
    same([up.executor, up.worker, up.name], [executor, 0, 'traced_0']);
    same([started.executor, started.future, started.worker], [executor, future, 0]);
    same([finished.future, finished.worker], [future, 0]);
    same([finished.outcome, finished.text], ['result', '144']);
    same([ended.worker, ended.reason], [0, '']);
    same(Math.abs(submitted.at - Date.now()) < 60_000, true);
  };

  cases[`trace, ${kind}: of many calls none is missing, whatever becomes of them`] = async () => {
    const events = await traced(async drain => {
      const executor = new Pool({ maxWorkers: 2 });
      const futures = Array.from({ length: 300 }, (_, n) =>
        n % 3 === 0 ? executor.submit(tasks.refuse, 'tea') : executor.submit(tasks.square, n),
      );
      const cancelled = futures.filter(future => future.cancel()).length;
      for (const future of futures) {
        await future.exception().catch(() => undefined);
        drain();
      }
      same(futures.filter(future => future.cancelled()).length, cancelled);
      // Those that are left alone.
      same(await all(executor.map(tasks.square, [1, 2, 3, 4, 5])), [1, 4, 9, 16, 25]);
      same(tally(drain()).cancelled ?? 0, cancelled);
      await executor.shutdown();
    });
    const { submitted, started, finished, cancelled = 0, dropped } = tally(checked(events));
    same([submitted >= 303, dropped], [true, undefined]);
    same([started, finished + cancelled], [finished, submitted]);
    const failed = events.filter(event => event.outcome === 'exception');
    same(new Set(failed.map(event => event.text)).size <= 1, true);
    same(
      failed.every(event => event.text === 'RangeError: no tea'),
      true,
    );
  };

  cases[`trace, ${kind}: where nobody drains, events are lost and counted, and the pool goes on`] =
    async () => {
      const events = await traced(
        async drain => {
          const executor = new Pool({ maxWorkers: 2 });
          const run = () =>
            Promise.all([...Array(100)].map(() => executor.submit(tasks.square, 3)));
          same((await run()).length, 100);
          const before = drain().length;
          // What is in the ring was not overwritten, and there is a count of the rest.
          same([before, find(drain(), 'dropped').count > 50], [17, true]);
          await executor.submit(tasks.square, 5);
          const later = drain().slice(before);
          same(
            later.filter(event => event.kind === 'finished').map(event => event.text),
            ['25'],
          );
          await executor.shutdown();
        },
        { capacity: 10 },
      );
      checked(events);
    };

  cases[`trace, ${kind}: a worker that dies ends with the reason, and its call with an exception`] =
    async () => {
      const [, Broken] = POOLS.find(([Each]) => Each === Pool);
      const events = await traced(async () => {
        let thread;
        const worker = () => {
          thread = new Worker(script, { type: 'module' });
          return thread;
        };
        const executor = new Pool({ maxWorkers: 1, worker, threadNamePrefix: 'doomed' });
        const atIt = await listen('doomed');
        const running = executor.submit(tasks.spinLoudly, 60_000, 'doomed');
        const queued = executor.submit(tasks.square, 1);
        await atIt();
        thread.terminate();
        for (const future of [running, queued])
          same((await rejection(future)) instanceof Broken, true);
        await executor.shutdown();
      });
      const { worker, reason } = find(checked(events), 'worker-ended');
      same([worker, reason.startsWith('the worker doomed_0 died')], [0, true]);
      const ends = events.filter(event => event.kind === 'finished');
      same(
        ends.map(({ outcome, text }) => [outcome, text.startsWith('the worker doomed_0 died')]),
        Array(2).fill(['exception', true]),
      );
      same(ends.map(end => end.worker).sort(), [-1, 0]);
    };
}

cases['trace: the workers of a process pool that are ended by force, and what they ran, are told'] =
  async () => {
    const events = await traced(async () => {
      const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
      const atIt = await listen('spinning');
      const running = executor.submit(tasks.spinLoudly, 60_000, 'spinning');
      const queued = executor.submit(tasks.square, 1);
      await atIt();
      executor.terminateWorkers();
      same([(await rejection(running)).name, queued.cancelled()], ['BrokenProcessPool', true]);
      await executor.shutdown();
    });
    const { cancelled, finished } = tally(checked(events));
    same([cancelled, finished], [1, 1]);
    const words = 'its workers were terminated';
    same([find(events, 'finished').text, find(events, 'worker-ended').reason], [words, words]);
  };

cases['trace: coroutines and inline calls take places, as workers do'] = async () => {
  const events = await traced(async () => {
    const coroutines = new AsyncExecutor({ maxWorkers: 2 });
    let open;
    const gate = new Promise(resolve => {
      open = resolve;
    });
    const both = [1, 2].map(n => coroutines.submit(async m => gate.then(() => m), n));
    const waiting = coroutines.submit(() => 3);
    const cancelled = coroutines.submit(() => 4);
    same(cancelled.cancel(), true);
    open();
    same([...(await Promise.all(both)), await waiting], [1, 2, 3]);
    await coroutines.shutdown();
    const inline = new InlineExecutor();
    const outer = inline.submit(() => inline.submit(Math.max, 1, 2).resultSync());
    same(outer.resultSync(), 2);
    const failing = inline.submit(() => {
      throw new TypeError('no');
    });
    same(failing.exceptionSync().message, 'no');
    inline.shutdownSync();
  });
  const made = checked(events).filter(event => event.kind === 'executor');
  same(
    made.map(({ what, name, maxWorkers }) => [what, name, maxWorkers]),
    [
      ['AsyncExecutor', 'AsyncExecutor-0', 2],
      ['InlineExecutor', 'InlineExecutor-0', 1],
    ],
  );
  const [coroutines, inline] = made.map(({ executor }) =>
    events.filter(event => event.executor === executor),
  );
  same(tally(coroutines), {
    cancelled: 1,
    executor: 1,
    finished: 3,
    started: 3,
    submitted: 4,
    'worker-ended': 2,
    'worker-started': 2,
  });
  const calls = inline.filter(event => event.future !== undefined);
  same(
    calls.map(({ kind, worker, text }) => [kind, worker, text].filter(part => part !== undefined)),
    [
      ['submitted'],
      ['started', 0],
      ['submitted'],
      ['started', 1],
      ['finished', 1, '2'],
      ['finished', 0, '2'],
      ['submitted'],
      ['started', 0],
      ['finished', 0, 'TypeError: no'],
    ],
  );
};

cases['trace: there is one on a memory at a time, and its memory is given back'] = async () => {
  // In a fresh page nobody is ready.
  same(thrown(() => startTracing()).message.includes('await ready()'), true);
  await ready();
  const first = startTracing();
  const error = thrown(() => startTracing());
  same([error.name, error.message.includes('stop() that trace first')], ['RuntimeError', true]);
  first.stop();
  first.stop();
  same(first.drain(), []);
  for (const [capacity, name] of [
    [0, 'RangeError'],
    [1.5, 'TypeError'],
    ['7', 'TypeError'],
    [2 ** 21, 'RangeError'],
  ])
    same(thrown(() => startTracing({ capacity })).name, name);
  // Each takes 144 MiB of at most a gibibyte.
  for (let n = 0; n < 20; n++) startTracing({ capacity: 2 ** 20 }).stop();
};

cases['trace: a drain with a limit takes no more, and the next one goes on'] = async () => {
  await ready();
  const trace = startTracing();
  try {
    const executor = new InlineExecutor();
    for (let n = 0; n < 200; n++) executor.submit(() => n);
    const pieces = [];
    for (let some = trace.drain(7); some.length > 0; some = trace.drain(7)) pieces.push(some);
    same(
      pieces.every(some => some.length <= 7),
      true,
    );
    const events = checked(pieces.flat());
    same(tally(events).finished, 200);
    for (const [limit, name] of [
      [0, 'RangeError'],
      [1.5, 'TypeError'],
    ])
      same(thrown(() => trace.drain(limit)).name, name);
  } finally {
    trace.stop();
  }
};

cases['trace: what happened before it, or after its end, is not told'] = async () => {
  await ready();
  const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
  const early = executor.submit(tasks.meet, 'early');
  const events = await traced(async () => {
    await letGo(early, 'early');
    same(await executor.submit(tasks.square, 2), 4);
  });
  await executor.submit(tasks.square, 3);
  const later = await traced(() => executor.submit(tasks.square, 4).result());
  await executor.shutdown();
  for (const [part, text] of [
    [events, '4'],
    [later, '16'],
  ]) {
    same(tally(checked(part)), {
      executor: 1,
      finished: 1,
      started: 1,
      submitted: 1,
      'worker-started': 1,
    });
    same(find(part, 'finished').text, text);
  }
};

/** Lets a call of `meet` end: it may not be listening yet. */
async function letGo(future, name) {
  const all = new BroadcastChannel(`all ${name}`);
  await until(() => {
    all.postMessage('go');
    return future.done();
  });
  all.close();
}

cases['trace: its events make a file for Perfetto and one for spreadsheets'] = async () => {
  const events = await traced(async () => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 2 });
    await all(executor.map(tasks.square, [1, 2, 3], { chunksize: 1 }));
    await executor.shutdown();
  });
  const { traceEvents } = JSON.parse(JSON.stringify(chromeTrace(events)));
  const slices = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid < 1000);
  // Two workers: which of them is first is not said.
  same(
    slices.map(({ name, args }) => [name, args.args, args.result]).sort(),
    [1, 2, 3].map(n => ['square', `[[${n}]]`, `[${n * n}]`]),
  );
  same(traceCsv(events).split('\r\n').length, events.length + 2);
};

if (isolated()) {
  cases['trace: the page drains what other agents do, while who submitted it blocks'] =
    async () => {
      await traced(async drain => {
        const worker = new Worker(new URL('./trace.worker.js', import.meta.url), {
          type: 'module',
        });
        adopt(worker);
        const flag = new SharedArrayBuffer(4);
        const over = new Promise((resolve, reject) => {
          worker.onerror = event => reject(new Error(event.message));
          worker.onmessage = ({ data }) => data?.ok && resolve();
        });
        worker.postMessage({ flag });
        await until(() => (tally(drain()).finished ?? 0) >= 9);
        const events = [...drain()];
        same(
          [events.length > 0, tally(checked(events)).submitted, tally(events).started],
          [true, 9, 9],
        );
        same(
          events.filter(event => event.kind === 'executor').map(event => event.what),
          ['ThreadPoolExecutor', 'ProcessPoolExecutor', 'InlineExecutor'],
        );
        Atomics.store(new Int32Array(flag), 0, 1);
        Atomics.notify(new Int32Array(flag), 0);
        await over;
        worker.terminate();
      });
    };

  cases['trace: a worker that blocks says on what, and when it goes on'] = async () => {
    const events = await traced(async drain => {
      const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
      const [asked, answered] = [new Event(), new Event()];
      const blocked = executor.submit(lockers.answer, asked, answered);
      await until(() => find(drain(), 'blocked') !== undefined);
      same(find(drain(), 'unblocked'), undefined);
      asked.set();
      same(await blocked, true);
      await executor.shutdown();
    });
    const around = checked(events).filter(({ kind }) =>
      ['started', 'blocked', 'unblocked', 'finished'].includes(kind),
    );
    same(
      around.map(({ kind, worker, on }) => [kind, worker, on ?? '']),
      [
        ['started', 0, ''],
        ['blocked', 0, 'an event'],
        ['unblocked', 0, ''],
        ['finished', 0, ''],
      ],
    );
  };

  cases['trace: where the memory breaks, what was open ends with the reason'] = async () => {
    const poison = notePoison();
    await ready();
    const trace = startTracing();
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    const atIt = await listen('poisoned');
    const running = executor.submit(tasks.spinLoudly, 60_000, 'poisoned');
    await atIt();
    const before = trace.drain();
    same(find(before, 'started') !== undefined, true);
    // As an agent does that traps in the middle of the pool's own code.
    poison();
    const after = trace.drain();
    same((await rejection(running)).name, 'BrokenThreadPool');
    same(
      after.map(({ kind, worker }) => [kind, worker]),
      [
        ['finished', 0],
        ['worker-ended', 0],
      ],
    );
    same([trace.drain(), trace.stop()], [[], undefined]);
  };
}

export const trace = cases;
