// The matrix of faults: what each did on each executor, in the browsers that ran, beside what other libraries do; printed,
// and as docs/faults.md.

import { FAULTS, keyOf, PLACES } from './list.js';

/** Held in every browser that ran; failed in one; was not run in one; cannot be. */
const SIGNS = { pass: '✓', fail: '✗', unknown: '?', none: '–' };

const PEERS = [
  'workerpool',
  'comlink',
  'poolifier-web-worker',
  'worktank',
  'multithreading',
  'threads',
  'knitting',
];

/** What they did in Chromium, each with one worker, in November 2026. */
const DID = {
  result: [
    'rejects, empty message',
    'rejects, cause hidden',
    'rejects',
    'rejects',
    'rejects',
    'rejects',
    'rejects, a string',
  ],
  argument: [
    'rejects, **the next call hangs**',
    'ok',
    'rejects, **the next call hangs**',
    'ok',
    'ok',
    'ok',
    'ok',
  ],
  text: ['an empty Error', 'kept', 'kept', 'wrapped', 'wrapped', 'kept', 'kept'],
  uncaught: [
    'rejects "Unknown worker error", recovers',
    '**hangs**, the next is ok',
    '**hangs**, recovers',
    'rejects `undefined`, recovers',
    '**hangs**, recovers',
    '**hangs**, the pool is dead',
    'rejects a string, the pool is dead',
  ],
  close: Array(7).fill('**hangs**'),
  shutdown: [
    'rejects',
    '**hangs**',
    '**hangs**',
    'rejects',
    '**hangs**',
    'rejects',
    'rejects a string',
  ],
  script: [
    'rejects, no reason',
    '**hangs**',
    '**hangs**',
    '**hangs**',
    '–',
    'rejects after a time-out',
    '–',
  ],
};

/** What one cell did, one sign for each report. */
function signs(fault, place, reports) {
  return reports
    .map(({ browser, results }) => {
      if (fault.needs === 'chromium' && browser !== 'chromium') return SIGNS.none;
      const outcome = results.find(({ key }) => key === keyOf(fault, place))?.outcome;
      return SIGNS[outcome ?? 'unknown'];
    })
    .join('');
}

/** One line for each fault. */
export function toText(reports) {
  return FAULTS.map(fault => {
    const cells = PLACES.map(place => `${place.title} ${signs(fault, place, reports)}`);
    const peers = DID[fault.peers]?.map((did, index) => `${PEERS[index]}: ${did}`) ?? [];
    return [
      `${fault.title}: the pool ${fault.after}`,
      cells.join('  '),
      ...peers.map(text => `    ${text}`),
    ].join('\n  ');
  }).join('\n');
}

const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map(cells => `| ${cells.join(' | ')} |`),
];

/** The whole page. */
export function toMarkdown(reports) {
  const ran = reports.map(({ title, version, date, passed, failed }) => [
    `${title} ${version}`,
    date.slice(0, 10),
    passed,
    failed,
  ]);
  const rows = FAULTS.map(fault => [
    fault.title,
    ...PLACES.map(place => signs(fault, place, reports)),
    fault.after,
  ]);
  const compared = FAULTS.filter(({ peers }) => peers !== undefined).map(fault => [
    fault.title,
    PLACES.map(place => signs(fault, place, reports)).join(' '),
    ...DID[fault.peers],
  ]);
  return [
    '# Faults',
    '',
    'What can go wrong with workers and tasks, and what is checked after it, on every executor in every browser below:',
    '',
    '- within a second every future has settled, with an error of a type of its own that names cause, worker and task; what never',
    '  ends is ended first, by `terminateWorkers()`, or, on threads, by `terminate()` of the worker by whoever made it;',
    '- the pool goes on, or is broken or closed and says so at the next `submit`, as the last column says;',
    '- after `shutdown()` no worker, line to one, timer, wait, lock or blob is left, and within three seconds the thread is gone.',
    '',
    'What never reaches a worker names no worker: an argument that cannot be sent has its path in the error instead. The page is',
    'written by `npm run faults`, from what ran; [`tests/faults`](../tests/faults) holds the tests, and [limits.md](limits.md) what',
    'cannot be helped.',
    '',
    ...table(['browser', 'date', 'passed', 'failed'], ran),
    '',
    `A cell has a sign for each browser, in that order: ${SIGNS.pass} holds, ${SIGNS.fail} fails, ${SIGNS.unknown} was not run, ${SIGNS.none} cannot be brought about there.`,
    '',
    ...table(['fault', ...PLACES.map(({ title }) => title), 'then the pool'], rows),
    '',
    '## Other libraries',
    '',
    'The same faults in Chromium, on pools of one worker, in November 2026; poolifier-web-worker with `globalThis.window ??=',
    'globalThis` in front of its worker, since it does not start without.',
    '',
    ...table(['fault', 'here', ...PEERS], compared),
    '',
  ].join('\n');
}
