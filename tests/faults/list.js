// The faults: what goes wrong, where it can, and what becomes of the pool. The bodies stand in values.js, code.js,
// workers.js, pools.js and, for those that the browser brings about, in lifecycle.mjs.
//
// `after`  what the pool does then: goes on, is broken with the reason, or is closed, as by a shutdown
// `peers`  the row of the table of other libraries that is the same fault
// `needs`  what the fault needs: a page with a strict policy, or Chromium

const GOES_ON = 'goes on';
const BROKEN = 'is broken';
const CLOSED = 'is closed';

export const FAULTS = [
  { id: 'argument', title: 'an argument that cannot be sent', after: GOES_ON, peers: 'argument' },
  { id: 'result', title: 'a result that cannot be sent', after: GOES_ON, peers: 'result' },
  { id: 'thrown', title: 'a thrown value that cannot be sent', after: GOES_ON },

  { id: 'module-missing', title: 'a task module that is a 404', after: GOES_ON },
  { id: 'module-syntax', title: 'a task module with a syntax error', after: GOES_ON },
  { id: 'module-throws', title: 'a task module that throws on import', after: GOES_ON },
  { id: 'module-export', title: 'a task module that lacks the export', after: GOES_ON },

  { id: 'throws', title: 'a task that throws', after: GOES_ON },
  { id: 'rejects', title: 'a task that rejects', after: GOES_ON },
  { id: 'text', title: 'a task that rejects with a plain string', after: GOES_ON, peers: 'text' },
  { id: 'overflow', title: 'a task that overflows the stack', after: GOES_ON },
  { id: 'trap', title: "a task whose own module's code traps", after: GOES_ON },
  { id: 'exhausts', title: "a task that exhausts its own module's memory", after: GOES_ON },
  { id: 'timer', title: "a timer's error outside of the task", after: GOES_ON, peers: 'uncaught' },
  { id: 'unhandled', title: 'an unhandled rejection beside the task', after: GOES_ON },
  { id: 'close', title: 'a task that calls `self.close()`', after: GOES_ON, peers: 'close' },
  { id: 'endless', title: 'a task that never ends, and blocks its worker', after: CLOSED },
  { id: 'pending', title: 'a task whose promise never settles', after: CLOSED },

  { id: 'rust-panic', title: 'a function in Rust that panics', after: GOES_ON },
  { id: 'rust-trap', title: 'a function in Rust that traps', after: BROKEN },
  { id: 'rust-overflow', title: 'a function in Rust that overflows the stack', after: BROKEN },
  { id: 'rust-exhausts', title: 'a function in Rust that exhausts the memory', after: BROKEN },

  { id: 'script-missing', title: 'a worker script that is a 404', after: BROKEN, peers: 'script' },
  { id: 'script-syntax', title: 'a worker script with a syntax error', after: BROKEN },
  { id: 'script-throws', title: 'a worker script that throws', after: BROKEN },
  {
    id: 'csp-source',
    title: 'a policy that forbids functions by source',
    after: GOES_ON,
    needs: 'policy',
  },
  { id: 'csp-worker', title: 'a policy that forbids the worker', after: BROKEN },
  { id: 'csp-wasm', title: 'a policy that forbids WebAssembly', after: BROKEN },
  { id: 'killed-starting', title: 'a worker terminated while it starts', after: BROKEN },
  { id: 'killed-idle', title: 'a worker terminated while it is idle', after: BROKEN },
  { id: 'killed-decoding', title: 'a worker terminated while it decodes', after: BROKEN },
  { id: 'killed-running', title: 'a worker terminated while it runs', after: BROKEN },
  { id: 'killed-encoding', title: 'a worker terminated while it encodes', after: BROKEN },
  { id: 'initializer-fails', title: 'an initializer that fails', after: BROKEN },
  { id: 'initializer-endless', title: 'an initializer that never ends', after: CLOSED },

  { id: 'pool-memory', title: 'pool memory exhausted by arguments', after: GOES_ON },
  { id: 'pool-memory-reply', title: 'pool memory exhausted by a reply', after: GOES_ON },
  {
    id: 'closed-running',
    title: 'the pool ended with a task running',
    after: CLOSED,
    peers: 'shutdown',
  },
  { id: 'burst', title: 'a shutdown in the middle of 100,000 submits', after: CLOSED },
  { id: 'cancel-all', title: 'everything cancelled', after: GOES_ON },

  { id: 'frozen', title: 'a frozen tab', after: GOES_ON, needs: 'chromium' },
  { id: 'throttled', title: 'a throttled tab', after: GOES_ON, needs: 'chromium' },
  {
    id: 'away-and-back',
    title: 'away, and back from the back/forward cache',
    after: GOES_ON,
    needs: 'chromium',
  },
  {
    id: 'away-while-starting',
    title: 'away and back, while workers start',
    after: GOES_ON,
    needs: 'chromium',
  },
];

/** Where a fault happens: on which executor, and whether memory is shared. */
export const PLACES = [
  { id: 'threads', kind: 'threads', isolated: true, title: 'threads' },
  { id: 'processes', kind: 'processes', isolated: true, title: 'processes' },
  { id: 'apart', kind: 'processes', isolated: false, title: 'processes, no isolation' },
];

export const keyOf = (fault, place) => `${fault.id} ${place.id}`;
