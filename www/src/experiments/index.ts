// The experiments: programs that run as they stand, one idea each, in the order of the list on the page.

import { controlled } from '../isolation.ts';
import failure from './failure.js?raw';
import flags from './flags.js?raw';
import mandelbrot from './mandelbrot.js?raw';
import primes from './primes.js?raw';

export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** One line for the list. */
  readonly idea: string;
  /** What there is to see, before the first run. */
  readonly watch: string;
  readonly code: string;
  /** Awaited before each run; refuses by throwing. */
  readonly prepare?: () => Promise<void>;
}

async function slowServer(): Promise<void> {
  try {
    await controlled();
  } catch (error) {
    const reason =
      error instanceof Error ? error.message : String(error);
    throw new Error(
      `This experiment slows its own server down by the page's service worker, and there is none. ${reason} Private windows and blocked cookies are the usual causes.`,
    );
  }
}

export const EXPERIMENTS: readonly Experiment[] = [
  {
    id: 'primes',
    title: 'Is it prime?',
    idea: 'Work for the processor: more workers, less time.',
    watch:
      'Six numbers, tried in sequence, then on threads, then on processes. The bars compare the times.',
    code: primes,
  },
  {
    id: 'flags',
    title: 'Flags',
    idea: 'Waiting together: twenty downloads in the time of one.',
    watch:
      'Each flag takes a second to arrive. In sequence that makes twenty seconds. With map the flags keep their order, with asCompleted they come as they arrive.',
    code: flags,
    prepare: slowServer,
  },
  {
    id: 'failure',
    title: 'A task that fails',
    idea: 'An error waits in its future; the pool lives on.',
    watch:
      'One task throws. Its future hands the error over, and the same pool takes the next task.',
    code: failure,
  },
  {
    id: 'mandelbrot',
    title: 'Mandelbrot',
    idea: 'A picture in rows, drawn as they are finished.',
    watch:
      'Each variant draws the same picture. The rows appear in order, as map gives them.',
    code: mandelbrot,
  },
];
