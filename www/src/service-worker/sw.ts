// The page's service worker. It does three things for requests to the page's own server, and nothing for any other:
//
//   1. registered as `sw.js?isolate`, it adds the headers that switch cross-origin isolation on, for hosts that cannot
//      send them. The idea is Guido Zuidhof's coi-serviceworker (MIT): https://github.com/gzuidhof/coi-serviceworker
//   2. is the slow and faulty network of the experiments: a request that says `?net=…` waits, fails, or is really sent,
//      as network/network.ts decides. It needs no internet, and is the same for everybody.
//   3. keeps all files of the page, once the page asks for it, and answers from them where the server cannot be reached.
//
// It is a classic script at the root of the page, because its place is its scope.

import { PrecacheController, type PrecacheEntry } from 'workbox-precaching';
import { decode, fateOf, QUERY } from '../network/network.ts';

/** All files of the build, each with a hash of its content; the build puts them here. */
declare const __FILES__: PrecacheEntry[];

const scope = self as unknown as ServiceWorkerGlobalScope;
const files = new PrecacheController();
files.addToCacheList(__FILES__);

const isolates = new URL(scope.location.href).searchParams.has('isolate');
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
const FAULTS = {
  missing: [404, 'Not Found'],
  unavailable: [503, 'Service Unavailable'],
} as const;

const sleep = (seconds: number) => new Promise(done => setTimeout(done, seconds * 1000));

/** The server's answer; where it cannot be reached, the file that was kept. */
async function reach(request: Request | string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const { origin, pathname } = new URL(typeof request === 'string' ? request : request.url);
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const kept = await files.matchPrecache(origin + path);
    if (kept) return kept;
    throw error;
  }
}

async function answer(request: Request): Promise<Response> {
  const address = new URL(request.url);
  const network = decode(address.searchParams.get(QUERY) ?? '');
  if (!network) return withHeaders(await reach(request));
  const path = address.href.slice(scope.registration.scope.length).replace(/\?.*$/, '');
  const { delay, end } = fateOf(network, path);
  await sleep(delay);
  if (end === 'dropped') return Response.error();
  const slow = { 'x-delay': delay.toFixed(3), 'Cache-Control': 'no-store' };
  if (end === 'answered') {
    address.search = '';
    return withHeaders(await reach(address.href), slow);
  }
  const [status, statusText] = FAULTS[end];
  return withHeaders(new Response(`${statusText}\n`, { status, statusText }), slow);
}

function withHeaders(response: Response, more: Record<string, string> = {}): Response {
  // An opaque or failed answer cannot be rebuilt, and needs no headers.
  if (response.status === 0 || response.type === 'error') return response;
  const added = { ...(isolates ? ISOLATION : {}), ...more };
  if (Object.keys(added).length === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}

async function keepFiles(event: ExtendableMessageEvent): Promise<void> {
  // The controller stores files for an event of this type only, and needs nothing else of it.
  const install = { type: 'install', waitUntil: (work: Promise<unknown>) => event.waitUntil(work) };
  await files.install(install as unknown as ExtendableEvent);
  await files.activate(event);
  event.source?.postMessage('kept');
}

// Nothing is kept before the page asks for it: on hosts without headers the first view waits for this service worker.
scope.addEventListener('install', event => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', event => event.waitUntil(scope.clients.claim()));
scope.addEventListener('message', event => {
  // A page that was reloaded past the service worker (Shift+Reload) asks to be taken back.
  if (event.data === 'claim') event.waitUntil(scope.clients.claim());
  if (event.data === 'keep') event.waitUntil(keepFiles(event));
});
scope.addEventListener('fetch', event => {
  const { request } = event;
  const ours = request.method === 'GET' && new URL(request.url).origin === scope.location.origin;
  // The browser's own cache check of dev tools: answering it would fail.
  const cannot = request.cache === 'only-if-cached' && request.mode !== 'same-origin';
  if (ours && !cannot) event.respondWith(answer(request));
});
