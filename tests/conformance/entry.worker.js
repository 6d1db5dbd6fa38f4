// The entry of the pools' workers: the page says right after it has made one where its counters are.

import { serve } from '../../dist/worker.js';
import { askFor, share } from './signals.js';
import * as tasks from './tasks.js';

addEventListener('message', ({ data: { conformance } }) => {
  if (conformance?.buffer) share(conformance.buffer, true);
  else if (conformance) askFor(conformance.channel);
});
serve(tasks);
