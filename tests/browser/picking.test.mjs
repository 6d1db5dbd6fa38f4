// The list of experiments: found by words, chosen by keyboard alone, and the original beside the program.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { choose, codeOf, visit, write } from './page.mjs';

const title = page => page.locator('.lesson h2').innerText();
const openList = page => page.getByRole('button', { name: /^Experiments/ }).click();
const search = page => page.getByRole('combobox', { name: 'Search the experiments' });
const options = page => page.getByRole('option').locator('strong').allInnerTexts();

test('The list is searched by words, and chosen from by the keyboard alone', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await page.getByRole('button', { name: /^Experiments/ }).focus();
  await page.keyboard.press('Enter');
  await search(page).waitFor();
  const all = await options(page);
  assert.ok(all.length >= 28, `${all.length} experiments`);
  await page.keyboard.type('flags');
  assert.deepEqual(await options(page), ['Flags', 'Flags, with progress', 'Flags, with errors']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const active = await search(page).getAttribute('aria-activedescendant');
  assert.match(await page.locator(`#${active}[aria-selected=true]`).innerText(), /with errors/);
  await page.keyboard.press('Enter');
  await search(page).waitFor({ state: 'hidden' });
  assert.equal(await title(page), 'Flags, with errors');
  assert.match(await codeOf(page), /counter/);
});

test('Words of a program find it, too, and words of none say so', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await openList(page);
  await search(page).fill('killWorkers');
  assert.deepEqual(await options(page), ['The broken pool']);
  await search(page).fill('no such thing');
  await page.getByText('No experiment has these words.').waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await search(page).waitFor({ state: 'hidden' });
  assert.equal(await title(page), 'Is it prime?', 'nothing was chosen');
});

test('Previous and next lead through all experiments, round and round', async ({
  page,
  servers,
}) => {
  await visit(page, servers.isolated);
  await openList(page);
  await search(page).waitFor();
  const all = await options(page);
  await page.keyboard.press('Escape');
  await choose(page, 'Submit and result');
  await page.getByRole('button', { name: /^Next experiment/ }).click();
  assert.equal(await title(page), 'Done?');
  await page.getByRole('button', { name: /^Previous experiment/ }).click();
  await page.getByRole('button', { name: /^Previous experiment/ }).click();
  assert.equal(await title(page), all.at(-1));
  await page.getByRole('button', { name: /^Next experiment/ }).click();
  assert.equal(await title(page), 'Submit and result');
});

test('Beside the program stand the Python original and its words', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await choose(page, 'as_completed');
  const original = page.locator('.original');
  assert.match(await original.locator('pre').innerText(), /for future in as_completed\(inputs\):/);
  assert.match(await original.locator('.words').innerText(), /yields futures as they complete/);
});

test('The list marks what was edited', async ({ page, servers }) => {
  await visit(page, servers.isolated);
  await write(page, '// mine');
  await choose(page, 'Done?');
  await openList(page);
  const marked = page.getByRole('option').filter({ hasText: 'edited' });
  assert.match(await marked.innerText(), /Is it prime/);
  assert.equal(await marked.count(), 1);
});
