// Worker factories: functions that hold the one literal `new Worker(new URL(…), …)` that bundlers look for.
//
// What the literal says must be known: the address, to find out why a worker did not start; address and type, where
// another agent than the one that has the factory is to make the worker. So factories are called with a `Worker` that
// notes both.

/** Makes a worker. */
export type WorkerFactory = () => Worker;

/** What a factory gave to `new Worker`. */
export interface WorkerSource {
  url: string;
  type: WorkerType;
}

/** Has `factory` make a worker, and notes where its script is. */
export function callFactory(factory: WorkerFactory): {
  worker: Worker;
  script: string | undefined;
} {
  const { Worker: Real } = globalThis;
  let script: string | undefined;
  const Noting = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      script = absolute(url);
    }
  };
  const worker = withWorker(Noting, factory);
  return { worker, script };
}

/** What `factory` would make, without making it. */
export function describeFactory(factory: WorkerFactory): WorkerSource {
  let source: WorkerSource | undefined;
  const Noting = class {
    constructor(url: string | URL, options: WorkerOptions = {}) {
      source = { url: absolute(url), type: options.type ?? 'classic' };
    }
  };
  withWorker(Noting as unknown as typeof Worker, factory);
  if (source === undefined) throw new TypeError('the option `worker` must return a new Worker');
  return source;
}

function withWorker<R>(replacement: typeof Worker, call: () => R): R {
  const { Worker: real } = globalThis;
  globalThis.Worker = replacement;
  try {
    return call();
  } finally {
    globalThis.Worker = real;
  }
}

function absolute(url: string | URL): string {
  return new URL(url, globalThis.location.href).href;
}
