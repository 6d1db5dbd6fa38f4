// The codec against structuredClone, which is its model, and against bytes that nobody encoded.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../src/codec.js';
import { Encoder } from '../src/encode.js';
import {
  decoder,
  describeGraph,
  encoded,
  encoder,
  graph,
  likeStructuredClone,
  refusal,
  sent,
  texts,
} from './codec-support.js';

const { process } = globalThis as unknown as { process: { memoryUsage(): { rss: number } } };
const memoryInUse = () => process.memoryUsage().rss;

describe('like structuredClone', () => {
  it('any graph', () => {
    fc.assert(fc.property(graph, likeStructuredClone), { numRuns: 300 });
  }, 60_000);

  it('graphs with many shared objects and cycles', () => {
    const links = fc.array(fc.tuple(fc.nat(30), fc.nat(30), texts), { maxLength: 60 });
    fc.assert(
      fc.property(links, all => {
        const nodes = Array.from({ length: 31 }, (_, id) => ({ id }) as Record<string, unknown>);
        for (const [from, to, name] of all) nodes[from]![`to ${name}`] = nodes[to];
        likeStructuredClone(nodes);
        likeStructuredClone(nodes[0]);
      }),
    );
  });

  it('cycles through every container', () => {
    const map = new Map<unknown, unknown>();
    const set = new Set<unknown>([map]);
    const list: unknown[] = [set];
    const sparse: unknown[] = [];
    sparse[7] = sparse;
    map.set(map, { list, sparse }).set(list, set);
    likeStructuredClone(list);
  });

  it('numbers at the edges of their forms', () => {
    const edges = [0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53];
    for (const edge of edges)
      for (const n of [edge, -edge, edge + 1, edge + 0.5]) likeStructuredClone(n);
    for (const n of [Number.MIN_VALUE, Number.MAX_VALUE, Number.POSITIVE_INFINITY])
      likeStructuredClone(n);
  });

  it('strings at the edges of their forms', () => {
    for (const character of [
      'a',
      '\0',
      '\x7f',
      '\x80',
      'é',
      '\u0100',
      '漢',
      '😀',
      '\udc00',
      '\ufeff',
    ]) {
      for (const length of [0, 1, 31, 63, 64, 65, 127, 128, 1000, 4096, 4097, 20_000]) {
        const text = character.repeat(length);
        expect(sent(text)).toBe(text);
        expect(sent(`a${text}a`)).toBe(`a${text}a`);
      }
    }
  });

  it('holes, and properties with names', () => {
    likeStructuredClone(new Array(5));
    likeStructuredClone(Object.assign(new Array(5), { 1: 1, 2: undefined, 4: 2 }));
    likeStructuredClone('2026-11-23'.match(/(\d+)-(\d+)/));
    // As many names as holes: the numbers of values and of indexes are equal.
    likeStructuredClone(Object.assign(new Array(3), { 0: 1, 2: undefined, name: 2 }));
    const huge: unknown[] = [];
    huge.length = 2 ** 32 - 1;
    huge[4_000_000_000] = 'far';
    const arrived = sent(huge);
    expect([arrived.length, arrived[4_000_000_000], Object.keys(arrived).length]).toEqual([
      2 ** 32 - 1,
      'far',
      1,
    ]);
  });

  it('instances of classes become plain objects, getters are read, symbols and hidden properties are not', () => {
    class Point {
      x = 1;
      #secret = 2;
      get y() {
        return this.#secret;
      }
    }
    likeStructuredClone(new Point());
    class Tagged {
      a = 1;
      get [Symbol.toStringTag]() {
        return 'Map';
      }
    }
    likeStructuredClone(new Tagged());
    likeStructuredClone(new (class extends Map<number, number> {})([[1, 2]]));
    likeStructuredClone(new (class extends Array<number> {})(3));
    likeStructuredClone(
      Object.create(null, { shown: { value: 1, enumerable: true }, hidden: { value: 2 } }),
    );
    likeStructuredClone({
      [Symbol('s')]: 1,
      get computed() {
        return [1];
      },
    });
  });

  it('a getter that changes what comes after it', () => {
    const changing = () => ({
      get first() {
        delete (this as Record<string, unknown>).second;
        (this as Record<string, unknown>).third = 3;
        return 1;
      },
      second: 2,
    });
    expect(describeGraph(sent(changing()))).toEqual(describeGraph(structuredClone(changing())));
  });

  it('a key named __proto__ is a property', () => {
    const arrived = sent(JSON.parse('{"__proto__": {"polluted": 1}, "a": 2}'));
    expect(Object.getPrototypeOf(arrived)).toBe(Object.prototype);
    expect(Object.keys(arrived)).toEqual(['__proto__', 'a']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('every kind of view, sharing its buffer', () => {
    const buffer = new ArrayBuffer(32);
    new Uint8Array(buffer).forEach((_, i, bytes) => {
      bytes[i] = i * 7;
    });
    const views = [
      new Int8Array(buffer),
      new Uint8Array(buffer, 3, 5),
      new Uint8ClampedArray(buffer, 31),
      new Int16Array(buffer, 2),
      new Uint16Array(buffer, 4, 3),
      new Int32Array(buffer, 8),
      new Uint32Array(buffer, 32),
      new Float32Array(buffer),
      new Float64Array(buffer, 8, 2),
      new BigInt64Array(buffer),
      new BigUint64Array(buffer, 24, 1),
      new DataView(buffer, 5, 9),
    ];
    likeStructuredClone(views);
    const arrived = sent({ views, buffer });
    for (const view of arrived.views) expect(view.buffer).toBe(arrived.buffer);
  });

  it('big payloads, more than one, between small things', () => {
    const big = Float64Array.from({ length: 100_000 }, (_, i) => i);
    const value = {
      a: 1,
      big,
      b: 'x'.repeat(5000),
      again: big,
      other: new Uint8Array(4097).fill(9),
      c: [2],
    };
    likeStructuredClone(value);
    const fresh = new Encoder();
    fresh.encode(value);
    expect([fresh.bytes.length, fresh.large.length]).toEqual([1024, 3]);
  });

  it('big payloads are aligned, so that they are copied fast, and are let go of', () => {
    for (const before of ['', 'a', 'abc', 'abcdefg']) {
      encoder.encode([before, new Uint8Array(4097), before, new Uint8Array(5000)]);
      const [first, second] = encoder.large;
      expect([first!.at % 8, (first!.bytes.length + second!.at) % 8]).toEqual([0, 0]);
      encoder.copyTo(new Uint8Array(10_000), 0);
      expect(encoder.large).toEqual([]);
    }
  });

  it('a resizable buffer arrives with a fixed length', () => {
    const resizable = new (ArrayBuffer as unknown as new (n: number, o: object) => ArrayBuffer)(8, {
      maxByteLength: 64,
    });
    const arrived = sent(new Uint8Array(resizable));
    expect([arrived.length, (arrived.buffer as { resizable?: boolean }).resizable]).toEqual([
      8,
      false,
    ]);
  });
});

describe('what cannot be cloned', () => {
  it('is named with its path, its kind and the remedy', () => {
    expect(refusal([1, { handlers: { click() {} } }], 'args').message).toBe(
      'cannot send args[1].handlers.click: a function cannot be cloned; pass data, or name a task with task(url, name)',
    );
    const paths: [unknown, string, string][] = [
      [() => 1, 'value', 'function'],
      [{ 'a b': [Symbol('x')] }, 'value["a b"][0]', 'symbol'],
      [
        new Map([
          [1, { ok: 1 }],
          [2, { p: Promise.resolve() }],
        ] as [number, unknown][]),
        'value[1].p',
        'Promise',
      ],
      [[new Set([1, new WeakMap()])], 'value[0][1]', 'WeakMap'],
      [{ done: [{ a: 1 }], s: new SharedArrayBuffer(1) }, 'value.s', 'SharedArrayBuffer'],
      [[new Uint8Array(new SharedArrayBuffer(8))], 'value[0].buffer', 'SharedArrayBuffer'],
      [[new AbortController()], 'value[0]', 'AbortController'],
      [[new Blob([])], 'value[0]', 'Blob'],
      [[(function* () {})()], 'value[0]', 'Generator'],
      [[Object.create(Map.prototype)], 'value[0]', 'Map'],
      [[Object(Symbol('x'))], 'value[0]', 'Symbol'],
      [[new Intl.NumberFormat()], 'value[0]', 'Intl.NumberFormat'],
    ];
    for (const [value, path, kind] of paths) {
      const error = refusal(value);
      expect([error.path, error.kind, error.name]).toEqual([path, kind, 'DataCloneError']);
    }
  });

  it('a buffer that was transferred away', () => {
    const buffer = new ArrayBuffer(8);
    const view = new Uint8Array(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(refusal({ view }).message).toMatch('value.view.buffer: a detached ArrayBuffer');
  });

  it('what a getter throws passes through, and the encoder works on', () => {
    const error = new Error('mine');
    const value = {
      get thrower(): never {
        throw error;
      },
    };
    expect(() => encoder.encode(value)).toThrow(error);
    expect(sent([1])).toEqual([1]);
  });

  it('a getter that encodes gets an error', () => {
    const value = {
      get nested() {
        return new Encoder().encode(1);
      },
    };
    expect(refusal(value).message).toMatch('a getter cannot send');
    expect(sent([1])).toEqual([1]);
  });

  it('what is nested too deeply is refused cleanly, on both sides', () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 200_000; i++) deep = [deep];
    expect(refusal(deep).message).toMatch('too deeply');
    expect(sent([1])).toEqual([1]);
    const bytes = encoded([[]]);
    const start = bytes.subarray(0, 2);
    const nested = new Uint8Array(400_000);
    for (let i = 0; i < nested.length; i += 2) nested.set(start, i);
    expect(() => decoder.decode(nested, 0, nested.length)).toThrow(DecodeError);
    expect(sent([1])).toEqual([1]);
  });

  it('a list of a thousand links passes', () => {
    let list: unknown = null;
    for (let i = 0; i < 1000; i++) list = { i, next: list };
    likeStructuredClone(list);
  });
});

describe('bytes from anywhere', () => {
  const sample = [
    { a: 1, b: -5, c: 1.5, d: 'text', e: 'x'.repeat(70), f: 'é', g: 123n, h: /r/g, i: new Date(5) },
    new Map<unknown, unknown>([[1, new Set([1, 'a'])]]),
    [new Float64Array(3), new DataView(new ArrayBuffer(9), 2), Object(1), null, undefined, true],
    Object.assign(new TypeError('m', { cause: new DOMException('d', 'AbortError') }), { own: 1 }),
    'named'.match(/(?<n>a)/),
  ];

  /** Decodes, and only a DecodeError may come. */
  function survives(bytes: Uint8Array, start = 0, length = bytes.length - start): void {
    try {
      decoder.decode(bytes, start, length);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  }

  it('random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => survives(bytes)),
      { numRuns: 5000 },
    );
  });

  it('made of tags', () => {
    const tags = fc.oneof(
      fc.integer({ min: 0xc0, max: 0xd8 }),
      fc.constantFrom(0, 1, 2, 0x81, 0x82),
    );
    const messages = fc.array(tags, { maxLength: 100 }).map(bytes => Uint8Array.from(bytes));
    fc.assert(
      fc.property(messages, bytes => survives(bytes)),
      { numRuns: 5000 },
    );
  });

  it('a message with bytes changed', () => {
    const good = encoded(sample).slice();
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(changes, all => {
        const bytes = good.slice();
        for (const [at, byte] of all) bytes[at] = byte;
        survives(bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it('a message cut off is refused, whatever follows it in memory', () => {
    const good = encoded(sample);
    for (let length = 0; length < good.length; length++) {
      expect(() => decoder.decode(good, 0, length)).toThrow(DecodeError);
    }
    expect(() => decoder.decode(good, 0, good.length + 1)).toThrow(DecodeError);
    expect(() => decoder.decode(good, -1, 3)).toThrow(DecodeError);
    const longer = Uint8Array.of(...good, 0);
    expect(() => decoder.decode(longer, 0, longer.length)).toThrow(DecodeError);
  });

  it('lengths that are not there allocate nothing', () => {
    const before = memoryInUse();
    const tagOf = (value: unknown) => encoded(value)[0]!;
    const float = [...encoded(2 ** 32 - 3)];
    const kinds = [[], 'x'.repeat(100), 'é', new ArrayBuffer(1)].map(tagOf);
    for (const tag of kinds) {
      const bytes = Uint8Array.of(tag, ...float, 1, 2, 3);
      for (let i = 0; i < 1000; i++) survives(bytes);
    }
    // A sparse array of thirty million holes is valid: a thousand of them must not take memory for their holes.
    const sparse = [tagOf(new Array(3)), ...encoded(30_000_000), ...encoded(new Set()).subarray(1)];
    const bytes = Uint8Array.from([
      tagOf([]),
      ...encoded(1000),
      ...Array(1000).fill(sparse).flat(),
    ]);
    expect(decoder.decode(bytes, 0, bytes.length)).toHaveLength(1000);
    expect(memoryInUse() - before).toBeLessThan(300e6);
  });

  it('the result shares no memory with the message', () => {
    const bytes = encoded([new Uint8Array([1, 2, 3]), new Uint8Array(5000).fill(4)]);
    const [small, big] = decoder.decode(bytes, 0, bytes.length) as [Uint8Array, Uint8Array];
    bytes.fill(0);
    expect([small[2], big[4999], small.buffer instanceof ArrayBuffer]).toEqual([3, 4, true]);
  });
});
