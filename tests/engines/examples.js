// The examples of the documentation, run as they stand in the sources. What one prints must be what its comments say;
// `no-run` behind the language marks those that need a file or a tool that only their reader has.

import * as futures from '../../dist/index.js';
import { transfer } from '../../dist/worker.js';
import { same } from './same.js';

/** The files of the package's main entry. */
const FILES = [
  'async-executor',
  'codec',
  'executor',
  'future',
  'index',
  'inline-executor',
  'tasks',
  'transfer',
  'wait',
];

const AsyncFunction = (async () => {}).constructor;

/** What examples take for granted. Pools are given their tasks by source. */
function surroundings() {
  const isPrime = n => {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
    return n > 1;
  };
  const add = (a, b) => (typeof a === 'object' ? a.reduce((sum, byte) => sum + byte, 0) : a + b);
  const executor = new futures.ThreadPoolExecutor({ maxWorkers: 2 });
  return {
    ...futures,
    transfer,
    isPrime,
    add,
    executor,
    pool: executor,
    worker: undefined,
    future: new futures.Future(),
    work: () => 42,
  };
}

/** The examples of a source text: each is its lines. */
function examplesOf(text) {
  const blocks = [...text.matchAll(/^ *\* ```js\n([\s\S]*?)^ *\* ```/gm)];
  return blocks.map(([, body]) => body.split('\n').map(line => line.replace(/^ *\* ?/, '')));
}

const wordsOf = value => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Runs an example; gives what it printed, and what its comments say. */
async function outcomeOf(lines) {
  const code = lines
    .join('\n')
    .replaceAll('import.meta.url', JSON.stringify(new URL('./examples/', import.meta.url).href))
    .replace(/^export /m, '');
  const said = lines.flatMap(line => line.match(/ {3}\/\/ (.*)$/)?.[1] ?? []).join(' ');
  const printed = [];
  const console = { log: (...values) => printed.push(...values.map(wordsOf)) };
  const names = surroundings();
  const { executor, ...unused } = names;
  // What an example declares itself is not given to it.
  const own = [...code.matchAll(/^(?:const|class|function) (\w+)/gm)].map(([, name]) => name);
  const given = Object.entries({ ...unused, executor, console }).filter(
    ([name]) => !own.includes(name),
  );
  await new AsyncFunction(...given.map(([name]) => name), code)(...given.map(([, value]) => value));
  await executor.shutdown();
  return { printed: printed.join(' '), said: code.includes('console.log') ? said : '' };
}

export const examples = {
  'the examples of the documentation do what they say': async () => {
    let count = 0;
    for (const file of FILES) {
      const response = await fetch(new URL(`../../crate/js/src/${file}.ts`, import.meta.url));
      for (const lines of examplesOf(await response.text())) {
        const { printed, said } = await outcomeOf(lines).catch(error => {
          throw new Error(`${file}.ts: ${lines.join('\n')}: ${error}`);
        });
        same([file, printed], [file, said]);
        count += 1;
      }
    }
    same(count > 20, true);
  },
};
