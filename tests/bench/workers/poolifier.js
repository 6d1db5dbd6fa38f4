// poolifier-web-worker's side in the worker. It takes what has no `window` for no browser at all.

import './window.js';
import { ThreadWorker } from 'poolifier-web-worker';
import * as tasks from '../tasks.js';

const byName = Object.fromEntries(
  Object.entries(tasks).map(([name, task]) => [name, args => task(...args)]),
);

export default new ThreadWorker(byName);
