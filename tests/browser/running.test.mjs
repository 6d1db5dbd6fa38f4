// Run and Stop: code of all kinds, and always a page that answers.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import {
  choose,
  lines,
  noWorkersLeft,
  pressRun,
  pressStop,
  realEditor,
  runToEnd,
  seesLine,
  state,
  variants,
  visit,
  write,
} from './page.mjs';

const main = body => `export default async function main() {\n${body}\n}`;

/** The page does what it is asked while code is running. */
async function answers(page) {
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await page.waitForSelector('html[data-theme=dark]');
}

test('Edited code runs', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
     export const double = n => 2 * n;
     ${main(`await withExecutor(new ThreadPoolExecutor({ maxWorkers: 2 }), async executor => {
       const results = [];
       for await (const n of executor.map(tasksOf(import.meta.url).double, [1, 2, 3])) results.push(n);
       console.log('doubled', results);
     });`)}`,
  );
  await runToEnd(page);
  assert.deepEqual(await lines(page), ['doubled [2, 4, 6]']);
});

test('Code without main() runs from top to bottom', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, `console.log('one'); await null; console.log('two');`);
  await runToEnd(page);
  assert.deepEqual(await lines(page), ['one', 'two']);
});

test('The driver may block at once on a future of its own pool', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export const triple = n => 3 * n;
     ${main(`const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
       console.log('got', executor.submit(tasksOf(import.meta.url).triple, 14).resultSync(10));
       await executor.shutdown();`)}`,
  );
  await runToEnd(page);
  assert.deepEqual(await lines(page), ['got 42']);
});

test('What a task prints is shown with the name of its worker', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
     export const greet = name => console.log('hello', name);
     ${main(`const options = { maxWorkers: 1, threadNamePrefix: 'greeter' };
       await withExecutor(new ThreadPoolExecutor(options), async executor => {
         await executor.submit(tasksOf(import.meta.url).greet, 'you').result();
       });`)}`,
  );
  await runToEnd(page);
  await seesLine(page, 'hello you');
  assert.equal(await page.locator('.lines .source').first().innerText(), 'greeter_0');
});

test('An error in the code is shown with its message and its line', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, main(`  const nothing = undefined;\n\n  nothing.boom();`));
  await realEditor(page);
  await pressRun(page);
  await state(page, 'failed');
  const failure = page.locator('.failure');
  assert.match(await failure.innerText(), /TypeError/);
  await page.waitForSelector('.cm-error-line');
  assert.equal(await page.locator('.cm-error-line').innerText(), '  nothing.boom();');
  await failure.getByRole('button', { name: 'line 4' }).click();
  await page.waitForSelector('.cm-focused');
});

test('An error of a task fails the run, with the line in the task', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ProcessPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
export function fail() {
  throw new RangeError('from the task');
}
${main(`await withExecutor(new ProcessPoolExecutor({ maxWorkers: 1 }), executor =>
  executor.submit(tasksOf(import.meta.url).fail).result());`)}`,
  );
  await pressRun(page);
  await state(page, 'failed');
  assert.match(await page.locator('.failure').innerText(), /RangeError: from the task/);
  await page.locator('.failure').getByRole('button', { name: 'line 3' }).waitFor();
});

test('A syntax error is shown with its line', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, `const fine = 1;\n\nconst broken = = 2;\n`);
  await realEditor(page);
  await pressRun(page);
  await state(page, 'failed');
  assert.match(await page.locator('.failure').innerText(), /SyntaxError/);
  await page.locator('.failure').getByRole('button', { name: 'line 3' }).waitFor();
});

test('An endless loop never freezes the page, Stop ends it, and Run works again', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await write(page, main(`console.log('in'); while (true) {}`));
  await pressRun(page);
  await seesLine(page, 'in');
  await answers(page);
  await pressStop(page);
  await state(page, 'stopped');
  await write(page, main(`console.log('again');`));
  await runToEnd(page);
  assert.deepEqual(await lines(page), ['again']);
});

test('A loop that prints for ever never freezes the page, and Stop ends it', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await write(page, main(`for (let i = 0; ; i++) console.log('line', i);`));
  await pressRun(page);
  await page.waitForSelector('.dropped');
  await answers(page);
  await pressStop(page);
  await state(page, 'stopped');
  assert.ok((await lines(page)).length <= 500);
});

test(
  'Stop ends the workers of all pools, also busy ones',
  async ({ page, servers, browser }) => {
    await visit(page, servers.isolated);
    await write(
      page,
      `import { ProcessPoolExecutor, ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export function spin() { console.log('spinning'); while (true) {} }
     ${main(`const { spin } = tasksOf(import.meta.url);
       const calls = [ThreadPoolExecutor, ProcessPoolExecutor].map(Pool =>
         new Pool({ maxWorkers: 1 }).submit(spin).result());
       await Promise.all(calls);`)}`,
    );
    await pressRun(page);
    await page.locator('.lines li', { hasText: 'spinning' }).nth(1).waitFor();
    await pressStop(page);
    await state(page, 'stopped');
    // Firefox's driver does not report workers that end.
    if (browser === 'chromium') await noWorkersLeft(page);
    await choose(page, 'A task that fails');
    await runToEnd(page);
  },
  { fresh: true },
);

test('Stop while a run is starting gives the page back', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await page.evaluate(() => {
    document.querySelector('.run').click();
    document.querySelector('.stop').click();
  });
  await state(page, 'stopped');
  await runToEnd(page);
});

test(
  'A run that ends leaves no worker behind',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'A task that fails');
    for (let round = 0; round < 3; round++) await runToEnd(page);
    await noWorkersLeft(page);
  },
  { only: 'chromium', fresh: true },
);

test('A variant that throws is marked, and those before it keep their times', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { variant } from 'playground';
     ${main(`await variant('good', () => 1);
       await variant('bad', () => { throw new Error('no luck'); });`)}`,
  );
  await pressRun(page);
  await state(page, 'failed');
  assert.match(await page.locator('.failure').innerText(), /Error: no luck/);
  assert.deepEqual(
    (await variants(page)).map(({ name, end }) => [name, end]),
    [
      ['good', 'done'],
      ['bad', 'failed'],
    ],
  );
});

test('Stop cancels, asks and ends, and says each in words', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ThreadPoolExecutor, tasksOf } from 'concurrent-futures';
     export function spin() { console.log('spinning'); for (;;); }
     ${main(`const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
       const { spin } = tasksOf(import.meta.url);
       await Promise.all([1, 2, 3].map(() => executor.submit(spin).result()));`)}`,
  );
  await pressRun(page);
  await seesLine(page, 'spinning');
  await pressStop(page);
  await state(page, 'stopped');
  assert.deepEqual(await page.locator('.stop-steps li').allInnerTexts(), [
    'Cancelled 2 calls that had not started.',
    'Asked what runs to end: its stopSignal is aborted.',
    'main() has ended by itself.',
    'Ended main() and 1 worker.',
  ]);
});

test('A task that listens ends by itself when Stop asks it', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(
    page,
    `import { ProcessPoolExecutor, tasksOf } from 'concurrent-futures';
     import { stopSignal } from 'playground';
     export const listen = () => new Promise(resolve => {
       console.log('listening');
       stopSignal.addEventListener('abort', () => resolve('heard it'));
     });
     ${main(`const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
       console.log(await executor.submit(tasksOf(import.meta.url).listen).result());`)}`,
  );
  await pressRun(page);
  await seesLine(page, 'listening');
  await pressStop(page);
  await state(page, 'stopped');
  await seesLine(page, 'heard it');
});
