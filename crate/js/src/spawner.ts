// The worker entry of a nested spawner: it starts workers for a worker that may block. Its workers run the package's
// default entry, unless their pool says otherwise.

import { serveSpawner } from './nested-spawner.js';

serveSpawner(() => new Worker(new URL('./default-worker.js', import.meta.url), { type: 'module' }));
