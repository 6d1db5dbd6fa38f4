// Where the page is not isolated: what is missing, why, and what works all the same.

import { isolation, type Obstacle, type WorkerTrouble } from '../isolation.ts';

const OPENER = <code>Cross-Origin-Opener-Policy: same-origin</code>;
const EMBEDDER = <code>Cross-Origin-Embedder-Policy: require-corp</code>;

const MISSING: Record<Obstacle, preact.JSX.Element> = {
  insecure: (
    <>
      The page was not loaded over a secure connection. Open it by <code>https://</code>, or at{' '}
      <code>localhost</code>.
    </>
  ),
  framed: (
    <>
      The page is inside a frame of another page, which must be isolated too. Open it in a tab of
      its own.
    </>
  ),
  headers: (
    <>
      The server does not send the headers {OPENER} and {EMBEDDER}.
    </>
  ),
  'header-opener': <>The server does not send the header {OPENER}.</>,
  'header-embedder': <>The server does not send the header {EMBEDDER}.</>,
  browser: (
    <>
      The server sends both headers, {OPENER} and {EMBEDDER}, but this browser still lends no shared
      memory. A newer version may.
    </>
  ),
};

const TROUBLE: Record<WorkerTrouble, string> = {
  unsupported:
    'The page would add them by its service worker, but this browser has none here; private windows often switch them off.',
  refused:
    'The page would add them by its service worker, but the browser did not let it start; private windows and blocked cookies are the usual causes.',
  'reload-did-not-help':
    'The page added them by its service worker and reloaded once; it did not help.',
};

export function Notice() {
  const state = isolation.value;
  if (state.is !== 'missing') return null;
  const byHeader = state.obstacle.startsWith('header');
  return (
    <aside class="notice" aria-label="Threads are not available">
      <h2>No threads on this page</h2>
      <p>
        {MISSING[state.obstacle]} {byHeader && state.worker && TROUBLE[state.worker]}
      </p>
      <p>
        So the page is not cross-origin isolated, and the browser lends it no shared memory.{' '}
        <strong>What still works:</strong> the experiments run, with their variants in sequence and
        on processes, which get their calls as messages. <strong>What does not:</strong> thread
        pools and calls that block; their variants are marked and left out.
      </p>
    </aside>
  );
}
