// The entry of the pools' workers: the page says right after it has made one where its counters are. What is reported here
// on the console is for the test to see.

import { serve } from '../../dist/worker.js';
import { askFor, share } from './signals.js';
import * as tasks from './tasks.js';

const cell = Number(new URLSearchParams(location.search).get('cell'));

addEventListener('message', ({ data: { conformance } }) => {
  if (!conformance) return;
  if (conformance.buffer) share(conformance.buffer, true);
  else askFor(conformance.channel);
  const reports = new BroadcastChannel(`${conformance.channel} reports`);
  console.error = (...words) => reports.postMessage({ cell, report: words.map(String).join(' ') });
});
serve(tasks);
