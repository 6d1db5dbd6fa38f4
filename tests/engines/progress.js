// Maps on pools of their own, with a bar that moves as calls are done.

import { tasksOf } from '../../dist/index.js';
import { processMap, progressElement, threadMap } from '../../dist/progress.js';
import { listen } from './listen.js';
import { rejection, same } from './same.js';

const tasks = tasksOf(new URL('./tasks.js', import.meta.url));
const numbers = length => Array.from({ length }, (_, index) => index);

/** What the console was told to warn of meanwhile. */
async function warnings(call) {
  const heard = [];
  const { warn } = console;
  console.warn = text => heard.push(text);
  try {
    await call();
  } finally {
    console.warn = warn;
  }
  return heard;
}

/** The states that a bar shows. */
function recorder() {
  const states = [];
  return { states, render: state => states.push(state), last: () => states.at(-1) };
}

export const progress = {
  async 'threadMap and processMap give the values in order, and the bar ends with all of them'() {
    for (const map of [threadMap, processMap]) {
      const { render, last } = recorder();
      const items = numbers(30);
      const squares = await map(tasks.square, items, { maxWorkers: 2, render, desc: 'squares' });
      same(
        squares,
        items.map(n => n * n),
      );
      const { n, total, closed, desc } = last();
      same([n, total, closed, desc], [30, 30, true, 'squares']);
    }
  },
  async 'the bar moves by completion, not in the order of the items'() {
    const { render, states } = recorder();
    const name = `first ${Math.random()}`;
    const others = new BroadcastChannel(`all ${name}`);
    const first = await listen(name);
    // The first item ends only when all others have moved the bar.
    const watch = state => {
      render(state);
      if (state.n === 3 && !state.closed) void first().then(() => others.postMessage('go'));
    };
    const values = await threadMap(tasks.meetOr, [name, 1, 2, 3], {
      maxWorkers: 2,
      mininterval: 0,
      render: watch,
    });
    others.close();
    same(values, [name, 1, 2, 3]);
    same(
      states.map(state => state.n),
      [0, 1, 2, 3, 4, 4],
    );
  },
  async 'a chunk moves the bar by all of its items'() {
    const { render, states } = recorder();
    await processMap(tasks.square, numbers(25), {
      maxWorkers: 1,
      chunksize: 10,
      mininterval: 0,
      render,
    });
    same(
      states.map(state => state.n),
      [0, 10, 20, 25, 25],
    );
  },
  async 'several iterables go in step, and the shortest tells the total'() {
    const { render, last } = recorder();
    const lengths = await processMap(tasks.pair, numbers(9), new Set('abc'), {
      maxWorkers: 1,
      render,
    });
    same(lengths, ['0a', '1b', '2c']);
    same([last().n, last().total], [3, 3]);
  },
  async 'what a task throws ends the map and closes the bar'() {
    const { render, last } = recorder();
    const error = await rejection(threadMap(tasks.refuse, ['tea', 'milk'], { render }));
    same([error.name, error.message, last().closed], ['RangeError', 'no tea', true]);
  },
  async 'a long input that goes out one by one is hinted at, once, for processes only'() {
    const options = { maxWorkers: 2, disable: true };
    const long = numbers(1001);
    same(await warnings(() => threadMap(tasks.square, long, options)), []);
    same(await warnings(() => processMap(tasks.square, long, { ...options, chunksize: 1 })), []);
    same(await warnings(() => processMap(tasks.square, numbers(1000), options)), []);
    const [hint, ...more] = await warnings(() => processMap(tasks.square, long, options));
    same([hint.startsWith('TqdmWarning: iterable length 1001 > 1000'), more], [true, []]);
  },
  async 'a <progress> element follows a map'() {
    const element = document.createElement('progress');
    const label = document.createElement('output');
    await threadMap(tasks.square, numbers(12), {
      maxWorkers: 2,
      render: progressElement(element, { label }),
    });
    same([element.max, element.value, element.position], [12, 12, 1]);
    same(label.textContent.startsWith('100% 12/12 ['), true);
  },
};
