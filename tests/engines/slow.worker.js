// A worker entry that takes two and a half seconds to get up, and says so on the channel that its address names.

import { serve } from '../../dist/worker.js';

serve({});
new BroadcastChannel(new URL(import.meta.url).searchParams.get('channel')).postMessage('starting');
const end = performance.now() + 2500;
while (performance.now() < end);
