// Twenty flags from a slow server. Waiting is no work, so twenty
// threads wait together: the time of one flag, not of twenty.
// (After the book Fluent Python.)
import {
  asCompleted,
  ThreadPoolExecutor,
  tasksOf,
  withExecutor,
} from 'concurrent-futures';
import { asset, picture, variant } from 'playground';

const CODES = `CN IN US ID BR PK NG BD RU JP
               MX PH VN ET EG DE IR TR CD FR`.split(/\s+/);

// Seconds that the page's service worker adds to each answer.
const DELAY = 1;

export async function download(code) {
  const file = `flags/${code.toLowerCase()}.svg`;
  const response = await fetch(asset(`${file}?delay=${DELAY}`));
  if (!response.ok)
    throw new Error(`${code}: ${response.status}`);
  return response.text();
}

// In the order of the codes, whichever flag arrives first.
async function inOrder(executor) {
  const { download } = tasksOf(import.meta.url);
  let i = 0;
  for await (const flag of executor.map(download, CODES)) {
    picture(CODES[i++], flag);
  }
}

// In the order of arrival; the map knows whose future it is.
async function asTheyArrive(executor) {
  const { download } = tasksOf(import.meta.url);
  const codes = new Map();
  for (const code of CODES) {
    codes.set(executor.submit(download, code), code);
  }
  for await (const future of asCompleted(codes.keys())) {
    picture(codes.get(future), await future.result());
  }
}

export default async function main() {
  const pool = () =>
    new ThreadPoolExecutor({ maxWorkers: CODES.length });

  await variant('In sequence', async () => {
    for (const code of CODES) picture(code, await download(code));
  });
  await variant('Threads, map', () =>
    withExecutor(pool(), inOrder),
  );
  await variant('Threads, asCompleted', () =>
    withExecutor(pool(), asTheyArrive),
  );
}
