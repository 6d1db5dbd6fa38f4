// Jobs run side by side only where they bear each other.

import { expect, test } from 'vitest';
import { inLanes } from '../lib/lanes.mjs';

/** Runs the jobs, of which each ends when it is told to; gives who ran when which ended. */
async function runAll(jobs, most) {
  const running = [];
  const seen = [];
  const ends = new Map();
  const all = inLanes(
    jobs,
    job => {
      running.push(job.name);
      return new Promise(resolve => ends.set(job.name, resolve));
    },
    most,
  );
  while (ends.size > 0) {
    seen.push(running.join(' '));
    const [name, end] = ends.entries().next().value;
    ends.delete(name);
    running.splice(running.indexOf(name), 1);
    end();
    await new Promise(resolve => setImmediate(resolve));
  }
  await all;
  return seen;
}

const jobs = names => [...names].map(name => ({ name }));

test('as many at once as there are lanes, in their order', async () => {
  expect(await runAll(jobs('abcd'), 2)).toEqual(['a b', 'b c', 'c d', 'd']);
  expect(await runAll(jobs('abc'), 1)).toEqual(['a', 'b', 'c']);
});

test('one that is to be alone waits for those that run, and the rest for it', async () => {
  const [a, b, c, d] = jobs('abcd');
  expect(await runAll([a, { ...b, alone: true }, c, d], 2)).toEqual(['a', 'b', 'c d', 'd']);
});

test('of one group only one runs at a time, and others go on meanwhile', async () => {
  const grouped = [{ name: 'a', group: 'g' }, { name: 'b', group: 'g' }, { name: 'c' }];
  expect(await runAll(grouped, 2)).toEqual(['a c', 'c b', 'b']);
});

test('no jobs are done at once', async () => {
  expect(await runAll([], 2)).toEqual([]);
});
