// Cross-origin isolation: tries to have it, and finds out what is missing where it cannot be had.
//
// Browsers lend shared memory, and with it threads, only to isolated pages: those served with two headers. Hosts that
// cannot send headers get them from the page's own service worker, after one reload.

import { signal } from '@preact/signals';

/** What is missing for isolation, from the outermost obstacle inwards. */
export type Obstacle =
  | 'insecure'
  | 'framed'
  | 'header-opener'
  | 'header-embedder'
  | 'headers'
  | 'browser';

export type Isolation =
  | { is: 'isolated' }
  | { is: 'checking' }
  | { is: 'missing'; obstacle: Obstacle; worker: WorkerTrouble | undefined };

/** Why the service worker could not help. */
export type WorkerTrouble = 'unsupported' | 'refused' | 'reload-did-not-help';

export const isolation = signal<Isolation>(isIsolated() ? { is: 'isolated' } : { is: 'checking' });

/** In `sessionStorage`: the page has been reloaded once for the service worker. */
const RELOADED = 'playground.reloaded';

function isIsolated(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
}

let registration: Promise<ServiceWorkerRegistration> | undefined;

async function registerAnew(): Promise<ServiceWorkerRegistration> {
  if (!('serviceWorker' in navigator))
    throw new Error('This browser offers no service workers here.');
  // The service worker leaves the headers alone where the server sends them itself.
  const { opener, embedder, reached } = await serverHeaders();
  const known = reached ? undefined : await navigator.serviceWorker.getRegistration();
  if (known?.active) return known;
  return navigator.serviceWorker.register(opener && embedder ? './sw.js' : './sw.js?isolate');
}

function register(): Promise<ServiceWorkerRegistration> {
  registration ??= registerAnew();
  return registration;
}

/** Which headers the server itself sends: the service worker leaves HEAD requests alone. */
async function serverHeaders(): Promise<{
  opener: boolean;
  embedder: boolean;
  /** Without a network nothing is known. */
  reached: boolean;
}> {
  const response = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(
    () => undefined,
  );
  const header = (name: string) => response?.headers.get(`cross-origin-${name}-policy`) ?? '';
  return {
    reached: response !== undefined,
    opener: header('opener') === 'same-origin',
    embedder: /^(require-corp|credentialless)$/.test(header('embedder')),
  };
}

/** Resolves when the page's requests go through its service worker; rejects when they never will. */
export async function controlled(): Promise<void> {
  const { active, installing, waiting } = await register();
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return;
  const taken = new Promise<void>(done => {
    serviceWorker.addEventListener('controllerchange', () => done(), { once: true });
  });
  // A page that was reloaded past its service worker has to be taken back; a new one claims it by itself.
  if (!installing && !waiting) active?.postMessage('claim');
  const late = new Promise<void>((_, fail) => {
    setTimeout(
      () => fail(new Error('The service worker did not take over; reload the page.')),
      10_000,
    );
  });
  await Promise.race([taken, late]);
}

/** Has all files of the page kept, so that it works without a network. Resolves when they are. */
export async function keepFiles(): Promise<void> {
  await controlled();
  const { serviceWorker } = navigator;
  const kept = new Promise<void>(done => {
    serviceWorker.addEventListener('message', ({ data }) => {
      if (data === 'kept') done();
    });
  });
  serviceWorker.startMessages();
  serviceWorker.controller?.postMessage('keep');
  await kept;
}

/** The reload that the service worker needs is made once a session: never in a loop. */
function reloadOnce(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED)) return false;
    sessionStorage.setItem(RELOADED, 'yes');
    // Storage that forgets at once would make a loop.
    if (sessionStorage.getItem(RELOADED) !== 'yes') return false;
  } catch {
    return false;
  }
  location.reload();
  return true;
}

async function findObstacle(): Promise<Obstacle> {
  if (!isSecureContext) return 'insecure';
  if (window.top !== window.self) return 'framed';
  const { opener, embedder } = await serverHeaders();
  if (opener && embedder) return 'browser';
  if (opener) return 'header-embedder';
  return embedder ? 'header-opener' : 'headers';
}

/** Starts the service worker; reloads the page once if that gives isolation. */
export async function setUpIsolation(): Promise<void> {
  let worker: WorkerTrouble | undefined;
  try {
    await controlled();
    if (isIsolated()) return;
    if (isSecureContext && window.top === window.self && reloadOnce()) return;
    worker = 'reload-did-not-help';
  } catch {
    worker = 'serviceWorker' in navigator ? 'refused' : 'unsupported';
  }
  if (!isIsolated()) isolation.value = { is: 'missing', obstacle: await findObstacle(), worker };
}
