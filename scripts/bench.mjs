// `npm run bench`: measures this package beside its peers in a browser, prints the tables, and writes them to
// tests/bench/results/.
//
//   npm run bench [-- --browser firefox] [--only call,burst,threads-js] [--rounds 5] [--quick] [--write-readme] [--last]
//
// --only names workloads, libraries, or both; what is measured in part is written to .cache/bench-results/ only. --quick
// does less of everything, and the tables say so. --last measures nothing, and writes the tables of the last results anew.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { BARS } from '../tests/bench/bars.mjs';
import { buildBench } from '../tests/bench/build.mjs';
import { LIBRARIES } from '../tests/bench/catalogue.mjs';
import { number, summary, toMarkdown, withSummary } from '../tests/bench/report.mjs';
import { measure, WORKLOADS } from '../tests/bench/run.mjs';
import { Failure, main } from './lib/failure.mjs';
import { parseOptions } from './lib/options.mjs';
import { run } from './lib/process.mjs';
import { setup } from './setup.mjs';
import { CACHE, ROOT } from './toolchain.mjs';

const RESULTS = join(ROOT, 'tests', 'bench', 'results');
const PARTIAL = join(CACHE, 'bench-results');
const README = join(ROOT, 'README.md');
const TITLES = { chromium: 'Chromium', firefox: 'Firefox' };

/** Whether a workload of a library is asked for. */
function chooser(only) {
  if (only === undefined) return () => true;
  const names = only.split(',');
  const libraries = LIBRARIES.map(({ name }) => name);
  const known = [...Object.keys(WORKLOADS), ...libraries];
  const unknown = names.find(name => !known.includes(name));
  if (unknown !== undefined)
    throw new Failure(`There is no ${unknown} to measure.`, `Known: ${known.join(', ')}`);
  const among = list => {
    const asked = names.filter(name => list.includes(name));
    return name => asked.length === 0 || asked.includes(name);
  };
  const [workload, library] = [among(Object.keys(WORKLOADS)), among(libraries)];
  return (name, of) => workload(name) && library(of);
}

function countOf(text, name) {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Failure(`--${name} ${text} is not a count.`, `For example: --${name} 5`);
}

function tell({ round, workload, library, values, error }) {
  const numbers = Object.entries(values).map(
    ([metric, value]) => `${metric} ${typeof value === 'number' ? number(value) : '–'}`,
  );
  const failed = error === undefined ? '' : `  ✗ ${error}`;
  console.log(`  ${round + 1} ${workload} ${library}: ${numbers.join(', ')}${failed}`);
}

async function measureNow({ browser, only, rounds, quick }) {
  const wanted = chooser(only);
  // With the browsers: the bench is often the first command on a machine.
  await setup({ tests: true });
  await buildBench();
  const { output } = await run('git', ['describe', '--always', '--dirty'], { cwd: ROOT });
  const before = loadavg()[0];
  const { version, workloads } = await measure({ browser, rounds, quick, wanted, tell });
  return {
    browser: TITLES[browser],
    version,
    date: new Date().toISOString(),
    commit: output.trim(),
    cores: availableParallelism(),
    load: [before, loadavg()[0]],
    rounds,
    quick,
    workloads,
  };
}

await main(async () => {
  const options = parseOptions(process.argv.slice(2), {
    browser: 'text',
    only: 'text',
    rounds: 'text',
    quick: 'flag',
    'write-readme': 'flag',
    last: 'flag',
  });
  const { browser = 'chromium', only, quick = false, last = false } = options;
  if (!(browser in TITLES))
    throw new Failure(`There is no bench in ${browser}.`, 'Known: chromium, firefox');
  const rounds = countOf(options.rounds ?? (quick ? '3' : '5'), 'rounds');
  const folder = only === undefined ? RESULTS : PARTIAL;
  const file = join(folder, `${browser}.json`);
  if (last && !existsSync(file))
    throw new Failure(`There are no results of ${browser} yet.`, 'Run it without --last first.');
  const results = last
    ? JSON.parse(readFileSync(file, 'utf8'))
    : await measureNow({ browser, only, rounds, quick });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  const markdown = toMarkdown(results, BARS);
  writeFileSync(join(folder, `${browser}.md`), markdown);
  console.log(`\n${markdown}`);
  if (options['write-readme']) {
    if (folder !== RESULTS || browser !== 'chromium')
      throw new Failure(
        'README quotes whole runs in Chromium only.',
        'Leave out --only and --browser.',
      );
    writeFileSync(README, withSummary(readFileSync(README, 'utf8'), summary(results)));
  }
});
