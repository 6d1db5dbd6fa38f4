// A bar that moves when a download is done, whichever that is.
import * as futures from 'concurrent-futures';
import { consoleLine, progress } from 'concurrent-futures/progress';
import { COUNTRIES, picture, web } from 'playground';

export async function download(code) {
  const response = await fetch(web(`flags/${code.toLowerCase()}.svg`));
  return response.text();
}

const tasks = futures.tasksOf(import.meta.url);

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 5 });
  await futures.withExecutor(pool, async executor => {
    const todo = new Map();
    for (const code of COUNTRIES)
      todo.set(executor.submit(tasks.download, code), code);
    const done = futures.asCompleted(todo.keys());
    const render = consoleLine({ interval: 0.4 });
    for await (const future of progress(done, { total: todo.size, render }))
      picture(todo.get(future), await future.result());
  });
}
