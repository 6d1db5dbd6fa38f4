// The network of the experiments: what the sliders say happens, the same for every variant, and without the internet.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { choose, lines, runToEnd, visit, write } from './page.mjs';

const slider = (page, name) => page.getByRole('slider', { name });

/** Fetches all flags twice, and prints what became of each. */
const ASK = `import { COUNTRIES, web } from 'playground';
export default async function main() {
  const ask = code => fetch(web(\`flags/\${code.toLowerCase()}.svg\`)).then(
    response => [response.status, response.headers.get('x-delay')].join(' '),
    error => error.name,
  );
  for (let round = 0; round < 2; round++)
    console.log((await Promise.all(COUNTRIES.map(ask))).join(','));
}`;

async function askAll(page) {
  await runToEnd(page);
  const [first, second] = await lines(page);
  assert.equal(second, first, 'the same for every variant');
  return first.split(',');
}

for (const where of ['isolated', 'plain'])
  test(
    `The sliders set what becomes of requests, ${where === 'plain' ? 'without headers of the server, too' : 'on a page with headers'}`,
    async ({ page, servers }) => {
      await visit(page, servers[where]);
      await page.waitForSelector('[data-isolation=isolated]');
      await choose(page, 'Flags, with errors');
      await write(page, ASK);
      await page.locator('.network summary').click();
      await slider(page, 'Latency').fill('0.1');
      await slider(page, 'Jitter').fill('0.3');
      for (const name of ['404', '503', 'Dropped']) await slider(page, name).fill('0');
      const calm = await askAll(page);
      assert.equal(calm.length, 20);
      for (const answer of calm) {
        assert.match(answer, /^200 0\.\d{3}$/);
        const delay = Number(answer.slice(4));
        assert.ok(delay >= 0.1 && delay <= 0.4, answer);
      }
      assert.ok(new Set(calm).size > 10, 'jitter differs from flag to flag');

      await slider(page, '404').fill('100');
      assert.ok((await askAll(page)).every(answer => answer.startsWith('404')));
      await slider(page, '404').fill('0');
      await slider(page, '503').fill('100');
      assert.ok((await askAll(page)).every(answer => answer.startsWith('503')));
      await slider(page, '503').fill('0');
      await slider(page, 'Dropped').fill('100');
      assert.ok((await askAll(page)).every(answer => answer === 'TypeError'));
      assert.match(await page.locator('.network-words').innerText(), /100 % dropped/);

      await slider(page, 'Dropped').fill('50');
      const some = await askAll(page);
      await page.getByRole('button', { name: 'Other luck' }).click();
      assert.notDeepEqual(await askAll(page), some, 'another seed is other luck');
    },
    {
      limit: 90,
      fresh: where === 'plain',
      expectErrors: /Failed to load|404|503|ERR_FAILED|corrupted|ServiceWorker/i,
    },
  );

test(
  'Flags with errors are counted by status, as the sliders stand',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await choose(page, 'Flags, with errors');
    await runToEnd(page);
    const printed = await lines(page);
    assert.equal(printed.at(-1), '{ OK: 14, NOT_FOUND: 2, ERROR: 4 }');
    assert.equal(printed.length, 5, 'each error is told');
    assert.equal(printed.filter(line => /HTTP 503$/.test(line)).length, 1);
    assert.equal(printed.filter(line => /TypeError/.test(line)).length, 3);
  },
  { expectErrors: /Failed to load|404|503|ERR_FAILED|corrupted|ServiceWorker/i },
);

test('The settings of a network are kept, and can be put back', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'Flags');
  await page.locator('.network summary').click();
  await slider(page, 'Latency').fill('2');
  await choose(page, 'Done?');
  assert.equal(await page.locator('.network').count(), 0);
  await visit(page, servers.isolated);
  await choose(page, 'Flags');
  assert.match(await page.locator('.network-words').innerText(), /^2 to 2.2 s$/);
  await page.locator('.network summary').click();
  await page.getByRole('button', { name: 'As it was' }).click();
  assert.match(await page.locator('.network-words').innerText(), /^0.4 to 0.6 s$/);
});
