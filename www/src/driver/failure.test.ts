// The line that the page points at when user code fails, for the stacks of the three engines.

import { expect, test } from 'vitest';
import { describeFailure } from './failure.ts';

const MODULE = 'blob:http://localhost:8080/0d4c-11';
const thrown = (stack: string) => Object.assign(new RangeError('too far'), { stack });

test.each([
  ['Chromium', `RangeError: too far\n    at divide (${MODULE}:5:11)\n    at main (${MODULE}:9:3)`],
  ['Firefox', `divide@${MODULE}:5:11\nmain@${MODULE}:9:3`],
  ['WebKit', `divide@${MODULE}:5:11\n@http://localhost:8080/lib/worker.js:2:7`],
])('the innermost place in the user module is found in a stack of %s', (_engine, stack) => {
  const failure = describeFailure(thrown(stack), MODULE);
  expect(failure).toMatchObject({ name: 'RangeError', message: 'too far', line: 5, column: 11 });
  expect(failure.stack).not.toContain('blob:');
});

test('a stack that does not touch the user module has no line', () => {
  expect(describeFailure(thrown('at x (http://h/a.js:1:1)'), MODULE).line).toBeUndefined();
});

test('anything can be thrown', () => {
  expect(describeFailure('oh', MODULE)).toMatchObject({ name: 'Uncaught', message: 'oh' });
  expect(describeFailure(undefined, MODULE).message).toBe('undefined');
  expect(describeFailure({}, MODULE).name).toBe('Error');
});
