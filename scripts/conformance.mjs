// `npm run conformance`: runs the conformance suite in every browser that is there, and Rust's tests of the same rows;
// prints the matrix, and writes it as docs/conformance.md.
//
//   npm run conformance [-- --last]
//
// --last runs nothing, and takes the results of the last runs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toMarkdown } from '../tests/conformance/markdown.mjs';
import { COLUMNS, matrix, readRust, rustSign, SIGNS, signs } from '../tests/conformance/matrix.mjs';
import { main } from './lib/failure.mjs';
import { parseOptions } from './lib/options.mjs';
import { onPath, run } from './lib/process.mjs';
import { duration } from './lib/steps.mjs';
import { CACHE, hostEnv, ROOT } from './toolchain.mjs';
import { BROWSERS as DRIVEN, wasmTest } from './wasm-test.mjs';

const FOLDER = join(CACHE, 'conformance');
const PAGE = join(ROOT, 'docs', 'conformance.md');
const BROWSERS = {
  chromium: { title: 'Chromium', program: 'chromium' },
  firefox: { title: 'Firefox', program: 'firefox-esr' },
  webkit: { title: 'WebKitGTK', program: 'WebKitWebDriver' },
};

async function runAll() {
  for (const [name, { title, program }] of Object.entries(BROWSERS)) {
    if (!(await onPath(program))) {
      console.log(`▸ ${title} is not installed here`);
      continue;
    }
    console.log(`▸ The suite in ${title}`);
    const start = performance.now();
    const args = ['tests/conformance/run.mjs', '--browser', name];
    await run('node', args, { cwd: ROOT, show: true, timeout: 1200 });
    console.log(`  took ${duration(performance.now() - start)}`);
  }
  mkdirSync(FOLDER, { recursive: true });
  const report = { date: new Date().toISOString(), output: await runRust() };
  writeFileSync(join(FOLDER, 'rust.json'), JSON.stringify(report));
}

/** What the tests of the rows in Rust print, natively and in browsers. */
async function runRust() {
  console.log('▸ The rows in Rust, natively');
  const args = ['test', '-p', 'concurrent-futures', '--test', 'it', 'conformance'];
  const outputs = [(await run('cargo', args, { cwd: ROOT, env: hostEnv(), timeout: 900 })).output];
  for (const [name, { title, driver, path }] of Object.entries(DRIVEN)) {
    if (!existsSync(path)) {
      console.log(`▸ ${driver} for ${title} is not installed here`);
      continue;
    }
    console.log(`▸ The rows in Rust, in ${title}`);
    const targets = ['--test', 'conformance_page', '--test', 'conformance_worker'];
    outputs.push((await wasmTest(name, targets, { timeout: 900 })).output);
  }
  return outputs.join('\n');
}

const count = (list, outcome) => list.filter(result => result.outcome === outcome).length;
const counts = list => ({
  passed: count(list, 'pass'),
  failed: count(list, 'fail'),
  none: count(list, 'none'),
});

function readReport(name) {
  const file = join(FOLDER, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function readReports() {
  return Object.entries(BROWSERS).flatMap(([name, { title }]) => {
    const report = readReport(name);
    if (report === undefined) return [];
    const results = new Map(report.results.map(result => [result.key, result]));
    return [{ ...report, ...counts(report.results), title, results }];
  });
}

/** One line for every row. */
function print(rows) {
  for (const row of rows) {
    const columns = COLUMNS.filter(column => column in row.cells).map(
      column => `${column} ${signs(row.cells[column])}`,
    );
    const cells = row.mark === 'N' ? `N: ${row.note}` : columns.join('  ');
    const rust = row.rust.length > 0 ? `  rust ${rustSign(row.rust)}` : '';
    console.log(`${row.id.padStart(3)} ${cells}${rust}`);
  }
}

await main(async () => {
  const { last } = parseOptions(process.argv.slice(2), { last: 'flag' });
  if (!last) await runAll();
  const reports = readReports();
  const rustReport = readReport('rust');
  const byRow = rustReport && readRust(rustReport.output);
  const rust =
    byRow?.size > 0 ? { date: rustReport.date, ...counts([...byRow.values()].flat()) } : undefined;
  const rows = matrix(reports, byRow);
  print(rows);
  writeFileSync(PAGE, toMarkdown(rows, reports, rust));
  const failed = reports.reduce((sum, report) => sum + report.failed, rust?.failed ?? 0);
  const unknown = rows
    .flatMap(({ cells }) => Object.values(cells).flat())
    .filter(({ sign }) => sign === SIGNS.unknown).length;
  console.log(
    `\n${reports.map(({ title, version, passed, failed }) => `${title} ${version}: ${passed} passed, ${failed} failed`).join('\n')}`,
  );
  if (rust) console.log(`Rust: ${rust.passed} passed, ${rust.failed} failed`);
  console.log(
    `Written to docs/conformance.md${unknown > 0 ? `; ${unknown} cells did not run` : ''}.`,
  );
  if (failed > 0) process.exitCode = 1;
});
