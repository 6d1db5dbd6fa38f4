// The timeline, the table of futures and the progress line: what a person sees of a run, and does with it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from './harness.mjs';
import { pressRun, pressStop, runToEnd, state, visit, write } from './page.mjs';

/** Two threads, eleven futures: nine results, one error, one that is cancelled. */
const MIXED = `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
export function work(n) {
  const end = performance.now() + 8;
  while (performance.now() < end);
  if (n === 5) throw new RangeError('five is too much');
  return n * n;
}
export default async function main() {
  const { work } = tasksOf(import.meta.url);
  await withExecutor(new ThreadPoolExecutor({ maxWorkers: 2 }), async executor => {
    const futures = [];
    for (let n = 0; n < 11; n++) futures.push(executor.submit(work, n));
    futures[10].cancel();
    for (const future of futures.slice(0, 10)) await future.exception();
  });
}`;

async function ranMixed(page, servers) {
  await visit(page, servers.isolated);
  await write(page, MIXED);
  await runToEnd(page);
  await finished(page);
}

/** The trace has ended: a replay is offered, and the picture has come to rest. */
async function finished(page) {
  await page.getByRole('button', { name: 'Replay' }).waitFor();
  await page.waitForSelector('.timeline-picture canvas[data-still=true]');
}

const lanes = page => page.getByRole('listbox', { name: 'Futures on the lanes' });
const futuresTab = page => page.getByRole('tab', { name: /Futures/ });
const showFutures = page => futuresTab(page).click();
const rows = page => page.locator('.futures tbody tr');
const column = (page, place) => rows(page).locator(`td:nth-child(${place})`).allTextContents();

/** Waits until a column of the table has these texts. */
const shows = (page, place, texts) =>
  poll(async () => String(await column(page, place)) === String(texts));

/** Numbers of the legend, by state. */
const legend = page =>
  page
    .locator('.legend li:has(b)')
    .evaluateAll(items =>
      Object.fromEntries(
        items.map(item => [item.dataset.state, Number(item.querySelector('b').textContent)]),
      ),
    );

/** The text of the option that is active in the list box. */
const active = page =>
  page.evaluate(() => {
    const list = document.querySelector('[role=listbox][aria-label="Futures on the lanes"]');
    return document.getElementById(list.getAttribute('aria-activedescendant'))?.textContent ?? '';
  });

/** A line of the details: state, worker, waited, ran, result, error. */
const detail = (page, name) =>
  page
    .locator('.details dl > div', { has: page.locator(`dt:text-is("${name}")`) })
    .locator('dd')
    .innerText();

/** How many pixels of the picture have about this colour of the style sheet. */
const pixels = (page, name) =>
  page.evaluate(variable => {
    const probe = document.createElement('i');
    probe.style.color = `var(${variable})`;
    document.body.append(probe);
    const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map(Number);
    probe.remove();
    const canvas = document.querySelector('.timeline-picture canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4)
      if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 12)
        count++;
    return count;
  }, name);

/** Waits for the next picture to be drawn. */
const frame = page =>
  page.evaluate(
    () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  );

test('After a run the timeline shows every future, told apart by state', async ({
  page,
  servers,
}) => {
  await ranMixed(page, servers);
  assert.deepEqual(await legend(page), {
    pending: 0,
    running: 0,
    done: 9,
    failed: 1,
    cancelled: 1,
  });
  // Where the machine is slow, eight milliseconds are a small part of the picture.
  await page.getByRole('button', { name: 'Wide' }).click();
  await page.getByRole('grid', { name: 'Futures' }).waitFor();
  await frame(page);
  assert.ok((await pixels(page, '--tl-done')) > 200, 'what is done is drawn');
  assert.ok((await pixels(page, '--tl-failed')) > 10, 'what has failed is drawn');
  const summary = await page.locator('.timeline-picture > p').innerText();
  assert.match(summary, /ThreadPoolExecutor\S* with 2 lanes and 11 futures/);
});

test('The table tells each future in the words of Python', async ({ page, servers }) => {
  await ranMixed(page, servers);
  await showFutures(page);
  await shows(page, 2, Array(11).fill('work'));
  assert.deepEqual(
    await column(page, 3),
    Array.from({ length: 11 }, (_, n) => String(n)),
  );
  assert.deepEqual(await column(page, 4), [...Array(10).fill('finished'), 'cancelled']);
  const results = await column(page, 8);
  assert.deepEqual(results.slice(0, 5), ['0', '1', '4', '9', '16']);
  assert.match(results[5], /error: .*RangeError.*five is too much/);
  assert.equal(results[10], '');
  for (const ran of (await column(page, 7)).slice(0, 10)) assert.match(ran, /^\d.* (ms|s)$/);
  for (const worker of (await column(page, 5)).slice(0, 10)) assert.match(worker, /^thread [01]$/);
});

test('The table is sorted by a click on a column, and filtered by text and by state', async ({
  page,
  servers,
}) => {
  await ranMixed(page, servers);
  await showFutures(page);
  await page.getByRole('button', { name: 'arguments' }).click();
  await shows(page, 3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  await page.getByRole('button', { name: 'arguments' }).click();
  await shows(page, 3, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  await page.getByRole('searchbox', { name: 'Filter the futures' }).fill('rangeerror');
  await shows(page, 3, [5]);
  await page.getByRole('searchbox', { name: 'Filter the futures' }).fill('');
  await page.getByRole('combobox', { name: 'State' }).selectOption('cancelled');
  await shows(page, 3, [10]);
  await page.getByText('1 of 11 futures', { exact: true }).waitFor();
});

test('A future chosen in the table is chosen in the timeline, and the other way round', async ({
  page,
  servers,
}) => {
  await ranMixed(page, servers);
  await showFutures(page);
  await rows(page).nth(5).click();
  assert.match(
    await active(page),
    /work\(5\): finished, on thread \d, .*raised .*five is too much/,
  );
  assert.equal(await detail(page, 'state'), 'finished');
  await lanes(page).focus();
  await page.keyboard.press('Home');
  const chosen = page.locator('.futures tr[aria-selected=true] td:nth-child(3)');
  assert.equal(`work(${await chosen.innerText()})`, (await active(page)).split(':')[0]);
});

test('A future under the pointer is told, and marked in the table', async ({ page, servers }) => {
  await ranMixed(page, servers);
  await showFutures(page);
  const box = await lanes(page).boundingBox();
  // From left to right over the first lane until something is there.
  for (let x = 120; x < box.width; x += 6) {
    await page.mouse.move(box.x + x, box.y + 24 + 30 + 27 + 26 + 11);
    await frame(page);
    if ((await page.locator('.tip').count()) > 0) break;
  }
  const told = await page.locator('.tip strong').innerText();
  const marked = page.locator('.futures tr.hovered td:nth-child(3)');
  assert.equal(told, `work(${await marked.innerText()})`);
});

/** Two pools of one thread: the first runs work(0), work(1), work(2), the second work(10) and so on. */
const TWO_LANES = `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
export function work(n) {
  const end = performance.now() + 5;
  while (performance.now() < end);
}
export default async function main() {
  for (const from of [0, 10]) {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    for (let n = from; n < from + 3; n++) executor.submit(tasksOf(import.meta.url).work, n);
    await executor.shutdown();
  }
}`;

/** Milliseconds that the picture shows. */
const span = page =>
  page.locator('.timeline-picture canvas').evaluate(canvas => Number(canvas.dataset.span));

/** For who asked for less motion a view changes at once. */
const CALM = { calm: true };

test(
  'By keyboard alone: from future to future, zoom, focus, clear',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await write(page, TWO_LANES);
    await runToEnd(page);
    await finished(page);
    await lanes(page).focus();
    const presses = async key => {
      await page.keyboard.press(key);
      return (await active(page)).split(':')[0];
    };
    assert.equal(await presses('.'), 'work(0)');
    assert.equal(await presses('.'), 'work(1)');
    assert.equal(await presses('ArrowRight'), 'work(2)');
    assert.equal(await presses('.'), 'work(2)');
    assert.equal(await presses(','), 'work(1)');
    assert.equal(await presses('Home'), 'work(0)');
    assert.equal(await presses('End'), 'work(2)');
    assert.equal(await presses('ArrowDown'), 'work(10)');
    assert.equal(await presses('ArrowUp'), 'work(2)');

    const whole = await span(page);
    await page.keyboard.press('w');
    await poll(async () => (await span(page)) < whole * 0.7);
    await page.keyboard.press('s');
    await poll(async () => Math.abs((await span(page)) - whole) < whole * 0.01);
    await page.keyboard.press('f');
    await poll(async () => (await span(page)) < whole * 0.6);
    await page.keyboard.press('f');
    await poll(async () => Math.abs((await span(page)) - whole) < whole * 0.01);
    await page.keyboard.press('Escape');
    assert.equal(await active(page), '');
    await page.locator('.details.hint').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('zoom in and out').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  },
  CALM,
);

/** Asks again with each frame until the answer is yes. */
async function poll(ask) {
  const end = Date.now() + 10_000;
  while (!(await ask())) assert.ok(Date.now() < end, `still not: ${ask}`);
}

test('A drag over the lanes adds up what lies in it', async ({ page, servers }) => {
  await ranMixed(page, servers);
  // With room on both sides: the drag begins beside the scroll bar, and the last future may end at the very edge.
  const whole = await span(page);
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await poll(async () => (await span(page)) > whole * 1.2);
  await page.waitForSelector('.timeline-picture canvas[data-still=true]');
  const box = await lanes(page).boundingBox();
  await page.mouse.move(box.x + box.width - 14, box.y + box.height - 3);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.getByText('Selected area').waitFor();
  // It tells of each step of the drag, and of the last one soon after.
  await poll(async () => (await detail(page, 'futures')) === '10');
  assert.equal(await detail(page, 'failed'), '1');
  assert.equal(await detail(page, 'lanes'), '2');
  assert.match(await detail(page, 'busy'), /^\d+ %$/);
});

test(
  'Ctrl and the wheel zoom, a plain wheel does not',
  async ({ page, servers }) => {
    await ranMixed(page, servers);
    await frame(page);
    const before = await span(page);
    const box = await lanes(page).boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    await page.mouse.wheel(0, 40);
    await frame(page);
    assert.equal(await span(page), before);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -240);
    await page.keyboard.up('Control');
    await poll(async () => (await span(page)) < before * 0.8);
  },
  CALM,
);

test('The slider goes back in the run: states, counts and progress are those of that moment', async ({
  page,
  servers,
}) => {
  await ranMixed(page, servers);
  await showFutures(page);
  const slider = page.getByRole('slider', { name: 'Moment of the run' });
  await slider.focus();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelectorAll('.futures tbody tr').length < 2);
  // Forward until one is running.
  await poll(async () => {
    await page.keyboard.press('PageUp');
    const { done, failed, cancelled } = await legend(page);
    return done + failed + cancelled > 2;
  });
  // Where they came at almost the same time, that was too far.
  let counts;
  await poll(async () => {
    counts = await legend(page);
    if (counts.pending + counts.running > 0) return true;
    await page.keyboard.press('ArrowLeft');
    return false;
  });
  assert.equal(
    (await column(page, 4)).filter(word => word === 'finished').length,
    counts.done + counts.failed,
  );
  const complete = counts.done + counts.failed + counts.cancelled;
  await page.waitForFunction(
    text => document.querySelector('.progress code').textContent.includes(text),
    ` ${complete}/11 [`,
  );
  await page.keyboard.press('End');
  await page.waitForFunction(() =>
    document.querySelector('.progress code').textContent.includes(' 11/11 ['),
  );
});

test('A replay plays to the end by itself', async ({ page, servers }) => {
  await ranMixed(page, servers);
  await page.getByLabel('Speed of the replay').selectOption('0.2');
  await page.getByRole('button', { name: 'Replay' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.waitForFunction(() => {
    const done = document.querySelector('.legend [data-state=done] b').textContent;
    return Number(done) < 9;
  });
  await page.getByRole('button', { name: 'Replay' }).waitFor();
  assert.equal((await legend(page)).done, 9);
});

test('The progress line is what tqdm prints, and follows completions', async ({
  page,
  servers,
}) => {
  await ranMixed(page, servers);
  const line = await page.locator('.progress code').innerText();
  assert.match(line, /^100% 11\/11 \[00:0\d<00:00, +\d+\.\d\dit\/s\]$/);
  const said = page.locator('.progress [role=status]');
  assert.equal(await said.textContent(), '11 of 11 futures complete');
  // What is said anew must not draw the bar anew.
  await said.evaluate(
    () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const bar = page.getByRole('progressbar', { name: 'Futures that are complete' });
  assert.deepEqual(await bar.evaluate(({ value, max }) => [value, max]), [11, 11]);
});

test('The timeline is live also while main() blocks', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export const forever = () => { while (true); };
     export const quick = n => n;
     export default async function main() {
       const { forever, quick } = tasksOf(import.meta.url);
       const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
       executor.submit(quick, 1).resultSync();
       executor.submit(forever).resultSync();
     }`,
  );
  await pressRun(page);
  for (const name of ['done', 'running'])
    await page.locator(`.legend [data-state=${name}] b`, { hasText: /^1$/ }).waitFor();
  assert.equal((await legend(page)).done, 1);
  await showFutures(page);
  await page.locator('.futures td', { hasText: 'running' }).waitFor();
  await pressStop(page);
  await state(page, 'stopped');
  await finished(page);
});

test('Ten thousand futures are in the table, of which only those in sight are on the page', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
     export const same = n => n;
     export default async function main() {
       await withExecutor(new ThreadPoolExecutor({ maxWorkers: 2 }), async executor => {
         const { same } = tasksOf(import.meta.url);
         const futures = Array.from({ length: 10_000 }, (_, n) => executor.submit(same, n));
         await Promise.all(futures);
       });
     }`,
  );
  await runToEnd(page);
  await finished(page);
  assert.equal(await page.locator('.legend [data-state=done] b').innerText(), '10,000');
  await showFutures(page);
  await page.getByText('10,000 futures').waitFor();
  assert.ok((await rows(page).count()) < 60);
  const table = page.getByRole('grid', { name: 'Futures' });
  assert.equal(await table.getAttribute('aria-rowcount'), '10001');
  await table.focus();
  await page.keyboard.press('End');
  await page
    .locator('.futures tr[aria-selected=true] td:nth-child(3)', { hasText: /^9999$/ })
    .waitFor();
  assert.match(await active(page), /^same\(9999\): finished/);
});

test(
  'Without isolation the driver sends what it has recorded',
  async ({ page, context, servers }) => {
    await context.addInitScript(() => {
      delete Navigator.prototype.serviceWorker;
    });
    await visit(page, servers.plain);
    await write(page, MIXED.replaceAll('ThreadPoolExecutor', 'ProcessPoolExecutor'));
    await runToEnd(page);
    await finished(page);
    assert.deepEqual(await legend(page), {
      pending: 0,
      running: 0,
      done: 9,
      failed: 1,
      cancelled: 1,
    });
  },
  { fresh: true },
);

/** The content of the file that a button saves. */
async function saved(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).click(),
  ]);
  return readFile(await download.path());
}

test(
  'The trace is saved for Perfetto, as CSV and as a picture',
  async ({ page, servers }) => {
    await ranMixed(page, servers);
    const { traceEvents } = JSON.parse(await saved(page, 'Chrome trace'));
    assert.equal(traceEvents.filter(event => event.ph === 'X').length >= 10, true);
    const csv = String(await saved(page, 'CSV'))
      .trim()
      .split('\n');
    assert.ok(csv.length > 30, `${csv.length} lines`);
    const png = await saved(page, 'PNG');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.ok(png.length > 3000);
  },
  { only: 'chromium' },
);

test(
  'Who asked for less motion sees four pictures a second, not sixty',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await page.evaluate(() => {
      // Each picture begins by filling the whole canvas, or the part of it that is drawn again.
      window.pictures = new Set();
      const { fillRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillRect = function (...box) {
        if (box[0] === 0 && box[1] === 0 && box[3] > 100)
          window.pictures.add(document.timeline.currentTime);
        return fillRect.apply(this, box);
      };
    });
    await write(
      page,
      `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export const spin = ms => { const end = performance.now() + ms; while (performance.now() < end); };
     export default async function main() {
       const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
       await executor.submit(tasksOf(import.meta.url).spin, 1500);
       await executor.shutdown();
     }`,
    );
    await runToEnd(page);
    const times = await page.evaluate(() => [...window.pictures]);
    const seconds = (times.at(-1) - times[0]) / 1000;
    // A few more where its size and its end are found.
    const most = 8 + seconds * 4.5;
    assert.ok(times.length >= 3 && times.length <= most, `${times.length} in ${seconds} s`);
  },
  CALM,
);

test('The results take the whole width and give it back', async ({ page, servers }) => {
  await ranMixed(page, servers);
  const width = async () => (await lanes(page).boundingBox()).width;
  const narrow = await width();
  await page.getByRole('button', { name: 'Wide' }).click();
  await poll(async () => (await width()) > narrow * 1.4);
  await page.getByRole('grid', { name: 'Futures' }).waitFor();
  await page.locator('.output .empty').waitFor();
  await page.getByRole('button', { name: 'Run' }).waitFor();
  await page.getByRole('button', { name: 'Wide' }).click();
  await poll(async () => (await width()) === narrow);
});
