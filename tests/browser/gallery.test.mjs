// Each experiment of the gallery, run as it stands: what it prints, and what it draws.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import {
  choose,
  codeOf,
  lines,
  pressRun,
  runToEnd,
  share,
  state,
  variants,
  visit,
  write,
} from './page.mjs';
import { runInPlainFirefox } from './plain-firefox.mjs';

const NUMBERS = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099,
  1099726899285419,
];
const ANSWERS = NUMBERS.map((n, i) => `${n} is prime: ${i < 5}`);
const CODES = 'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ');
const FAILURE = [
  'callback: <Future state=finished raised RangeError>',
  'result raised RangeError: cannot divide 1 by zero',
  'exception returned RangeError: cannot divide 1 by zero',
  'and the pool lives on: 6 / 3 = 2',
];
const WITHOUT_VOWELS = "['cncrrnt', 'ftrs', 'xct', 'synchrnsly']";
const FIVE = ['BR', 'CN', 'ID', 'IN', 'US'];

/** What a Python program would print, line by line; a pattern where numbers vary. */
const OUTPUT = {
  'Submit and result': ['33698267'],
  'Done?': ['done: false', 'result: hello', 'done: true'],
  'The same with processes': [
    'done: false',
    'result: hello, call 1 in this process',
    'done: true',
    'calls in main: 0',
  ],
  'A task that fails': [...FAILURE, ...FAILURE],
  'Cancel what has not started': [
    'first:  false <Future state=running>',
    'second: true <Future state=cancelled>',
    'first:  slept 1 s',
    'second: CancelledError',
  ],
  'Time-outs': [
    'result: TimeoutError',
    'wait: 0 done, 1 not done',
    'map: slept 0.1 s',
    'map: TimeoutError',
    'The call went on: slept 3 s',
  ],
  'Remove the vowels': [WITHOUT_VOWELS, WITHOUT_VOWELS],
  'map keeps the order': ['slept 0.9 s', 'slept 0.3 s', 'slept 0.6 s'],
  'map or submit, after an exception': [
    'map: 1',
    'map: 0.5',
    'map: RangeError: division by zero',
    'submit: 1',
    'submit: 0.5',
    'submit: RangeError: division by zero',
    'submit: 0.25',
  ],
  'Fixed arguments': ['1000 g', '2500 g', '4000 g'],
  chunksize: Array(6).fill('the sum of all cubes is 2499500025000000'),
  as_completed: ['0.5 s: slept well', '1 s: slept well', '1.5 s: slept well'],
  wait: [
    'FIRST_COMPLETED: 1 done, 2 not done',
    'FIRST_EXCEPTION: 2 done, 1 not done',
    'ALL_COMPLETED: 3 done, 0 not done',
  ],
  'A pool for many batches': [
    '[1, 4, 9] with 2 workers at most',
    '[16, 25, 36] with 2 workers at most',
    'RuntimeError: cannot schedule new futures after shutdown',
  ],
  'The initializer': [
    'Good morning, Ada!',
    'Good morning, Guido!',
    'Good morning, Brian!',
    'greeting in main: undefined',
  ],
  'The broken pool': [
    'running: BrokenProcessPool',
    'waiting: CancelledError',
    /^submit: {2}(RuntimeError|BrokenProcessPool)$/,
  ],
  Deadlock: [
    'DeadlockError',
    /^ThreadPoolExecutor-\d+_0 waits for a future .* the only worker of which waits$/,
  ],
  'Pool.apply and apply_async': [
    'apply: 49',
    'ready: false',
    'get(0.2): TimeoutError',
    'get: 64',
    'ready: true',
    'map: [1, 4, 9]',
  ],
  'Is it prime?': [...ANSWERS, ...ANSWERS, ...ANSWERS],
  'Tasks too small to be worth it': ['sum: 3998000', 'sum: 3998000'],
  'How many is too many?': [
    /^10 × ProcessPoolExecutor: [\d.]+ ms each$/,
    /^100 × ThreadPoolExecutor: [\d.]+ ms each$/,
    /^10000 × AsyncExecutor: [\d.]+ ms each$/,
  ],
  'A semaphore as throttle': ['20 flags, at most 3 at a time'],
};

function same(printed, expected) {
  assert.equal(printed.length, expected.length, printed.join('\n'));
  for (const [i, line] of printed.entries())
    if (expected[i] instanceof RegExp) assert.match(line, expected[i]);
    else assert.equal(line, expected[i]);
}

for (const [title, expected] of Object.entries(OUTPUT))
  test(
    `“${title}” prints what its Python original does`,
    async ({ page, servers }) => {
      await visit(page, servers.isolated);
      await choose(page, title);
      await runToEnd(page, 80_000);
      same(await lines(page), expected);
    },
    { limit: 90 },
  );

test('Futures are printed as they go: pending, running, finished', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'Futures, printed as they go');
  await runToEnd(page);
  const printed = await lines(page);
  same(printed.slice(0, 6), [
    ...FIVE.map(code => new RegExp(`^Scheduled for ${code}: <Future state=(pending|running)>$`)),
    'Soon after: <Future state=running>',
  ]);
  assert.deepEqual(
    printed.slice(6).sort(),
    FIVE.map(code => `<Future state=finished returned string> result: ${code}`),
  );
});

test('Five naps on three threads start in order, and their results come in order', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await choose(page, 'Five naps on three threads');
  await runToEnd(page);
  const printed = (await lines(page)).map(line => line.replace(/^\[\d\d\.\d{3}\] +/, ''));
  const at = text => printed.findIndex(line => line.startsWith(text));
  assert.deepEqual(
    printed.filter(line => line.startsWith('result')),
    [0, 1, 2, 3, 4].map(n => `result ${n}: ${n * 10}`),
  );
  for (const n of [0, 1, 2, 3, 4])
    assert.ok(at(`loiter(${n}): doing`) >= 0 && at(`loiter(${n}): done`) >= 0);
  assert.ok(at('loiter(3): doing') > at('loiter(0): done'), 'the fourth waits for a thread');
  assert.ok(at('loiter(4): doing') > at('loiter(1): done'), 'so does the fifth');
});

test('The spinner turns until it is cancelled', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'A spinner that can be cancelled');
  await runToEnd(page);
  const printed = await lines(page);
  assert.deepEqual(printed.slice(-3), [
    'The spinner has stopped.',
    'cancelled: true',
    'Answer: 42',
  ]);
  const turns = printed.slice(0, -3);
  assert.ok(turns.length >= 3);
  assert.deepEqual(
    turns,
    turns.map((_, i) => `${'|/-\\'[i % 4]} thinking!`),
  );
});

test('chunksize shows its curve, with its numbers for who cannot see it', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await choose(page, 'chunksize');
  await runToEnd(page);
  const curve = page.locator('.pictures .wide img');
  assert.match(await curve.getAttribute('alt'), /by chunksize\. 1: [\d.]+, 4: .* 1024: [\d.]+$/);
  await page.waitForFunction(() => document.querySelector('.wide img').naturalWidth > 0);
  const rows = await variants(page);
  assert.deepEqual(
    rows.map(({ name }) => name),
    [1, 4, 16, 64, 256, 1024].map(n => `chunksize ${n}`),
  );
  assert.ok(rows[4].seconds < rows[0].seconds, 'large chunks are faster');
});

/** What there is to say about pictures, and how far each is from the first. */
function compare(canvases) {
  const all = canvases.map(canvas => {
    const { width, height } = canvas;
    return { width, height, data: canvas.getContext('2d').getImageData(0, 0, width, height).data };
  });
  return all.map(({ width, height, data }) => {
    const at = (x, y) => Array.from(data.slice((y * width + x) * 4, (y * width + x) * 4 + 4));
    let [empty, different] = [0, 0];
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

/** Runs a program with Rust in it; gives name and end of each variant, and what there is to say about the pictures. */
async function drawn(page, browser, timeout) {
  if (browser === 'firefox') return runInPlainFirefox((await share(page)).link, compare);
  await runToEnd(page, timeout);
  const rows = (await variants(page)).map(({ name, end }) => ({ name, end }));
  return { rows, pictures: await page.locator('.gallery canvas').evaluateAll(compare) };
}

test(
  'Mandelbrot draws the same whole picture on threads, on processes and in Rust',
  async ({ page, servers, browser }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Mandelbrot');
    const rust = `await variant('Rust', async () => {
      const rust = await import('mandelbrot');
      await rust.default();
      await rust.start(2);
      canvas(SIZE, SIZE).block(0, 0, SIZE, await rust.render(SIZE, STEPS));
    });\n}\n`;
    await write(page, (await codeOf(page)).replace(/\}\s*$/, rust));
    const { rows, pictures } = await drawn(page, browser, 70_000);
    assert.deepEqual(
      rows.map(({ name, end }) => [name, end]),
      [
        ['Threads', 'done'],
        ['Processes', 'done'],
        ['Rust', 'done'],
      ],
    );
    assert.equal(pictures.length, 3);
    for (const { empty, different, inside, outside } of pictures) {
      assert.equal(different, 0, 'all variants draw the same');
      assert.equal(empty, 0, 'no pixel is left out');
      assert.deepEqual(inside, [0, 0, 0, 255], 'the middle belongs to the set');
      assert.ok(outside[2] > 50, 'the sea around it does not');
    }
  },
  { limit: 90 },
);

test('Mandelbrot in Rust draws its picture', async ({ page, servers, browser }) => {
  await visit(page, servers.isolated);
  await choose(page, 'Mandelbrot in Rust');
  const {
    pictures: [picture],
  } = await drawn(page, browser);
  assert.equal(picture.empty, 0);
  assert.deepEqual(picture.inside, [0, 0, 0, 255]);
});

test('Web pages tell their sizes, and the one that does not exist is told apart', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await choose(page, 'Web pages and their sizes');
  await runToEnd(page);
  const sizes = {};
  for (const name of ['executor', 'future', 'thread', 'process'])
    sizes[name] = (
      await (await fetch(`${servers.isolated}pages/${name}.html`)).arrayBuffer()
    ).byteLength;
  assert.deepEqual(
    (await lines(page)).sort(),
    [
      ...Object.entries(sizes).map(([name, size]) => `'${name}' page is ${size} bytes`),
      "'made-up-page' generated an exception: HTTP Error 404",
    ].sort(),
  );
});

test(
  'Flags take twenty delays in sequence, and about one on threads, processes and coroutines',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Flags');
    await runToEnd(page, 80_000);
    const shown = await page
      .locator('.gallery figure')
      .evaluateAll(figures =>
        figures.map(figure => Array.from(figure.querySelectorAll('img'), image => image.alt)),
      );
    assert.deepEqual(shown, [CODES, CODES, CODES, CODES]);
    const drawn = await page
      .locator('.gallery img')
      .evaluateAll(images => images.filter(image => image.naturalWidth > 0).length);
    assert.equal(drawn, 80, 'every picture is one');
    const [sequence, ...together] = await variants(page);
    assert.ok(sequence.seconds >= 20 * 0.4, `${sequence.seconds} s in sequence`);
    for (const { name, seconds } of together)
      assert.ok(seconds >= 0.4 && seconds < sequence.seconds, `${name}: ${seconds} s`);
    assert.ok(together.at(-1).seconds < sequence.seconds / 4, 'coroutines start at once');
  },
  { limit: 100 },
);

test('The bar of the flags goes to its end, as tqdm prints it', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'Flags, with progress');
  await runToEnd(page);
  const printed = await lines(page);
  for (const line of printed)
    assert.match(
      line,
      /^ *\d+%\|.{10}\| \d+\/20 \[\d\d:\d\d<(\d\d:\d\d|\?), +[\d.?]+(it\/s|s\/it)\]$/,
    );
  assert.match(printed.at(-1), /^100%\|█{10}\| 20\/20 /);
  assert.equal(await page.locator('.gallery img').count(), 20);
});

test(
  'Without isolation a program with threads says why it cannot run, and runs on processes',
  async ({ page, context, servers }) => {
    await context.addInitScript(() => {
      delete Navigator.prototype.serviceWorker;
    });
    await visit(page, servers.plain);
    await choose(page, 'map keeps the order');
    await pressRun(page);
    await state(page, 'failed');
    assert.match(await page.locator('.failure').innerText(), /NotIsolatedError/);
    await page.getByRole('button', { name: 'Use processes' }).click();
    await runToEnd(page);
    assert.deepEqual(await lines(page), OUTPUT['map keeps the order']);
  },
  { only: 'chromium', fresh: true },
);
