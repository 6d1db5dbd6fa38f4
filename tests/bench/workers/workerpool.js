// workerpool's side in the worker.

import workerpool from 'workerpool';
import * as tasks from '../tasks.js';

workerpool.worker({ ...tasks, move: buffer => new workerpool.Transfer(buffer, [buffer]) });
