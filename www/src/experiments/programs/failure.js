// A task that fails: its future keeps the error.
import * as futures from 'concurrent-futures';
import { variant } from 'playground';

export function divide(a, b) {
  if (b === 0) throw new RangeError(`cannot divide ${a} by zero`);
  return a / b;
}

const tasks = futures.tasksOf(import.meta.url);

async function failOnce(executor) {
  const future = executor.submit(tasks.divide, 1, 0);
  future.addDoneCallback(done => console.log('callback:', done));
  await future.result().catch(e => console.log('result raised', String(e)));
  const error = await future.exception();
  console.log('exception returned', String(error));
  const next = executor.submit(tasks.divide, 6, 3);
  console.log('and the pool lives on: 6 / 3 =', await next.result());
}

export default async function main() {
  for (const name of ['ThreadPoolExecutor', 'ProcessPoolExecutor']) {
    const pool = () => new futures[name]({ maxWorkers: 1 });
    await variant(name, () => futures.withExecutor(pool(), failOnce));
  }
}
