// A semaphore lets three through at a time.
import { asyncWith, gather, Semaphore } from 'concurrent-futures/asyncio';
import { COUNTRIES, picture, web } from 'playground';

const semaphore = new Semaphore(3);
let [now, most] = [0, 0];

const download = code =>
  asyncWith(semaphore, async () => {
    most = Math.max(most, ++now);
    const response = await fetch(web(`flags/${code.toLowerCase()}.svg`));
    const flag = await response.text();
    now -= 1;
    return flag;
  });

export default async function main() {
  const flags = await gather(...COUNTRIES.map(code => () => download(code)));
  for (const [i, flag] of flags.entries()) picture(COUNTRIES[i], flag);
  console.log(`${flags.length} flags, at most ${most} at a time`);
}
