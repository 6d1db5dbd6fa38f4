// The tasks, one text for every library. Each function is complete in itself, since some libraries send its source.

export const add = (a, b) => a + b;

/** All digits of `n`!; what is left of them is the remainder by a prime, small enough for every way to bring it back. */
export function factorial(n) {
  let product = 1n;
  for (let factor = 2n; factor <= n; factor++) product *= factor;
  return Number(product % 1_000_000_007n);
}

/** How many primes there are in `from..to`, by trial division. */
export function primes(from, to) {
  let count = 0;
  for (let n = Math.max(from, 2); n < to; n++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= n; divisor++) {
      if (n % divisor === 0) {
        prime = false;
        break;
      }
    }
    if (prime) count++;
  }
  return count;
}

/** The iterations of each pixel of some rows of the Mandelbrot set, as bytes. */
export function rows(size, iterations, from, to) {
  const bytes = new Uint8Array(size * (to - from));
  let index = 0;
  for (let py = from; py < to; py++) {
    for (let px = 0; px < size; px++) {
      const cr = (px / size) * 2.5 - 1.9;
      const ci = (py / size) * 2.5 - 1.25;
      let x = 0;
      let y = 0;
      let n = 0;
      for (; n < iterations; n++) {
        const xx = x * x;
        const yy = y * y;
        if (xx + yy > 4) break;
        y = 2 * x * y + ci;
        x = xx - yy + cr;
      }
      bytes[index++] = n;
    }
  }
  return bytes;
}

export const double = n => n * 2;

export const echo = value => value;

/** Writes into each page of the memory that both sides see. */
export function touch(shared) {
  for (let index = 0; index < shared.length; index += 4096) shared[index]++;
  return shared.length;
}

/** Comes back when it hears on this channel. */
export function hold(name) {
  const channel = new BroadcastChannel(name);
  return new Promise(resolve => {
    channel.onmessage = () => {
      channel.close();
      resolve(1);
    };
    const held = new BroadcastChannel(`${name} held`);
    held.postMessage('held');
    held.close();
  });
}
