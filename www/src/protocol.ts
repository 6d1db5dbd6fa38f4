// What the page, the driver worker and the pool's workers say to each other. Types only.
//
//   page ──Command──▶ driver worker ──News──▶ page
//   pool worker (user code there) ──RunEvent[] on a BroadcastChannel──▶ page

import type { Comparison } from './compare/comparison.ts';
import type { TraceEvent } from './trace/events.ts';

/** How loud a line of output is; the names of `console`'s methods. */
export type Level = 'log' | 'info' | 'warn' | 'error' | 'debug';

/** How a variant ended. `unavailable`: the page cannot run it, because it is not isolated. */
export type VariantEnd = 'done' | 'failed' | 'unavailable';

/** What user code does that the page shows. Times are in milliseconds since 1970. */
export type RunEvent =
  | { kind: 'line'; level: Level; source: string; text: string; at: number }
  | { kind: 'variant-started'; variant: number; name: string; at: number }
  | { kind: 'variant-ended'; variant: number; end: VariantEnd; seconds: number; note?: string }
  | { kind: 'picture'; variant: number; caption: string; svg: string; wide?: true }
  /** A comparison as it stands; later ones of the same `id` take its place. */
  | { kind: 'comparison'; comparison: Comparison }
  | { kind: 'canvas'; variant: number; canvas: number; width: number; height: number }
  | {
      kind: 'pixels';
      canvas: number;
      x: number;
      y: number;
      width: number;
      pixels: Uint8ClampedArray<ArrayBuffer>;
    };

/** An error of user code, with its place in the editor's text where it is known. */
export interface Failure {
  name: string;
  message: string;
  stack: string;
  line?: number;
  column?: number;
}

/** From the page to the driver worker. */
export type Command =
  | { kind: 'start'; library: string; playground: string; tracing: string; module: string }
  | { kind: 'stop' };

/** From the driver worker to the page. */
export type News =
  | { kind: 'running' }
  | { kind: 'asked'; cancelled: number; workers: number }
  | { kind: 'events'; events: RunEvent[] }
  /** Where the page cannot read them itself. */
  | { kind: 'trace'; events: TraceEvent[] }
  | { kind: 'finished' }
  | { kind: 'failed'; failure: Failure };

/** What a message between page and driver looks like: the package's own messages pass on the same port. */
export interface Envelope<T> {
  playground: T;
}

/** The name of the channel on which a run's pool workers speak. */
export type ChannelName = `playground-${string}`;
