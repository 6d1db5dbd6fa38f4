// How many tests passed and failed, read from what each test runner itself reports.

/** A lint is one test: it passed when its program ended well. */
export function countLint({ code }) {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Sums every match of a pattern with the groups `passed` and `failed`. */
function sum(output, pattern) {
  let passed = 0;
  let failed = 0;
  let lines = 0;
  for (const { groups } of output.matchAll(pattern)) {
    passed += Number(groups.passed);
    failed += Number(groups.failed);
    lines += 1;
  }
  return { passed, failed, lines };
}

/** A runner that ended badly without naming a failed test has still failed: it crashed, or did not compile. */
function honest({ passed, failed }, code) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** cargo test, wasm-bindgen's runner: one `test result:` line for every binary. */
export function countCargo({ code, output }) {
  const pattern = /test result: (?:ok|FAILED)\. (?<passed>\d+) passed; (?<failed>\d+) failed;/g;
  return honest(sum(output, pattern), code);
}

/** vitest's JSON report. */
export function countVitest({ code }, report) {
  if (report === undefined) return { passed: 0, failed: 1 };
  return honest({ passed: report.numPassedTests, failed: report.numFailedTests }, code);
}

/** Our own end-to-end suites: their last line says it. */
export function countClosingLine({ code, output }) {
  const closing = /^(?<passed>\d+) passed, (?<failed>\d+) failed$/;
  const groups = output.trimEnd().split('\n').at(-1)?.trim().match(closing)?.groups;
  if (!groups) return { passed: 0, failed: 1 };
  return honest({ passed: Number(groups.passed), failed: Number(groups.failed) }, code);
}
