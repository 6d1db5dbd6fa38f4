// Works without a network after the first visit: once the page is at rest, its service worker keeps all files.

import { keepFiles } from './isolation.ts';

const atRest = () =>
  new Promise<void>(done => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => done(), { timeout: 5000 });
    else setTimeout(done, 1000);
  });

export async function workOffline(): Promise<void> {
  try {
    await atRest();
    await keepFiles();
    document.documentElement.dataset.kept = 'yes';
  } catch {
    // Without a service worker the page needs its server, as any page does; the message about isolation says why.
  }
}
