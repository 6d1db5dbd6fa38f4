// Web pages and their sizes. One of them does not exist.
import * as futures from 'concurrent-futures';
import { web } from 'playground';

export async function loadUrl(name) {
  const response = await fetch(web(`pages/${name}.html`));
  if (!response.ok) throw new Error(`HTTP Error ${response.status}`);
  return response.arrayBuffer();
}

const NAMES = ['executor', 'future', 'thread', 'process', 'made-up-page'];
const tasks = futures.tasksOf(import.meta.url);

export default async function main() {
  const pool = new futures.ThreadPoolExecutor({ maxWorkers: 5 });
  await futures.withExecutor(pool, async executor => {
    const pages = new Map();
    for (const name of NAMES)
      pages.set(executor.submit(tasks.loadUrl, name), name);
    for await (const future of futures.asCompleted(pages.keys())) {
      const page = `'${pages.get(future)}'`;
      const error = await future.exception();
      if (error)
        console.log(`${page} generated an exception: ${error.message}`);
      else console.log(`${page} page is ${(await future).byteLength} bytes`);
    }
  });
}
