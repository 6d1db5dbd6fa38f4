// A few long calls.

import { primes, timed, withPool } from './programs.js';

export const title = 'Primes below 2,000,000, in 8 chunks';
export const sizes = { full: {}, quick: {} };
export const metrics = () => ({ time: { title: 'time', unit: 'ms' } });

export const run = library =>
  withPool(library, async pool => ({ time: await timed(() => primes(pool)) }));
