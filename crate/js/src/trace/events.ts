// What a trace tells. Types only.

/** The executors that a trace knows. */
export type ExecutorKind =
  | 'ThreadPoolExecutor'
  | 'ProcessPoolExecutor'
  | 'AsyncExecutor'
  | 'InlineExecutor';

/**
 * One event. `at` is in milliseconds since 1970, with fractions, on one clock for all agents. Numbers of executors and
 * futures are unique on one pool memory; a worker is known by its number together with that of its executor.
 *
 * An `executor` event comes before all that name its number, a `worker-started` before all that name its worker. Of one
 * future, and of one worker, events come in the order in which they happened, and their times never go back.
 */
export type TraceEvent =
  | {
      readonly kind: 'executor';
      readonly at: number;
      readonly executor: number;
      /** What its workers are called, without their number. */
      readonly name: string;
      readonly what: ExecutorKind;
      /** The most calls at a time; Infinity where there is no limit. */
      readonly maxWorkers: number;
    }
  | {
      readonly kind: 'submitted';
      readonly at: number;
      readonly executor: number;
      readonly future: number;
      /** The task's name. */
      readonly task: string;
      /** The begin of the arguments, as text. */
      readonly args: string;
    }
  | {
      readonly kind: 'started';
      readonly at: number;
      readonly executor: number;
      readonly future: number;
      readonly worker: number;
    }
  | {
      readonly kind: 'finished';
      readonly at: number;
      readonly executor: number;
      readonly future: number;
      /** -1 where no worker had begun the call: then its pool broke. */
      readonly worker: number;
      readonly outcome: 'result' | 'exception';
      /** The begin of the value or the error, as text. */
      readonly text: string;
    }
  | {
      readonly kind: 'cancelled';
      readonly at: number;
      readonly executor: number;
      readonly future: number;
    }
  | {
      readonly kind: 'worker-started';
      readonly at: number;
      readonly executor: number;
      readonly worker: number;
      readonly name: string;
    }
  | {
      readonly kind: 'worker-ended';
      readonly at: number;
      readonly executor: number;
      readonly worker: number;
      /** Empty where it left by itself. */
      readonly reason: string;
    }
  | {
      /** The worker blocks, in the middle of a call, until `unblocked`, or until it is ended. */
      readonly kind: 'blocked';
      readonly at: number;
      readonly executor: number;
      readonly worker: number;
      /** What it waits for: `a future`, `a lock`, … */
      readonly on: string;
    }
  | {
      readonly kind: 'unblocked';
      readonly at: number;
      readonly executor: number;
      readonly worker: number;
    }
  | {
      /** As many events were lost before this one, because nobody had drained in time. */
      readonly kind: 'dropped';
      readonly count: number;
    };
