// The test runner's own parts: counting, time limits, and steps that are skipped.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countCargo, countClosingLine, countLint, countVitest } from '../lib/counts.mjs';
import { run } from '../lib/process.mjs';
import { duration } from '../lib/steps.mjs';
import { checkNode, npmPackagesCurrent } from '../setup.mjs';

describe('counting', () => {
  const cargo = `
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 filtered out; finished in 0.01s
`;

  test('cargo: every binary adds up', () => {
    expect(countCargo({ code: 101, output: cargo })).toEqual({ passed: 5, failed: 4 });
  });

  test('a runner that ends badly without a failed test counts as one', () => {
    expect(countCargo({ code: 101, output: 'error: could not compile' })).toEqual({
      passed: 0,
      failed: 1,
    });
    expect(countClosingLine({ code: 1, output: '7 passed, 0 failed\n' })).toEqual({
      passed: 7,
      failed: 1,
    });
    expect(countVitest({ code: 1 }, undefined)).toEqual({ passed: 0, failed: 1 });
    expect(countLint({ code: 124 })).toEqual({ passed: 0, failed: 1 });
  });

  test('an end-to-end suite without its closing line has failed', () => {
    expect(countClosingLine({ code: 0, output: 'all fine' })).toEqual({ passed: 0, failed: 1 });
    expect(countClosingLine({ code: 0, output: '3 passed, 0 failed\nbye\n' })).toEqual({
      passed: 0,
      failed: 1,
    });
    expect(countClosingLine({ code: 0, output: 'x\n3 passed, 0 failed\n' })).toEqual({
      passed: 3,
      failed: 0,
    });
  });
});

/** A process that has ended and that nobody has asked about yet (state Z) is not alive. */
function isAlive(pid) {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

describe('running a program', () => {
  test('its output and exit code come back', async () => {
    const result = await run('sh', ['-c', 'echo out; echo err >&2; exit 3']);
    expect(result.code).toBe(3);
    expect(result.output).toContain('out');
    expect(result.output).toContain('err');
  });

  test('a missing program is an ordinary failure', async () => {
    const { code, output } = await run('no-such-program-here', []);
    expect(code).toBe(127);
    expect(output).toContain('no-such-program-here');
  });

  test('the time limit ends it together with its children', async () => {
    const script = 'sleep 60 & echo child $!; sleep 60';
    const { code, output, timedOut } = await run('sh', ['-c', script], { timeout: 0.5 });
    expect(timedOut).toBe(true);
    expect(code).toBe(124);
    const child = Number(output.match(/child (\d+)/)[1]);
    expect(isAlive(child)).toBe(false);
  });

  test('a child that outlives it does not hold us up', async () => {
    const { code } = await run('sh', ['-c', 'sleep 60 & exit 0'], { timeout: 30 });
    expect(code).toBe(0);
  }, 5000);
});

describe('set-up', () => {
  test('node_modules of this checkout fits the lock file', () => {
    expect(npmPackagesCurrent()).toBe(true);
  });

  test('an old Node is named', () => {
    expect(() => checkNode('20.18.1')).toThrow('Node 20.18.1 is too old');
    expect(() => checkNode('18.20.0')).toThrow('too old');
    checkNode('20.19.0');
    checkNode('22.1.0');
  });

  test('a checkout without node_modules does not', () => {
    expect(npmPackagesCurrent('/nowhere')).toBe(false);
  });

  test.each([
    [950, '0.9 s'],
    [59_940, '59.9 s'],
    [245_000, '4 min 05 s'],
  ])('%d ms read as %s', (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });
});
