// Many calls of some work each: 1000! by big integers.

import { factorials, timed, withPool } from './programs.js';

export const title = 'Factorial of 1,000, many times at once';
export const sizes = { full: { count: 5000 }, quick: { count: 1000 } };
export const metrics = ({ count }) => ({
  time: { title: `${count.toLocaleString('en')} calls`, unit: 'ms' },
});

export const run = (library, { count }) =>
  withPool(library, async pool => ({ time: await timed(() => factorials(pool, count)) }));
