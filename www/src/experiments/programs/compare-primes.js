// One workload on every executor: which one is worth it to compute?
import { tasksOf } from 'concurrent-futures';
import { compare } from 'playground';

const PRIMES = [
  1000000000039, 1000000000061, 1000000000063, 1000000000091, 1000000000121,
  1000000000163, 1000000000169, 1000000000177,
];

export function isPrime(n) {
  if (n < 2 || (n > 2 && n % 2 === 0)) return false;
  for (let i = 3; i <= Math.sqrt(n); i += 2) if (n % i === 0) return false;
  return true;
}

const tasks = tasksOf(import.meta.url);

export default () => compare('isPrime', tasks.isPrime, PRIMES, { rounds: 3 });
