// What the executors record, as the package's subpath `trace` hands it out.

/** One recorded event. `at` is in milliseconds since 1970, with fractions. */
export type TraceEvent =
  | {
      kind: 'executor';
      at: number;
      executor: number;
      name: string;
      what: 'ThreadPoolExecutor' | 'ProcessPoolExecutor' | 'AsyncExecutor' | 'InlineExecutor';
      maxWorkers: number;
    }
  | {
      kind: 'submitted';
      at: number;
      executor: number;
      future: number;
      task: string;
      args: string;
    }
  | { kind: 'started'; at: number; executor: number; future: number; worker: number }
  | {
      kind: 'finished';
      at: number;
      executor: number;
      future: number;
      worker: number;
      outcome: 'result' | 'exception';
      text: string;
    }
  | { kind: 'cancelled'; at: number; executor: number; future: number }
  | { kind: 'worker-started'; at: number; executor: number; worker: number; name: string }
  | { kind: 'worker-ended'; at: number; executor: number; worker: number; reason: string }
  | { kind: 'blocked'; at: number; executor: number; worker: number; on: string }
  | { kind: 'unblocked'; at: number; executor: number; worker: number }
  | { kind: 'dropped'; count: number };
