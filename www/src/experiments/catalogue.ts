// The gallery's table of contents: in which order and groups the experiments stand, and what is said about each.
//
// The programs are in programs/, the Python originals in python/, both by the name that is the `id` here.

import type { Network } from '../network/network.ts';
import { USUAL } from '../network/settings.ts';

/** What an experiment cannot do without. */
export type Need = 'threads' | 'network' | 'both';

export interface Entry {
  readonly id: string;
  readonly title: string;
  /** One line for the list. */
  readonly idea: string;
  /** What there is to see, before the first run. */
  readonly watch: string;
  /** What Python says about it. */
  readonly words: string;
  /** Threads need an isolated page; the network needs the service worker. */
  readonly needs?: Need;
  /** The network that it runs on, until somebody moves the sliders. */
  readonly network?: Network;
}

export interface Group {
  readonly name: string;
  readonly entries: readonly Entry[];
}

export const GROUPS: readonly Group[] = [
  {
    name: 'Futures',
    entries: [
      {
        id: 'submit',
        title: 'Submit and result',
        idea: 'Hand a call to a worker, and wait for its value.',
        watch: 'One call goes to a thread. Its value comes back through its future.',
        words:
          'submit schedules the call and returns a Future that stands for it. result returns the value that the call returned; if the call has not yet completed, it waits.',
        needs: 'threads',
      },
      {
        id: 'done',
        title: 'Done?',
        idea: 'Look at a future before and after its call.',
        watch: 'done() says false, then result() waits a second, then done() says true.',
        words:
          'done returns True if the call was successfully cancelled or finished running. It only looks, and never waits.',
        needs: 'threads',
      },
      {
        id: 'processes',
        title: 'The same with processes',
        idea: 'Change one word: the worker shares nothing with you.',
        watch: 'The process counts its calls in a variable of its own; that of main stays at 0.',
        words:
          'ProcessPoolExecutor side-steps the interpreter’s lock, but only values that can be pickled can be sent, and the main module must be importable by the workers.',
      },
      {
        id: 'failure',
        title: 'A task that fails',
        idea: 'An error waits in its future; the pool lives on.',
        watch:
          'One task throws. Callback, result and exception tell of it; then the same pool takes the next task.',
        words:
          'If the call raised an exception, result raises it again, and exception returns it. A callback added by add_done_callback gets the future as its only argument, whether it was cancelled or finished.',
      },
      {
        id: 'printed',
        title: 'Futures, printed as they go',
        idea: 'pending, running, finished: a future says so itself.',
        watch:
          'Five calls on two threads. Each future is printed when it is scheduled, and again when it is done.',
        words:
          'The repr of a future shows its state, and the type of its result once there is one: finished returned str.',
        needs: 'threads',
      },
      {
        id: 'cancel',
        title: 'Cancel what has not started',
        idea: 'Take back what waits; what runs goes on.',
        watch:
          'Two naps, one thread. The one that runs cannot be cancelled, the one that waits can.',
        words:
          'cancel attempts to cancel the call. If it is being executed or has finished running, it cannot be cancelled and the method returns False; otherwise it is cancelled and the method returns True.',
        needs: 'threads',
      },
      {
        id: 'timeouts',
        title: 'Time-outs',
        idea: 'result and map give up loudly, wait quietly.',
        watch:
          'Three ways of not waiting for ever. The call itself goes on, whoever stops waiting for it.',
        words:
          'If the call has not completed within timeout seconds, result raises TimeoutError; so does the iterator of map, whose time counts from the call. wait raises nothing: it returns the two sets as they are.',
        needs: 'threads',
      },
    ],
  },
  {
    name: 'map',
    entries: [
      {
        id: 'vowels',
        title: 'Remove the vowels',
        idea: 'First map, then executor.map: the same words.',
        watch: 'Both lists are the same. Only who does the work differs.',
        words:
          'executor.map is similar to the built-in map, except that the iterables are collected at once, and the calls are made asynchronously, several at a time.',
        needs: 'threads',
      },
      {
        id: 'map-order',
        title: 'map keeps the order',
        idea: 'The first value comes first, even if it is the last.',
        watch:
          'The first nap is the longest. All three lines come when it is over, in the order of the items.',
        words:
          'The iterator of map gives the results in the order in which the calls were made. If the first takes long, those that were done before it wait.',
        needs: 'threads',
      },
      {
        id: 'map-exception',
        title: 'map or submit, after an exception',
        idea: 'One exception ends a map; futures fail one by one.',
        watch: 'map stops at the third number. With submit the fourth has its value all the same.',
        words:
          'If a call raises an exception, it is raised when its value is retrieved from the iterator, which then ends. A future of submit holds its own result or exception, whatever becomes of the others.',
        needs: 'threads',
      },
      {
        id: 'loiter',
        title: 'Five naps on three threads',
        idea: 'A trace of who does what, and when.',
        watch:
          'The fourth nap starts when the first is over. The results come in order, as soon as each can.',
        words:
          'With max_workers=3 three calls run, the others wait in the queue. Iterating over the results blocks until the next one in order is there.',
        needs: 'threads',
      },
      {
        id: 'partial',
        title: 'Fixed arguments',
        idea: 'partial fixes what is the same for every call.',
        watch: 'Three weights, one factor, one unit.',
        words:
          'functools.partial returns a callable that, when called, behaves like the function called with the fixed arguments before those of the call.',
        needs: 'threads',
      },
      {
        id: 'chunksize',
        title: 'chunksize',
        idea: 'Send many small items in few large messages.',
        watch:
          'The same ten thousand items, one by one and in chunks. The curve falls until other costs are left.',
        words:
          'map chops the iterables into a number of chunks, which it submits as separate tasks. For very long iterables a large chunksize can significantly improve performance compared to the default size of 1. With threads it has no effect.',
      },
    ],
  },
  {
    name: 'Waiting for several',
    entries: [
      {
        id: 'as-completed',
        title: 'as_completed',
        idea: 'In order of arrival; a dictionary knows whose it is.',
        watch: 'Three naps are submitted longest first, and come back shortest first.',
        words:
          'as_completed yields futures as they complete (finished or cancelled). The usual idiom is a dictionary from each future to the input that it was made from.',
        needs: 'threads',
      },
      {
        id: 'wait',
        title: 'wait',
        idea: 'For the first, for the first failure, or for all.',
        watch:
          'Three calls, the second fails. Three ways to wait for them, three counts of what is done.',
        words:
          'wait returns a named 2-tuple of sets, done and not_done. return_when is FIRST_COMPLETED, FIRST_EXCEPTION (if none raises, the same as ALL_COMPLETED), or ALL_COMPLETED.',
        needs: 'threads',
      },
      {
        id: 'spinner',
        title: 'A spinner that can be cancelled',
        idea: 'Two coroutines take turns; one ends the other.',
        watch: 'The spinner turns while the answer is awaited. Cancelling it runs its finally.',
        words:
          'Task.cancel arranges for a CancelledError to be raised inside the coroutine at its next await. The coroutine may clean up, and should then let the exception go on.',
      },
    ],
  },
  {
    name: 'Pools',
    entries: [
      {
        id: 'reuse',
        title: 'A pool for many batches',
        idea: 'Start workers once; shut them down once.',
        watch:
          'The same workers take both batches. After the shutdown, submit raises RuntimeError.',
        words:
          'shutdown signals that the executor should free its resources when the pending futures are done. Calls of submit and map made after shutdown raise RuntimeError. The with-statement shuts down by itself.',
        needs: 'threads',
      },
      {
        id: 'initializer',
        title: 'The initializer',
        idea: 'Set each worker up, once, before its first task.',
        watch: 'Each process has its greeting; main never got one.',
        words:
          'initializer is a callable that is called at the start of each worker, with the tuple initargs as its arguments. If it raises an exception, all pending calls fail with BrokenProcessPool.',
      },
      {
        id: 'broken',
        title: 'The broken pool',
        idea: 'When its workers die, a process pool says so.',
        watch:
          'The workers are killed. What ran fails, what waited is cancelled, and nothing new is taken.',
        words:
          'BrokenProcessPool is raised when a worker has terminated in a non-clean fashion, for example if it was killed. kill_workers ends all living workers at once; the executor cannot be used after that.',
      },
      {
        id: 'deadlock',
        title: 'Deadlock',
        idea: 'A task that waits for its own pool waits for ever.',
        watch:
          'The only worker waits for a call that only this worker could run. The error names the circle.',
        words:
          'Deadlocks can occur when the callable of one future waits on the result of another: it will never complete, because there is only one worker, and it is executing this function.',
        needs: 'threads',
      },
      {
        id: 'apply',
        title: 'Pool.apply and apply_async',
        idea: 'The same pool in the words of multiprocessing.',
        watch:
          'apply waits. apply_async gives an AsyncResult: ready() looks, get(timeout) waits so long.',
        words:
          'apply blocks until the result is ready. apply_async returns an AsyncResult; get(timeout) returns the result when it arrives, or raises multiprocessing.TimeoutError. ready returns whether the call has completed.',
      },
    ],
  },
  {
    name: 'Work for processors',
    entries: [
      {
        id: 'primes',
        title: 'Is it prime?',
        idea: 'Work for the processor: more workers, less time.',
        watch:
          'Six numbers, tried in sequence, then on threads, then on processes. The bars compare the times.',
        words:
          'The ProcessPoolExecutor example of the documentation: six large numbers, and zip puts each beside its answer, since map keeps the order. In CPython threads would gain nothing here; these do.',
      },
      {
        id: 'mandelbrot',
        title: 'Mandelbrot',
        idea: 'A picture in tiles, each drawn when it is finished.',
        watch:
          'Dark tiles take longest. They appear in the order in which they are done, not from left to right.',
        words:
          'as_completed gives each tile as it is finished, and the dictionary knows its place. Small tasks keep all workers busy until the end.',
      },
      {
        id: 'rust',
        title: 'Mandelbrot in Rust',
        idea: 'rayon on the threads of this library.',
        watch:
          'The same picture by compiled code, which shares its rows out by itself. Compare the time.',
        words:
          'In Python too, heavy work is left to compiled code, which may release the interpreter’s lock while it runs.',
        needs: 'threads',
      },
      {
        id: 'gil',
        title: 'The GIL',
        idea: 'One lock for all threads: who computes waits, who sleeps does not.',
        watch:
          'Run it with the switch GIL off, then on. Under the lock, threads that compute are no faster than a loop; threads that sleep still are.',
        words:
          'In CPython only the thread that holds the global interpreter lock runs Python code; it is asked for the lock every 5 ms (sys.setswitchinterval), and lets go of it while it sleeps or reads. Here the lock is ours: JavaScript has none, so the page puts checkpoints into the program. The times are real.',
        needs: 'threads',
      },
      {
        id: 'too-small',
        title: 'Tasks too small to be worth it',
        idea: 'A message costs more than an addition.',
        watch:
          'Two thousand additions, here and on threads. The bars show what the way there and back costs.',
        words:
          'Each call has to be queued, taken, and its result sent back. Where the work is smaller than that, one thread alone is faster.',
      },
      {
        id: 'too-many',
        title: 'How many is too many?',
        idea: '10 processes, 100 threads, 10,000 coroutines.',
        watch:
          'All of them sleep for a second. What is more than a second is the price, printed for each one.',
        words:
          'Processes are the dearest, threads cost less, and coroutines next to nothing, as long as they wait: tens, hundreds, thousands.',
      },
    ],
  },
  {
    name: 'Work for the network',
    entries: [
      {
        id: 'pages',
        title: 'Web pages and their sizes',
        idea: 'Five pages at once; one does not exist.',
        watch:
          'Four pages tell their size in the order of arrival. The fifth generated an exception.',
        words:
          'The ThreadPoolExecutor example of the documentation: start the load operations, mark each future with its URL, and print what became of each.',
        needs: 'both',
        network: { ...USUAL, jitter: 0.8 },
      },
      {
        id: 'flags',
        title: 'Flags',
        idea: 'Twenty downloads in the time of one.',
        watch:
          'Each flag takes about half a second. In sequence that makes ten seconds; threads, processes and coroutines wait for all at once.',
        words:
          'After the flags of “Fluent Python”: the sequential script spends its time waiting. For I/O, threads and coroutines are as good as processes, and cheaper.',
        needs: 'network',
      },
      {
        id: 'flags-progress',
        title: 'Flags, with progress',
        idea: 'A bar that moves when a download is done.',
        watch: 'The bar of tqdm, driven by as_completed: done/total, time gone and left, rate.',
        words:
          'tqdm(as_completed(futures), total=n) moves whenever a future completes; over a map it would move in the order of the items.',
        needs: 'both',
        network: { ...USUAL, latency: 0.6, jitter: 1.2 },
      },
      {
        id: 'flags-errors',
        title: 'Flags, with errors',
        idea: '404, 503, dropped connections: count them by status.',
        watch:
          'Some flags are missing, some answers are refused or break off. Move the sliders of the network.',
        words:
          'Each future is asked by itself: result raises what went wrong with that download, and a Counter counts every status.',
        needs: 'both',
        network: { ...USUAL, missing: 10, unavailable: 10, dropped: 10, seed: 28 },
      },
      {
        id: 'throttle',
        title: 'A semaphore as throttle',
        idea: 'Twenty coroutines, three downloads at a time.',
        watch: 'All coroutines start at once, but only three are ever past the semaphore.',
        words:
          'A semaphore manages an internal counter which is decremented by each acquire and incremented by each release; when it is zero, acquire waits until some task calls release.',
        needs: 'network',
      },
    ],
  },
  {
    name: 'Compare',
    entries: [
      {
        id: 'compare-primes',
        title: 'Which executor, to compute?',
        idea: 'Eight primes, in four ways, with more and more workers.',
        watch:
          'The same eight calls in sequence, on threads, on processes and as coroutines: how many times as fast is each? The sentence under the curve is made from the numbers.',
        words:
          'An executor has one interface, so a program that measures them all differs in one name. Measure more than once, and look at the spread as well as at the median.',
      },
      {
        id: 'compare-pages',
        title: 'Which executor, to wait?',
        idea: 'Eight downloads, in four ways, up to eight at a time.',
        watch:
          'The same eight downloads in four ways. Move the sliders of the network: the slower it is, the nearer the curves come to the ideal line.',
        words:
          'Threads that wait for the network cost no computing, and neither do coroutines: both can be many more than the cores.',
        needs: 'network',
        network: { ...USUAL, latency: 0.06, jitter: 0 },
      },
    ],
  },
];
