// What a person sees when user code prints a value.

import { expect, test } from 'vitest';
import { format } from './format.ts';

test('strings are printed as they are, and apart by a space', () => {
  expect(format(['a', 1, true, null, undefined, 3n])).toBe('a 1 true null undefined 3n');
});

test('strings inside something are quoted', () => {
  expect(format([['a', { b: 'c' }]])).toBe("['a', { b: 'c' }]");
});

test('collections show their size, and a long one ends with how many are left', () => {
  expect(format([new Map([['a', 1]])])).toBe("Map(1) { 'a' → 1 }");
  expect(format([new Set([1, 2])])).toBe('Set(2) { 1, 2 }');
  expect(format([new Uint8Array(60)])).toContain('… 10 more]');
  expect(format([[]])).toBe('[]');
  expect(format([{}])).toBe('{}');
});

test('an object that holds itself ends', () => {
  const self: Record<string, unknown> = { name: 'x' };
  self.self = self;
  expect(format([self])).toBe("{ name: 'x', self: [circular] }");
});

test('an object that has words of its own is printed in them', () => {
  class Speaker {
    toString() {
      return '<Speaker>';
    }
  }
  expect(format([new Speaker(), [new Speaker()]])).toBe('<Speaker> [<Speaker>]');
});

test('an error shows its name and message once', () => {
  const text = format([new RangeError('too far')]);
  expect(text.match(/RangeError: too far/g)).toHaveLength(1);
});

test('a text without end is cut', () => {
  expect(format(['x'.repeat(30_000)])).toMatch(/^x{20000}… 10000 more characters$/);
});

test('a getter that throws does no harm', () => {
  const trap = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('no');
    },
  });
  expect(format([trap])).toBe('[object]');
});
