// Links that hold a program: what goes in comes out, and what was damaged says so.

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLink, encodeLink, isLink, LONGEST, type Shared } from './link.ts';

const SHARED: Shared = {
  code: "console.log('für 日本 🚀 \u2028');\n",
  experiment: 'submit',
  library: '0.1.0',
  network: { latency: 1, jitter: 0, missing: 10, unavailable: 0, dropped: 5, seed: 7 },
};
const packed = (value: unknown) =>
  `v1.${deflateSync(Buffer.from(JSON.stringify(value))).toString('base64url')}`;

test('a program with signs of all kinds comes back as it was, with its settings', async () => {
  const link = await encodeLink(SHARED);
  expect(link).toMatch(/^v1\.[\w-]+$/);
  expect(isLink(link)).toBe(true);
  expect(await decodeLink(link)).toEqual({ is: 'shared', shared: SHARED });
});

test('any text comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async code => {
      const opened = await decodeLink(await encodeLink({ code, experiment: 'x', library: '1' }));
      expect(opened).toMatchObject({ is: 'shared', shared: { code } });
    }),
    { numRuns: 100 },
  );
});

test('a link is much shorter than its program', async () => {
  const code = 'for await (const future of asCompleted(futures)) console.log(future);\n'.repeat(40);
  expect((await encodeLink({ ...SHARED, code })).length).toBeLessThan(code.length / 5);
});

test('every link that was cut off is damaged, and says so', async () => {
  const link = await encodeLink(SHARED);
  for (let length = 3; length < link.length; length++) {
    const opened = await decodeLink(link.slice(0, length));
    expect(opened, `${length} of ${link.length}`).toMatchObject({ is: 'damaged' });
  }
});

test('a link of another version is not guessed at', async () => {
  const link = (await encodeLink(SHARED)).replace('v1', 'v2');
  expect(isLink(link)).toBe(true);
  expect(await decodeLink(link)).toMatchObject({ is: 'damaged', why: expect.stringMatching(/v2/) });
});

test('an old link, of another version of the package, is opened', async () => {
  const opened = await decodeLink(packed({ code: 'x', experiment: 'gone', library: '0.0.1' }));
  expect(opened).toEqual({
    is: 'shared',
    shared: { code: 'x', experiment: 'gone', library: '0.0.1' },
  });
});

test('a program that is too long is refused on both sides, and a bomb is not unpacked', async () => {
  await expect(encodeLink({ ...SHARED, code: 'x'.repeat(LONGEST + 1) })).rejects.toThrow(
    RangeError,
  );
  for (const code of ['x'.repeat(LONGEST + 1), 'x'.repeat(50_000_000)])
    expect(await decodeLink(packed({ ...SHARED, code }))).toMatchObject({ is: 'damaged' });
});

test.each([null, 1, 'x', [], {}, { code: 1 }])('%j is no program', async value => {
  expect(await decodeLink(packed(value))).toEqual({ is: 'damaged', why: 'it holds no program' });
});

test.each(['v1.', 'v1.!!!', 'v1.AAAA', 'v1.ä'])('%j is damaged', async text => {
  expect(await decodeLink(text)).toMatchObject({ is: 'damaged' });
});

test('settings that are none are left out', async () => {
  const opened = await decodeLink(packed({ ...SHARED, network: { latency: 'fast' } }));
  expect(opened).toMatchObject({ is: 'shared' });
  expect(opened.is === 'shared' && opened.shared.network).toBeUndefined();
});

test.each(['', 'results', 'version1'])('%j is an anchor, not a link', hash => {
  expect(isLink(hash)).toBe(false);
});
