// One workload on every executor: which one is worth it to wait?
import { tasksOf } from 'concurrent-futures';
import { COUNTRIES, compare, web } from 'playground';

export async function download(code) {
  const response = await fetch(web(`flags/${code.toLowerCase()}.svg`));
  if (!response.ok) throw new Error(`${code}: HTTP ${response.status}`);
  return (await response.text()).length;
}

const tasks = tasksOf(import.meta.url);

export default () =>
  compare('download', tasks.download, COUNTRIES.slice(0, 8), {
    workers: [1, 2, 4, 8],
    rounds: 3,
  });
