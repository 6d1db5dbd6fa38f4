// Programs do with checkpoints what they do without, on the same lines; and each checkpoint is reached.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instrument } from './instrument.ts';

const shared = globalThis as { $gil?: (() => void) | undefined };
let reached = 0;

beforeEach(() => {
  reached = 0;
  shared.$gil = () => {
    reached++;
  };
});
afterEach(() => {
  shared.$gil = undefined;
});

const checked = (text: string) => {
  const changed = instrument(text);
  if (changed === undefined) throw new Error('not readable');
  return changed;
};
/** What a function body returns. */
const run = (body: string) => new Function(body)() as unknown;

describe.each([
  ['a loop with a block', 'let n = 0; for (let i = 0; i < 3; i++) { n += i } return n', 3],
  ['a loop without one', 'let n = 0\nfor (const i of [1, 2]) n += i\nreturn n', 2],
  ['an empty loop', 'let n = 0; for (; n++ < 4;); return n', 4],
  [
    'while, with an if and an else',
    'let n = 9; while (n > 5) if (n % 2) n--; else n -= 2; return n',
    3,
  ],
  ['do', 'let n = 0; do n++; while (n < 5); return n', 5],
  ['do, with a comment', 'let n = 0; do /* { */ { n++ } while (n < 5)\nreturn n', 5],
  [
    'loops in loops',
    'let n = 0; for (const a of [1, 2]) for (const b of [1, 2]) n += a * b; return n',
    6,
  ],
  [
    'labels',
    'let n = 0; outer: for (;;) inner: for (;;) { if (++n > 5) break outer; if (n % 2) continue outer; continue inner }\nreturn n',
    10,
  ],
  ['an arrow with an expression', 'return [1, 2].map(n => n + 1)', 2],
  ['an arrow that gives an object', 'return (() => ({ a: 1 }))()', 1],
  ['arrows in arrows', 'return (a => b => a - b)(5)(3)', 2],
  ['an arrow with a block', 'return (() => { return "{" })()', 1],
  ['a function', 'function f(a = () => 2) { return a() } return f()', 2],
  ['methods', 'return { a() { return this.get() }, get() { return 4 } }.a()', 2],
  ['getters', 'return { get a() { return 4 } }.a', 1],
  [
    'classes',
    'class A { #n = 1; constructor(n) { this.#n += n } static of(n) { return new this(n) } get n() { return this.#n } }\nclass B extends A { constructor(n) { super(n) } }\nreturn B.of(2).n',
    4,
  ],
  ['generators', 'return [...(function* () { for (let i = 0; i < 3; i++) yield i })()]', 4],
  ['braces in strings', 'return "for(;;){" + (() => "}")() + `{`', 1],
  ['braces in patterns', 'return /for(;;)\\{/.source.length', 0],
  ['a name of its own', 'const $gil = 1; return (() => $gil)()', 1],
])('%s', (_name, body, times) => {
  // The body of a function is no module: `return` is put into one.
  const text = `function main() {${body}\n}`;
  const call = (program: string) => run(`${program}; return main()`);

  test('gives the same', () => {
    const expected = call(text);
    expect(call(checked(text))).toEqual(expected);
  });

  test(`passes ${times} checkpoints`, () => {
    call(checked(text));
    expect(reached).toBe(times + 1);
  });
});

test('async functions and generators await as they did', async () => {
  const text = `return (async () => {
    const out = [];
    for await (const n of (async function* () { yield 1; yield 2 })()) out.push(await (async m => await m)(n));
    return out;
  })()`;
  const main = checked(`function main() {${text}\n}`);
  expect(await run(`${main}; return main()`)).toEqual([1, 2]);
  expect(reached).toBeGreaterThanOrEqual(6);
});

test('no line moves, so an error is where it was', () => {
  const text =
    'function a() {\n  for (;;)\n    throw new Error("x");\n}\n\nconst b = () =>\n  a();\n';
  const lines = checked(text).split('\n');
  expect(lines).toHaveLength(text.split('\n').length);
  expect(lines[2]).toContain('throw new Error("x");');
});

test('a function that was sent to where no checkpoint is runs there', () => {
  shared.$gil = undefined;
  expect(run(`${checked('function main() { return 1 }')}; return main()`)).toBe(1);
});

test.each(['const a = = 2;', 'for (;;', 'function () {'])('%j is no program', text => {
  expect(instrument(text)).toBeUndefined();
});
