// Six large numbers: which are prime?
import * as futures from 'concurrent-futures';
import { variant } from 'playground';

const PRIMES = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773,
  115797848077099, 1099726899285419,
];

export function isPrime(n) {
  if (n < 2 || (n > 2 && n % 2 === 0)) return false;
  for (let i = 3; i <= Math.sqrt(n); i += 2) if (n % i === 0) return false;
  return true;
}

const tasks = futures.tasksOf(import.meta.url);
const print = (prime, i) => console.log(`${PRIMES[i]} is prime: ${prime}`);

async function onPool(executor) {
  let i = 0;
  const answers = executor.map(tasks.isPrime, PRIMES);
  for await (const prime of answers) print(prime, i++);
  await executor.shutdown();
}

export default async function main() {
  await variant('In sequence', () => PRIMES.map(isPrime).forEach(print));
  await variant('Threads', () => onPool(new futures.ThreadPoolExecutor()));
  await variant('Processes', () => onPool(new futures.ProcessPoolExecutor()));
}
