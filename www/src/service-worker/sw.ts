// The page's service worker. It does two things for requests to the page's own server, and nothing for any other:
//
//   1. registered as `sw.js?isolate`, it adds the headers that switch cross-origin isolation on, for hosts that cannot
//      send them. The idea is Guido Zuidhof's coi-serviceworker (MIT): https://github.com/gzuidhof/coi-serviceworker
//   2. holds back a request that says `?delay=SECONDS`, then really sends it: a slow network that is the same for
//      everybody and needs no internet. Such an answer carries the header `x-sw`.
//
// It is a classic script at the root of the page, because its place is its scope.

const scope = self as unknown as ServiceWorkerGlobalScope;

const isolates = new URL(scope.location.href).searchParams.has('isolate');
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
/** The longest delay, in seconds: browsers end a service worker that takes minutes for one answer. */
const LONGEST = 30;

const sleep = (seconds: number) => new Promise(done => setTimeout(done, seconds * 1000));

function delayOf(address: string): number {
  const seconds = Number(new URL(address).searchParams.get('delay'));
  return seconds > 0 ? Math.min(seconds, LONGEST) : 0;
}

async function answer(request: Request): Promise<Response> {
  const delay = delayOf(request.url);
  if (delay > 0) await sleep(delay);
  const response = await fetch(request, delay > 0 ? { cache: 'no-store' } : undefined);
  // An opaque or failed answer cannot be rebuilt, and needs no headers.
  if (response.status === 0 || response.type === 'error') return response;
  const headers = new Headers(response.headers);
  if (isolates) for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  if (delay > 0) headers.set('x-sw', String(delay));
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

scope.addEventListener('install', event => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', event => event.waitUntil(scope.clients.claim()));
// A page that was reloaded past the service worker (Shift+Reload) asks to be taken back.
scope.addEventListener('message', event => {
  if (event.data === 'claim') event.waitUntil(scope.clients.claim());
});
scope.addEventListener('fetch', event => {
  const { request } = event;
  const ours = request.method === 'GET' && new URL(request.url).origin === scope.location.origin;
  // The browser's own cache check of dev tools: answering it would fail.
  const cannot = request.cache === 'only-if-cached' && request.mode !== 'same-origin';
  // Whatever needs nothing from here takes the straight way: that is faster.
  if (ours && !cannot && (isolates || delayOf(request.url) > 0)) event.respondWith(answer(request));
});
