// `concurrent-futures/multiprocessing`: Python's `multiprocessing.Pool` and `ThreadPool`, on the executors.

export { TimeoutError } from './errors.js';
export { MaybeEncodingError } from './multiprocessing/errors.js';
export type { ImapIterator } from './multiprocessing/imap.js';
export {
  type ChunkOptions,
  type MapAsyncOptions,
  type MultiprocessingPoolOptions,
  Pool,
  ThreadPool,
  type ThreadPoolOptions,
  withPool,
  withPoolSync,
} from './multiprocessing/pool.js';
export { AsyncResult, type Callbacks } from './multiprocessing/result.js';
