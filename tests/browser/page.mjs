// What a person does on the page, and what they see, as functions: the tests are written in these words.

import assert from 'node:assert/strict';

/** Opens the page and waits until its editor is there. */
export async function visit(page, address) {
  await page.goto(address);
  await page.waitForSelector('.editor .cm-content, .editor textarea');
  // In a frame there is no place that says whether the page is isolated.
  if (!address.includes('?embed'))
    await page.waitForSelector('[data-isolation]:not([data-isolation=checking])');
}

const exactly = text => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(edited)?$`);

/** Opens the list of experiments, and chooses one by its title. */
export async function choose(page, title) {
  await page.getByRole('button', { name: /^Experiments/ }).click();
  const name = page.locator('strong', { hasText: exactly(title) });
  await page.getByRole('option').filter({ has: name }).click();
}

const plain = page => page.getByRole('checkbox', { name: 'Plain editor' });

/** Puts a program into the editor. */
export async function write(page, code) {
  await plain(page).check();
  await page.locator('.editor textarea').fill(code);
}

export async function codeOf(page) {
  await plain(page).check();
  return page.locator('.editor textarea').inputValue();
}

export async function realEditor(page) {
  await plain(page).uncheck();
  await page.waitForSelector('.cm-content');
}

export const pressRun = page => page.getByRole('button', { name: 'Run' }).click();
export const pressStop = page => page.getByRole('button', { name: 'Stop' }).click();

/** Waits until the run is in that state: idle, starting, running, stopping, finished, failed or stopped. */
export const state = (page, name, timeout = 20_000) =>
  page.waitForSelector(`.status[data-state=${name}]`, { timeout });

/** Runs what is in the editor, to its good end. */
export async function runToEnd(page, timeout = 40_000) {
  await pressRun(page);
  await page.waitForSelector('.status:is([data-state=finished], [data-state=failed])', { timeout });
  const how = await page.locator('.status').getAttribute('data-state');
  const why = how === 'failed' ? await page.locator('.failure').innerText() : '';
  assert.equal(how, 'finished', why);
}

/** Waits for a line of output that contains the text. */
export const seesLine = (page, text) =>
  page.locator('.lines li', { hasText: text }).first().waitFor();

/** The printed lines, without the names of the variants. */
export const lines = page => page.locator('.lines li:not(.mark) .text').allTextContents();

/** Name, end and seconds of each variant. */
export const variants = page =>
  page.locator('.times tbody tr').evaluateAll(rows =>
    rows.map(row => ({
      name: row.dataset.variant,
      end: row.dataset.end,
      seconds: Number.parseFloat(row.querySelector('.number').textContent),
      factor: row.querySelector('.factor').textContent,
    })),
  );

/** The link to what is in the editor, and the frame for a course page. */
export async function share(page) {
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  const frame = await page.getByRole('textbox', { name: 'For a course page' }).inputValue();
  await page.getByRole('button', { name: 'Close' }).click();
  return { link, frame };
}

/** Waits until the page has no worker left; its browser reports each that ends. For a fresh visitor's page. */
export async function noWorkersLeft(page) {
  while (page.workers().length > 0) {
    const [worker] = page.workers();
    await new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`still there: ${worker.url()}`)), 20_000);
      const gone = () => {
        clearTimeout(late);
        done();
      };
      worker.once('close', gone);
      if (!page.workers().includes(worker)) gone();
    });
  }
}
