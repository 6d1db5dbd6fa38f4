// `npm run faults`: brings about every fault in every browser that is there; prints the matrix, and writes it as
// docs/faults.md.
//
//   npm run faults [-- --last]
//
// --last runs nothing, and takes the results of the last runs.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toMarkdown, toText } from '../tests/faults/matrix.mjs';
import { main } from './lib/failure.mjs';
import { parseOptions } from './lib/options.mjs';
import { onPath, run } from './lib/process.mjs';
import { CACHE, ROOT } from './toolchain.mjs';

const PAGE = join(ROOT, 'docs', 'faults.md');
const BROWSERS = {
  chromium: { title: 'Chromium', program: 'chromium' },
  firefox: { title: 'Firefox', program: 'firefox-esr' },
};

async function runAll() {
  for (const [name, { title, program }] of Object.entries(BROWSERS)) {
    if (!(await onPath(program))) {
      console.log(`▸ ${title} is not installed here`);
      continue;
    }
    console.log(`▸ The faults in ${title}`);
    const args = ['tests/faults/run.mjs', '--browser', name];
    await run('node', args, { cwd: ROOT, show: true, timeout: 1200 });
  }
}

function readReports() {
  return Object.entries(BROWSERS).flatMap(([name, { title }]) => {
    const file = join(CACHE, 'faults', `${name}.json`);
    if (!existsSync(file)) return [];
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const count = outcome => report.results.filter(result => result.outcome === outcome).length;
    return [{ ...report, title, passed: count('pass'), failed: count('fail') }];
  });
}

await main(async () => {
  const { last } = parseOptions(process.argv.slice(2), { last: 'flag' });
  if (!last) await runAll();
  const reports = readReports();
  console.log(toText(reports));
  writeFileSync(PAGE, toMarkdown(reports));
  for (const { title, version, passed, failed } of reports)
    console.log(`${title} ${version}: ${passed} passed, ${failed} failed`);
  console.log('Written to docs/faults.md.');
  if (reports.some(({ failed }) => failed > 0)) process.exitCode = 1;
});
