// Each experiment of the list, run as it stands, to its right output.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { choose, lines, runToEnd, variants, visit, write } from './page.mjs';

const NUMBERS = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099,
  1099726899285419,
];

test('Is it prime? prints the six answers in order, in sequence, on threads and on processes', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await choose(page, 'Is it prime?');
  await runToEnd(page);
  const answers = NUMBERS.map((n, i) => `${n} is prime: ${i < 5}`);
  assert.deepEqual(await lines(page), [...answers, ...answers, ...answers]);
  const rows = await variants(page);
  assert.deepEqual(
    rows.map(({ name, end }) => [name, end]),
    [
      ['In sequence', 'done'],
      ['Threads', 'done'],
      ['Processes', 'done'],
    ],
  );
  assert.equal(rows[0].factor, '1×');
  for (const { seconds, factor } of rows.slice(1)) {
    const shown = Number.parseFloat(factor);
    assert.ok(Math.abs(shown - rows[0].seconds / seconds) < 0.02 * shown + 0.01, factor);
  }
});

test(
  'Flags take twenty delays in sequence and about one on twenty threads',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Flags');
    await runToEnd(page, 80_000);
    const codes = 'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ');
    const shown = await page
      .locator('.gallery figure')
      .evaluateAll(figures =>
        figures.map(figure => Array.from(figure.querySelectorAll('img'), image => image.alt)),
      );
    assert.deepEqual(shown[0], codes);
    assert.deepEqual(shown[1], codes, 'map keeps the order');
    assert.deepEqual(shown[2].toSorted(), codes.toSorted(), 'asCompleted gives every one once');
    const drawn = await page
      .locator('.gallery img')
      .evaluateAll(images => images.filter(image => image.naturalWidth > 0).length);
    assert.equal(drawn, 60, 'every picture is one');
    const [sequence, map, asCompleted] = await variants(page);
    assert.ok(sequence.seconds >= 20, `${sequence.seconds} s in sequence`);
    for (const { name, seconds } of [map, asCompleted])
      assert.ok(seconds >= 1 && seconds < sequence.seconds / 3, `${name}: ${seconds} s`);
  },
  { limit: 100 },
);

test('A flag really goes over the network, held back by the service worker', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await choose(page, 'Flags');
  await write(
    page,
    `import { asset } from 'playground';
     export default async function main() {
       const start = performance.now();
       const response = await fetch(asset('flags/fr.svg?delay=0.5'));
       console.log('x-sw', response.headers.get('x-sw'), performance.now() - start >= 500);
       console.log((await response.text()).includes('<title>France</title>'));
     }`,
  );
  await runToEnd(page);
  assert.deepEqual(await lines(page), ['x-sw 0.5 true', 'true']);
});

test('A task that fails hands its error over, and its pool lives on', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'A task that fails');
  await runToEnd(page);
  const story = [
    'result() throws RangeError: cannot divide 1 by zero',
    'exception() gives RangeError: cannot divide 1 by zero',
    'a RangeError here, too: true',
    '6 / 3 = 2',
  ];
  assert.deepEqual(await lines(page), [...story, ...story]);
});

/** What there is to say about pictures, and how far each is from the first. */
function compare(canvases) {
  const all = canvases.map(canvas => {
    const { width, height } = canvas;
    return { width, height, data: canvas.getContext('2d').getImageData(0, 0, width, height).data };
  });
  return all.map(({ width, height, data }) => {
    const at = (x, y) => Array.from(data.slice((y * width + x) * 4, (y * width + x) * 4 + 4));
    let empty = 0;
    let different = 0;
    for (let i = 0; i < data.length; i++) {
      if (i % 4 === 3 && data[i] === 0) empty++;
      // JavaScript and Rust may round a logarithm differently.
      if (Math.abs(data[i] - all[0].data[i]) > 1) different++;
    }
    return {
      empty,
      different,
      inside: at(width * 0.7, height / 2),
      outside: at(40, height / 2 - 40),
    };
  });
}

test(
  'Mandelbrot draws the same whole picture with every variant',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Mandelbrot');
    await runToEnd(page, 60_000);
    const rows = await variants(page);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['In sequence', 'Threads', 'Processes', 'Rust, rayon'],
    );
    assert.ok(rows.every(({ end }) => end === 'done'));
    const pictures = await page.locator('.gallery canvas').evaluateAll(compare);
    assert.equal(pictures.length, rows.length);
    for (const { empty, different, inside, outside } of pictures) {
      assert.equal(different, 0, 'all variants draw the same');
      assert.equal(empty, 0, 'no pixel is left out');
      assert.deepEqual(inside, [0, 0, 0, 255], 'the middle belongs to the set');
      assert.ok(outside[2] > 50, 'the sea around it does not');
    }
  },
  { limit: 90 },
);
