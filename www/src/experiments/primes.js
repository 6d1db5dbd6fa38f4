// Six large numbers: which are prime? Trying costs a processor
// some time, so it pays to have several at work.
// (From Python's documentation.)
import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from 'concurrent-futures';
import { variant } from 'playground';

const NUMBERS = [
  112272535095293, 112582705942171, 112272535095293,
  115280095190773, 115797848077099, 1099726899285419,
];

// Workers import this module, too, and call what it exports.
export function isPrime(n) {
  if (n < 2) return false;
  if (n === 2) return true;
  if (n % 2 === 0) return false;
  const limit = Math.floor(Math.sqrt(n));
  for (let i = 3; i <= limit; i += 2) {
    if (n % i === 0) return false;
  }
  return true;
}

async function onPool(executor) {
  const tasks = tasksOf(import.meta.url);
  let i = 0;
  // The calls run side by side; map keeps their order.
  for await (const prime of executor.map(
    tasks.isPrime,
    NUMBERS,
  )) {
    console.log(`${NUMBERS[i++]} is prime: ${prime}`);
  }
}

// Runs once, here; the workers leave it alone.
export default async function main() {
  const maxWorkers = navigator.hardwareConcurrency;

  await variant('In sequence', () => {
    for (const n of NUMBERS)
      console.log(`${n} is prime: ${isPrime(n)}`);
  });
  await variant('Threads', () =>
    withExecutor(new ThreadPoolExecutor({ maxWorkers }), onPool),
  );
  await variant('Processes', () =>
    withExecutor(new ProcessPoolExecutor({ maxWorkers }), onPool),
  );
}
