// Some flags are missing, some break off: count every end.
import * as futures from 'concurrent-futures';
import { COUNTRIES, web } from 'playground';

export async function download(code) {
  const response = await fetch(web(`flags/${code.toLowerCase()}.svg`));
  if (response.status === 404) return 'NOT_FOUND';
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return 'OK';
}

const tasks = futures.tasksOf(import.meta.url);

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 10 });
  await futures.withExecutor(pool, async executor => {
    const counter = { OK: 0, NOT_FOUND: 0, ERROR: 0 };
    const todo = new Map();
    for (const code of COUNTRIES)
      todo.set(executor.submit(tasks.download, code), code);
    for await (const future of futures.asCompleted(todo.keys())) {
      const error = await future.exception();
      if (error) console.log(todo.get(future), String(error));
      counter[error ? 'ERROR' : await future.result()] += 1;
    }
    console.log(counter);
  });
}
