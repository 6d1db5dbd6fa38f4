// comlink's side in the worker.

import { expose, transfer } from 'comlink';
import * as tasks from '../tasks.js';

expose({ ...tasks, move: buffer => transfer(buffer, [buffer]) });
