// Errors through the codec: class, stack, cause and own properties, and what is left out of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodeError, registerErrorClass } from '../src/codec.js';
import { describeGraph, graph, refusal, sent, texts } from './codec-support.js';

describe('errors', () => {
  class HttpError extends Error {
    constructor(readonly status: number) {
      if (typeof status !== 'number') throw new Error('the constructor ran');
      super(`HTTP ${status}`);
    }
  }

  it('keep class, name, message, stack, cause and own properties', () => {
    const cause = new RangeError('inner');
    const error = Object.assign(new TypeError('outer', { cause }), { code: 'E_CODE', data: [1] });
    const arrived = sent(error);
    expect(arrived).toBeInstanceOf(TypeError);
    expect(Object.prototype.toString.call(arrived)).toBe('[object Error]');
    expect([arrived.name, arrived.message, arrived.stack]).toEqual([
      'TypeError',
      'outer',
      error.stack,
    ]);
    expect(arrived.cause).toBeInstanceOf(RangeError);
    expect((arrived.cause as Error).stack).toBe(cause.stack);
    expect(Object.keys(arrived)).toEqual(['code', 'data']);
    expect(arrived.data).toEqual([1]);
  });

  it('keep a registered class, without calling its constructor, and the nearest known class otherwise', () => {
    registerErrorClass(HttpError);
    class NotFound extends HttpError {
      override name = 'NotFound';
    }
    const arrived = sent(new NotFound(404));
    expect(arrived).toBeInstanceOf(HttpError);
    expect(arrived).not.toBeInstanceOf(NotFound);
    expect([arrived.name, arrived.message, arrived.status]).toEqual(['NotFound', 'HTTP 404', 404]);
  });

  it('of every class of the language arrive as what they are', () => {
    const globals = globalThis as unknown as Record<string, unknown>;
    const names = ['EvalError', 'URIError', 'SuppressedError', 'InternalError'];
    const classes = [
      ...names.map(name => globals[name]).filter(known => known !== undefined),
      WebAssembly.RuntimeError,
      WebAssembly.CompileError,
      WebAssembly.LinkError,
    ] as (new (
      message?: string,
    ) => Error)[];
    for (const errorClass of classes) {
      const arrived = sent(new errorClass('lost'));
      expect(Object.getPrototypeOf(arrived)).toBe(errorClass.prototype);
    }
    const trap = new WebAssembly.RuntimeError('unreachable');
    expect([sent(trap).name, sent(trap).message, sent(trap).stack]).toEqual([
      'RuntimeError',
      'unreachable',
      trap.stack,
    ]);
  });

  it('a class that is registered must be one of errors, with a name that is free', () => {
    for (const bad of [undefined, null, 'Error', () => {}, class {}])
      expect(() => registerErrorClass(bad as never)).toThrow(TypeError);
    class OutOfRange extends Error {}
    expect(() => registerErrorClass(OutOfRange, 'RangeError')).toThrow(
      /the name RangeError is taken/,
    );
    registerErrorClass(OutOfRange, 'app.RangeError');
    expect(sent(new OutOfRange('mine'))).toBeInstanceOf(OutOfRange);
    // A module that is loaded anew registers its new class.
    registerErrorClass(class extends OutOfRange {}, 'app.RangeError');
  });

  it('keep the errors of an AggregateError, and cycles', () => {
    const error: Error = new AggregateError([new Error('a'), new SyntaxError('b')], 'both');
    error.cause = error;
    const arrived = sent(error) as AggregateError;
    expect(arrived).toBeInstanceOf(AggregateError);
    expect(arrived.cause).toBe(arrived);
    expect(arrived.errors.map(String)).toEqual(['Error: a', 'SyntaxError: b']);
    expect(Object.keys(arrived)).toEqual(['cause']);
  });

  it('keep a DOMException', () => {
    const error = new DOMException('stopped', 'AbortError');
    const arrived = sent({ error }).error;
    expect(arrived).toBeInstanceOf(DOMException);
    expect([arrived.name, arrived.message, arrived.code]).toEqual(['AbortError', 'stopped', 20]);
  });

  it('arrive without what cannot be cloned', () => {
    const shared = { a: 1 };
    const many = Array.from({ length: 20 }, (_, i) => ({ i }));
    const lost = { deep: [many, shared, new Uint8Array(5000), { request() {} }] };
    const error = Object.assign(new Error('failed', { cause: lost }), {
      lost,
      shared,
      many,
      fine: 1,
    });
    Object.defineProperty(error, 'thrower', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const arrived = sent([error, shared, many]) as [typeof error, object, object[]];
    expect(Object.keys(arrived[0])).toEqual(['shared', 'many', 'fine']);
    expect([arrived[0].message, arrived[0].cause]).toEqual(['failed', undefined]);
    expect(arrived[0].shared).toBe(arrived[1]);
    expect(arrived[0].many).toBe(arrived[2]);
    expect(arrived.slice(1)).toEqual([shared, many]);
  });

  it('of the codec itself arrive as what they are', () => {
    const arrived = sent(refusal([() => 1], 'args'));
    expect(arrived).toBeInstanceOf(EncodeError);
    expect([arrived.name, arrived.path, arrived.kind]).toEqual([
      'DataCloneError',
      'args[0]',
      'function',
    ]);
  });

  it('any graph with errors in it', () => {
    const classes = [Error, TypeError, RangeError, SyntaxError, URIError, WebAssembly.LinkError];
    const errorsOf = (inner: fc.Arbitrary<unknown>) =>
      fc
        .tuple(
          fc.constantFrom(...classes),
          texts,
          fc.option(inner),
          fc.array(inner, { maxLength: 3 }),
          fc.boolean(),
        )
        .map(([errorClass, message, cause, items, cyclic]) => {
          const options = cause === null ? undefined : { cause };
          const error =
            items.length > 1
              ? new AggregateError(items, message, options)
              : new errorClass(message, options);
          return Object.assign(error, { items }, cyclic && { self: error });
        });
    const { mixed } = fc.letrec<{ mixed: unknown }>(tie => ({
      mixed: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        // Cloned once, it has no more that cloning changes.
        graph.map(value => structuredClone(value)),
        errorsOf(tie('mixed')),
        fc.array(tie('mixed'), { maxLength: 3 }),
        tie('mixed').map(shared => new Map([[shared, { shared }]])),
      ),
    }));
    fc.assert(
      fc.property(mixed, value => {
        // structuredClone keeps less of errors, so they are compared with themselves.
        expect(describeGraph(sent(value))).toEqual(describeGraph(value));
      }),
      { numRuns: 80 },
    );
  }, 60_000);
});
