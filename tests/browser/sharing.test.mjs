// Links and frames: a program goes into the address and comes back, never runs by itself, and needs no network after
// the first visit.

import assert from 'node:assert/strict';
import { serve } from '../../scripts/serve.mjs';
import { test } from './harness.mjs';
import {
  choose,
  codeOf,
  lines,
  pressRun,
  runToEnd,
  seesLine,
  share,
  state,
  visit,
  write,
} from './page.mjs';

const CODE = "// für 日本 🚀\nexport default () => console.log('von weit her: ✓');\n";

test(
  'A shared program opens elsewhere as it was, says whose it is, and runs when asked',
  async ({ page, context, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Flags');
    await write(page, CODE);
    await page.locator('.network summary').click();
    await page.getByRole('slider', { name: 'Latency' }).fill('3');
    const { link } = await share(page);
    assert.match(link, /#v1\.[\w-]+$/);
    assert.equal(page.url(), link, 'the address holds it');

    const other = await context.newPage();
    await visit(other, link);
    await other.waitForSelector('[data-link=shared]');
    assert.equal(await codeOf(other), CODE);
    assert.match(await other.locator('.network-words').innerText(), /^3 to/);
    assert.equal(await other.locator('.status').getAttribute('data-state'), 'idle', 'nothing runs');
    await runToEnd(other);
    assert.deepEqual(await lines(other), ['von weit her: ✓']);
  },
  { fresh: true },
);

test('A link leaves what the person wrote alone', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, CODE);
  const { link } = await share(page);
  await write(page, '// my own');
  await page.goto('about:blank');
  await visit(page, link);
  await page.waitForSelector('[data-link=shared]');
  assert.equal(await codeOf(page), CODE);
  await choose(page, 'Is it prime?');
  assert.equal(await codeOf(page), '// my own');
  assert.ok(!page.url().includes('#v1'), 'the address tells of what is shown');
});

for (const [what, hash, why] of [
  ['that was cut off', 'v1.eJyrVkrOT0lVsl', /missing or was changed/],
  ['of a later version', 'v2.eJyrVkrOT0lVsl', /version v2/],
])
  test(`A link ${what} says so, and an example is there`, async ({ page, servers }) => {
    await visit(page, `${servers.isolated}#${hash}`);
    const notice = page.locator('[data-link=damaged]');
    assert.match(await notice.innerText(), why);
    assert.match(await codeOf(page), /isPrime/);
    await notice.getByRole('button', { name: 'Understood' }).click();
    await notice.waitFor({ state: 'detached' });
    await runToEnd(page);
  });

test(
  'On a plain server a link survives the reload that isolation takes',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await write(page, CODE);
    const { link } = await share(page);
    await page.goto('about:blank');
    await page.goto(link.replace(servers.isolated, servers.plain));
    await page.waitForSelector('[data-isolation=isolated]');
    await page.waitForSelector('[data-link=shared]');
    assert.equal(await codeOf(page), CODE);
  },
  { fresh: true },
);

test(
  'In a frame on a course page there are only code and results',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'The same with processes');
    const { frame } = await share(page);
    const [, address] = /src="([^"]+)"/.exec(frame);
    const course = `${servers.plain}course.html`;
    await page.route(course, route =>
      route.fulfill({ contentType: 'text/html', body: `<h1>A course</h1>${frame}` }),
    );
    await page.goto(course);
    const inner = page.frameLocator('iframe');
    await inner.locator('.editor .cm-content, .editor textarea').waitFor();
    assert.equal(await inner.locator('.top, .lesson').count(), 0);
    await inner.getByRole('button', { name: 'Run' }).waitFor();
    const whole = inner.getByRole('link', { name: 'Open in the playground' });
    await whole.waitFor();
    assert.match(address, /\?embed#v1\./);
  },
  { fresh: true },
);

test('Embedded, a program runs', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'map keeps the order');
  const { link } = await share(page);
  await page.goto('about:blank');
  await visit(page, link.replace('#', '?embed#'));
  await page.waitForSelector('.cm-content');
  await pressRun(page);
  await state(page, 'finished', 40_000);
  await seesLine(page, 'slept 0.9 s');
});

for (const isolation of [true, false])
  test(
    `After the first visit the page works without a network, ${isolation ? 'its headers' : 'its isolation'} too`,
    async ({ page }) => {
      const server = await serve({ port: 0, isolation });
      try {
        await visit(page, server.address);
        await page.waitForSelector('html[data-kept=yes]', { state: 'attached', timeout: 40_000 });
      } finally {
        await server.close();
      }
      await page.reload();
      await page.waitForSelector('[data-isolation=isolated]');
      await page.waitForSelector('.cm-content');
      await choose(page, 'A semaphore as throttle');
      await runToEnd(page);
      assert.deepEqual(await lines(page), ['20 flags, at most 3 at a time']);
    },
    {
      limit: 90,
      expectErrors: /Failed to load|ERR_|fetch|NetworkError|service worker/i,
      fresh: true,
    },
  );

test(
  'Opened safely, nothing is loaded ahead and nothing runs',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await write(page, 'while (true) {}');
    await page.getByRole('checkbox', { name: 'Plain editor' }).uncheck();
    const loaded = [];
    page.on('request', request => loaded.push(new URL(request.url()).pathname));
    await page.goto(`${servers.isolated}?safe`);
    assert.equal(await page.locator('.editor textarea').inputValue(), 'while (true) {}');
    assert.equal(await page.locator('.status').getAttribute('data-state'), 'idle');
    assert.ok(!loaded.some(path => /codemirror|wasm/.test(path)), loaded.join(' '));
  },
  { fresh: true },
);
