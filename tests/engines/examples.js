// The examples of the documentation, run as they stand in the sources, one case for each file of them. What an example
// prints must be what its comments say: three spaces, two slashes, and the values. run.mjs collects them.

import * as futures from '../../dist/index.js';
import { same } from './same.js';

const AsyncFunction = (async () => {}).constructor;
const FOLDER = new URL('./examples/', import.meta.url).href;
const dist = name => new URL(`../../dist/${name}.js`, import.meta.url).href;
const moduleOf = subpath => dist(subpath === '.' ? 'index' : subpath.slice('./'.length));

/** What examples take for granted, besides the names of their own entry and of the main one. */
function surroundings() {
  const isPrime = n => {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
    return n > 1;
  };
  const add = (a, b) => (typeof a === 'object' ? a.reduce((sum, byte) => sum + byte, 0) : a + b);
  const executor = new futures.ThreadPoolExecutor({ maxWorkers: 2 });
  // Without an entry of one's own, pools are given their tasks by source.
  return { isPrime, add, executor, worker: undefined };
}

/** Where imports of the package lead. */
const bound = code =>
  code
    .replace(
      /from 'concurrent-futures(?:\/(\w+))?'/g,
      (_, subpath) => `from '${dist(subpath ?? 'index')}'`,
    )
    .replaceAll("from './", `from '${FOLDER}`);

const addressOf = code => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));

/**
 * An example of several files has the name of each in a line of its own, `// tasks.worker.js`; the last one is the page's.
 * The others become files that have an address, which stands in the page's instead of their name.
 */
function pageOf(code) {
  const [first = '', ...parts] = code.split(/^\/\/ (\S+\.js)\n/m);
  const files = [];
  for (let at = 0; at < parts.length; at += 2) files.push([parts[at], parts[at + 1]]);
  const page = files.pop()?.[1] ?? first;
  const addressed = files.reduce((text, [name, content]) => {
    const address = addressOf(bound(content));
    return text.replaceAll(`new URL('./${name}', import.meta.url)`, `'${address}'`);
  }, page);
  return addressed.replaceAll('import.meta.url', `'${FOLDER}'`).replace(/^export /gm, '');
}

const wordsOf = value => (typeof value === 'object' ? JSON.stringify(value) : String(value));
const saidIn = code => [...code.matchAll(/ {3}\/\/ (.*)$/gm)].map(([, said]) => said).join(' ');

/** An example that begins with an import is the module of a worker: of the package's blocking calls, say. */
function printedInWorker(code) {
  const script = `
    const wordsOf = ${wordsOf};
    const printed = [];
    console.log = (...values) => printed.push(...values.map(wordsOf));
    ${bound(code)}
    self.postMessage({ printed: printed.join(' ') });`;
  const worker = new Worker(addressOf(script), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onerror = event => reject(new Error(event.message));
    worker.onmessage = ({ data }) => 'printed' in data && resolve(data.printed);
  }).finally(() => worker.terminate());
}

/** Runs an example; gives what it printed. */
async function printedBy({ subpath, code }) {
  if (code.startsWith('import ')) return printedInWorker(code);
  const printed = [];
  const console = {
    ...globalThis.console,
    log: (...values) => printed.push(...values.map(wordsOf)),
  };
  const names = { ...futures, ...(await import(moduleOf(subpath))), ...surroundings(), console };
  // A block of its own, so that an example may declare what it would be given.
  const run = new AsyncFunction(...Object.keys(names), `'use strict'; {\n${pageOf(code)}\n}`);
  await run(...Object.values(names));
  await names.executor.shutdown();
  return printed.join(' ');
}

async function check(example) {
  const printed = await printedBy(example).catch(error => {
    throw new Error(`${example.place} fails: ${error?.stack ?? error}\n${example.code}`);
  });
  same([example.place, printed], [example.place, saidIn(example.code)]);
}

const fileOf = ({ place }) => place.replace(/:\d+$/, '');

/** One case for each file that has examples; run.mjs leaves the list in .cache. */
export async function exampleCases() {
  const response = await fetch(new URL('../../.cache/examples.json', import.meta.url));
  const examples = await response.json();
  const files = [...new Set(examples.map(fileOf))];
  return Object.fromEntries(
    files.map(file => [
      `the examples in ${file} print what they say`,
      async () => {
        for (const example of examples) if (fileOf(example) === file) await check(example);
      },
    ]),
  );
}

/** An example that prints, fails and lies, to see that it would be found. */
const example = code => ({ subpath: '.', place: 'here:1', code });

export const lies = {
  async 'an example that says something else than it prints is found'() {
    await check(example('console.log(await executor.submit(isPrime, 97));   // true\n'));
    for (const code of [
      'console.log(await executor.submit(isPrime, 97));   // false\n',
      'console.log(1, 2);   // 1\n',
      "throw new Error('no');\n",
      'console.log(await executor.submitt(isPrime, 97));   // true\n',
    ]) {
      const error = await check(example(code)).catch(found => found);
      same([code, error instanceof Error], [code, true]);
    }
  },
};
