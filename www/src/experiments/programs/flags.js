// Twenty flags from a slow server: wait for all together.
import * as futures from 'concurrent-futures';
import { COUNTRIES, picture, variant, web } from 'playground';

export async function download(code) {
  const response = await fetch(web(`flags/${code.toLowerCase()}.svg`));
  if (!response.ok) throw new Error(`${code}: HTTP ${response.status}`);
  return response.text();
}

const tasks = futures.tasksOf(import.meta.url);

async function show(executor) {
  let i = 0;
  for await (const flag of executor.map(tasks.download, COUNTRIES))
    picture(COUNTRIES[i++], flag);
  await executor.shutdown();
}

export default async function main() {
  const size = { maxWorkers: 20 };
  await variant('In sequence', async () => {
    for (const code of COUNTRIES) picture(code, await download(code));
  });
  await variant('Threads', () => show(new futures.ThreadPoolExecutor(size)));
  await variant('Processes', () => show(new futures.ProcessPoolExecutor(size)));
  await variant('Coroutines', () => show(new futures.AsyncExecutor(size)));
}
