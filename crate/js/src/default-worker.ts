// The worker entry of pools without one of their own: its tasks come by address or by source.

import { serveTasks } from './entry.js';
import { installSync } from './sync/install.js';

installSync();
serveTasks({});
