// `npm test`: installs what is missing, builds, then runs every suite, each with its time limit, and goes on after
// one that fails. Two run side by side where they bear it; each is shown when it is done. The last line adds up all of them.
//
//   npm test -- [--only <suite>[,<suite>…]] [--lanes <number>] [--list] [--verbose]

import { availableParallelism } from 'node:os';
import { build } from './build.mjs';
import { buildExamples } from './examples.mjs';
import { Failure, main, report } from './lib/failure.mjs';
import { inLanes } from './lib/lanes.mjs';
import { parseOptions } from './lib/options.mjs';
import { duration } from './lib/steps.mjs';
import { setup } from './setup.mjs';
import { missingFor, SUITES } from './suites.mjs';

function chosenSuites(only) {
  if (only === undefined) return SUITES.filter(suite => !suite.onDemand);
  const names = only.split(',');
  const unknown = names.filter(name => !SUITES.some(suite => suite.name === name));
  if (unknown.length > 0) {
    throw new Failure(
      `There is no suite ${unknown.join(', ')}.`,
      `Suites: ${SUITES.map(suite => suite.name).join(', ')}`,
    );
  }
  return SUITES.filter(suite => names.includes(suite.name));
}

/** Shows a suite's own output, indented, so that its closing line is not taken for ours. */
const indented = output => output.trimEnd().replace(/^/gm, '    ');

/** Runs one suite, and shows it when it is done; never throws. */
async function runSuite(suite, verbose) {
  const lines = [`▸ ${suite.name}: ${suite.title}`];
  const result = await resultOf(suite, verbose, lines);
  console.log(lines.join('\n'));
  return result;
}

async function resultOf(suite, verbose, lines) {
  const missing = missingFor(suite);
  if (missing.length > 0) {
    if (suite.optional) {
      lines.push(`  not there yet: ${missing.join(', ')}`);
      return { passed: 0, failed: 0 };
    }
    lines.push(`  ✗ did not run: ${missing.join(', ')} is missing`);
    return { passed: 0, failed: 1 };
  }
  const start = performance.now();
  const result = await suite
    .run({})
    .catch(error => ({ passed: 0, failed: 1, output: String(error.stack) }));
  const ran = { ...result };
  if (ran.passed + ran.failed === 0) {
    lines.push('  ✗ no test was executed');
    ran.failed = 1;
  }
  if (ran.failed > 0 || verbose) lines.push(indented(ran.output));
  if (ran.timedOut) lines.push('  ✗ ended at its time limit');
  const mark = ran.failed > 0 ? '✗' : '✓';
  lines.push(
    `  ${mark} ${ran.passed} passed and ${ran.failed} failed in ${duration(performance.now() - start)}`,
  );
  return ran;
}

/** How many suites may run at once: two where there are the cores for it. */
function lanesOf(asked) {
  if (asked === undefined) return availableParallelism() > 1 ? 2 : 1;
  const lanes = Number(asked);
  if (!Number.isInteger(lanes) || lanes < 1)
    throw new Failure(`--lanes is a number from 1 on, not ${asked}.`);
  return lanes;
}

// The output of the suites is mostly read in a log.
if (!process.stdout.isTTY) process.env.NO_COLOR = '1';

await main(async () => {
  const options = parseOptions(process.argv.slice(2), {
    only: 'text',
    lanes: 'text',
    list: 'flag',
    verbose: 'flag',
  });
  if (options.list) {
    for (const { name, title } of SUITES) console.log(`${name.padEnd(22)}${title}`);
    return;
  }
  const suites = chosenSuites(options.only);
  const start = performance.now();
  let passed = 0;
  let failed = 0;
  const failures = [];

  const attempt = async (name, body) => {
    try {
      await body();
      return true;
    } catch (error) {
      report(error);
      failed += 1;
      failures.push(name);
      return false;
    }
  };
  const ready = await attempt('setup', () => setup({ tests: true }));
  // Without a build, what does not need it can still tell something.
  const needsBuild = suites.some(suite => suite.built);
  if (ready && needsBuild) {
    await attempt('build', () => build({ release: true }));
    await attempt('examples', buildExamples);
  }

  const runOne = async suite => {
    const result = await runSuite(suite, options.verbose);
    passed += result.passed;
    failed += result.failed;
    if (result.failed > 0) failures.push(suite.name);
  };
  if (ready) await inLanes(suites, runOne, lanesOf(options.lanes));

  console.log(`\nEverything took ${duration(performance.now() - start)}.`);
  if (failures.length > 0) {
    console.log(
      `Failed: ${failures.join(', ')}. To run one suite alone: npm test -- --only <suite>`,
    );
    process.exitCode = 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
});
