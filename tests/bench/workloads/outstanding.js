// Very many tiny calls, all outstanding at once: whether the next one still costs what the first did, and whether each
// gets its own answer.

import { burst, timed, withPool } from './programs.js';

/** Some peers need half a minute for one. */
export const mostRounds = 2;

export const title = 'Very many calls outstanding';
export const sizes = { full: { count: 100_000 }, quick: { count: 20_000 } };
export const metrics = ({ count }) => ({
  time: { title: `${count.toLocaleString('en')} tiny calls`, unit: 'ms', count },
});

export const run = (library, { count }) =>
  withPool(library, async pool => ({ time: await timed(() => burst(pool, count)) }));
