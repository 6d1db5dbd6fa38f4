// What is shown of the first bytes of an encoded value.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBytes } from '../../src/encode.js';
import { textOf } from '../../src/local-trace.js';
import { previewOf, previewOfCall, shorten } from '../../src/trace/preview.js';

const shown = (value: unknown, most = 108) => previewOf(toBytes(value, 'value').slice(0, most));
const called = (...args: unknown[]) => previewOfCall(toBytes([...args, 'nsquare'], 'args'));

describe('a preview of an encoded value', () => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [7, '7'],
    [-1000, '-1000'],
    [1.5, '1.5'],
    [2n ** 70n, '1180591620717411303424n'],
    [-5n, '-5n'],
    ['tea', "'tea'"],
    ['höhe', "'höhe'"],
    ['x'.repeat(64), `'${'x'.repeat(59)}…`],
    [[1, ['a'], []], "[1, ['a'], []]"],
    [{ a: 1, b: { c: null } }, '{a: 1, b: {c: null}}'],
    [new Map([[1, 'one']]), "Map {1 => 'one'}"],
    [new Set([1, 2]), 'Set {1, 2}'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'Invalid Date'],
    [/a+/g, '/a+/g'],
    [new Uint8Array(3), 'Uint8Array(3)'],
    [new ArrayBuffer(8), 'ArrayBuffer(8)'],
    [new RangeError('no tea'), 'RangeError: no tea'],
    [Object(5), '5'],
    [Object.assign([1], { name: 2 }), 'Array(1) {0: 1, name: 2}'],
  ])('%# %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test('an object that was shown already is not shown again', () => {
    const twice = { a: 1 };
    expect(shown([twice, twice])).toBe('[{a: 1}, (see above)]');
  });

  test('a large payload is named by its class', () => {
    expect(shown(new Float64Array(10_000))).toBe('Float64Array…');
  });

  test('what is cut off ends in …, at a character', () => {
    expect(shown('ä'.repeat(40), 11)).toBe(`'${'ä'.repeat(4)}…`);
    expect(shown([1, 2, 'abc'], 5)).toBe("[1, 2, '…");
  });

  test('whatever is sent, and wherever it is cut, there is a short text', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(anything, fc.nat(108), (value, most) => {
        const text = shown(value, most);
        expect(text.length).toBeLessThanOrEqual(61);
      }),
      { numRuns: 500 },
    );
  });
});

test('of a call the arguments are shown, without the task', () => {
  expect(called(1, 'two')).toBe("1, 'two'");
  expect(called()).toBe('');
  expect(previewOfCall(toBytes(['b17 nsquare'], 'args'))).toBe('(moved)');
});

test('a text is cut between characters', () => {
  expect(shorten('a'.repeat(60))).toBe('a'.repeat(60));
  expect(shorten(`${'a'.repeat(59)}😀`)).toBe(`${'a'.repeat(59)}…`);
  expect(shorten('short', true)).toBe('short…');
});

describe('a value that is not sent', () => {
  test.each([
    [1, '1'],
    ['tea', "'tea'"],
    [5n, '5n'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, [2], 3, 4, 5], '[1, […], 3, 4, …]'],
    [new Map(), 'Map'],
    [new TypeError('no'), 'TypeError: no'],
    [shown, 'function shown'],
  ])('%# is shown', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  test('one whose code throws does no harm', () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const angry = {
      get [Symbol.toStringTag](): string {
        throw new Error('no');
      },
    };
    expect([textOf(proxy), textOf(angry)]).toEqual(Array(2).fill('(a getter threw object)'));
  });
});
