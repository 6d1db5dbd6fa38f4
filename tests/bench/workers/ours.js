// A worker entry of this package, as a user writes it.

import { serve, transfer } from '../../../dist/worker.js';
import * as tasks from '../tasks.js';

serve({ ...tasks, move: buffer => transfer(buffer, [buffer]) });
