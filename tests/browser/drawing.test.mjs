// The picture of the timeline is drawn bit by bit: only what has changed. It must look as if it were drawn at once.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';
import { runToEnd, visit, write } from './page.mjs';

/** Two pools side by side: results, errors, cancelled calls, and a worker that blocks. */
const BUSY = `import { ThreadPoolExecutor, tasksOf, wait } from 'concurrent-futures';
export function work(n) {
  const end = performance.now() + (n % 5) * 3;
  while (performance.now() < end);
  if (n % 11 === 4) throw new RangeError(String(n));
  return n;
}
export async function both(n) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  const futures = Array.from({ length: 40 }, (_, k) => pool.submit(work, n + k));
  futures.at(-1).cancel();
  await wait(futures);
  await pool.shutdown();
}
export default async function main() {
  const { work, both } = tasksOf(import.meta.url);
  const pool = new ThreadPoolExecutor({ maxWorkers: 3 });
  const more = pool.submit(both, 100);
  await wait([more, ...Array.from({ length: 60 }, (_, n) => pool.submit(work, n))]);
  await pool.shutdown();
}`;

/**
 * How many pixels differ between what stands and the same, drawn at once. A line's edge may be a little lighter or
 * darker.
 */
const difference = page =>
  page.evaluate(async () => {
    const canvas = document.querySelector('.timeline-picture canvas');
    const frames = count =>
      new Promise(done => {
        const next = left => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
        next(count);
      });
    const pixels = () =>
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    await frames(4);
    const stood = pixels();
    // A canvas that gets another size is empty, so all of it is drawn.
    const { style, clientWidth } = canvas.parentElement;
    style.width = `${clientWidth - 20}px`;
    await frames(4);
    style.width = '';
    await frames(4);
    const whole = pixels();
    if (whole.length !== stood.length) return Number.NaN;
    let count = 0;
    for (let at = 0; at < whole.length; at += 4) {
      const off = [0, 1, 2].reduce(
        (sum, channel) => sum + Math.abs(whole[at + channel] - stood[at + channel]),
        0,
      );
      if (off > 96) count++;
    }
    return count;
  });

test(
  'A replay that was drawn bit by bit looks as if it were drawn at once',
  async ({ page, servers }) => {
    await visit(page, servers.isolated);
    await write(page, BUSY);
    await runToEnd(page);
    const play = page.locator('.replay .play');
    await play.waitFor();
    await page.getByLabel('Speed of the replay').selectOption('0.1');
    await play.click();
    for (const share of [0.3, 0.7]) {
      await page.waitForFunction(part => {
        const slider = document.querySelector('.replay input');
        return slider.valueAsNumber >= Number(slider.max) * part;
      }, share);
      // Paused, and on again.
      await play.click();
      await page.waitForSelector('.replay .play[data-is=paused]');
      const off = await difference(page);
      assert.ok(off <= 60, `${off} pixels differ at ${share}`);
      await play.click();
    }
  },
  { limit: 90 },
);
