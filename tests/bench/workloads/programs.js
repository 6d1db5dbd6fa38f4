// What several workloads do with a pool. A pool may have a way of its own, as Rust has, which submits by itself.

/** So many workers everywhere. */
export const WORKERS = 2;

const total = values => values.reduce((sum, value) => sum + value, 0);

function all(pool, name, calls) {
  if (pool.all !== undefined) return pool.all(name, calls);
  return Promise.all(calls.map(args => pool.call(name, ...args)));
}

/** Small calls, all at once; each answer counts. */
export async function burst(pool, count) {
  const values = pool.burst
    ? [await pool.burst(count)]
    : await all(
        pool,
        'add',
        Array.from({ length: count }, (_, n) => [n, 1]),
      );
  expect(total(values), (count * (count + 1)) / 2);
}

export async function factorials(pool, count) {
  const values = pool.factorials
    ? [await pool.factorials(count, 1000)]
    : await all(pool, 'factorial', Array(count).fill([1000]));
  expect(total(values), count * 641_419_708);
}

export async function primes(pool) {
  const [limit, chunks] = [2_000_000, 8];
  const each = limit / chunks;
  const calls = Array.from({ length: chunks }, (_, n) => [n * each, (n + 1) * each]);
  const values = pool.primes
    ? [await pool.primes(limit, chunks)]
    : await all(pool, 'primes', calls);
  expect(total(values), 148_933);
}

/** The sum of all bytes of the picture. */
export async function mandelbrot(pool, size, iterations, rows) {
  if (pool.mandelbrot) return pool.mandelbrot(size, iterations, rows);
  const calls = Array.from({ length: Math.ceil(size / rows) }, (_, n) => [
    size,
    iterations,
    n * rows,
    Math.min(size, (n + 1) * rows),
  ]);
  const pieces = await all(pool, 'rows', calls);
  return total(pieces.map(total));
}

export function expect(got, wanted) {
  if (got !== wanted) throw new Error(`a wrong answer: ${got}, not ${wanted}`);
}

/** All workers are up, and have compiled what they run. */
async function warmUp(pool) {
  await pool.warmUp?.();
  if (pool.calls !== undefined) await pool.calls(200);
  else if (pool.call !== undefined) for (let n = 0; n < 200; n++) await pool.call('add', n, 1);
  if (pool.call !== undefined || pool.burst !== undefined)
    for (let n = 0; n < 20; n++) await burst(pool, 20);
}

/** Opens a pool, has it warmed up, and closes it afterwards, whatever happens. */
export async function withPool(library, body, workers = WORKERS) {
  const pool = await library.open(workers);
  try {
    await warmUp(pool);
    return await body(pool);
  } finally {
    await pool.close();
  }
}

/** Milliseconds that something takes. */
export async function timed(body) {
  const start = performance.now();
  await body();
  return performance.now() - start;
}
