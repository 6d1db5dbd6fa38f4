// Twenty flags from a slow server. Waiting costs nothing, so twenty threads
// wait together: the time of one flag instead of twenty. (After "Fluent Python".)
import { asCompleted, ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';
import { asset, picture, variant } from 'playground';

const CODES = 'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ');
const DELAY = 1; // seconds that the page's service worker holds each answer back

export async function download(code) {
  const response = await fetch(asset(`flags/${code.toLowerCase()}.svg?delay=${DELAY}`));
  if (!response.ok) throw new Error(`${code}: the server says ${response.status}`);
  return response.text();
}

const pool = () => new ThreadPoolExecutor({ maxWorkers: CODES.length });

export default async function main() {
  const tasks = tasksOf(import.meta.url);

  await variant('In sequence', async () => {
    for (const code of CODES) picture(code, await download(code));
  });

  await variant('20 threads, map', () =>
    withExecutor(pool(), async executor => {
      // In the order of the codes, whichever arrives first.
      let i = 0;
      for await (const flag of executor.map(tasks.download, CODES)) picture(CODES[i++], flag);
    }),
  );

  await variant('20 threads, asCompleted', () =>
    withExecutor(pool(), async executor => {
      // In the order of arrival; the map says which future is whose.
      const codes = new Map(CODES.map(code => [executor.submit(tasks.download, code), code]));
      for await (const future of asCompleted(codes.keys())) {
        picture(codes.get(future), await future.result());
      }
    }),
  );
}
