// threads.js's side in the worker; a classic script once bundled.

import { expose, Transfer } from 'threads/worker';
import * as tasks from '../tasks.js';

expose({ ...tasks, move: buffer => Transfer(buffer, [buffer]) });
