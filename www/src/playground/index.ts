// What user code imports as 'playground': it measures variants and shows things on the page.
//
// The same module is loaded in two kinds of workers. In the driver worker, which runs main(), events go straight to
// the page. In a pool's worker, which imports the user's module for its tasks, they go through a BroadcastChannel
// whose name stands in this module's own address; only printing makes sense there.

import { QUERY, SETTINGS } from '../network/network.ts';
import type { ChannelName, Level, RunEvent, VariantEnd } from '../protocol.ts';
import { type ChartOptions, chartOf } from './chart.ts';
import { type CompareOptions, measure } from './compare.ts';
import { Executors } from './executors.ts';
import { format } from './format.ts';
import { Outbox } from './outbox.ts';

const address = new URL(import.meta.url);
const now = () => performance.timeOrigin + performance.now();

let inDriver = false;
let channel: BroadcastChannel | undefined;

/** Opened with the first event: most pool workers print nothing. */
function broadcast(events: RunEvent[]): void {
  const name: ChannelName = `playground-${address.searchParams.get('run') ?? ''}`;
  channel ??= new BroadcastChannel(name);
  channel.postMessage(events);
}

const outbox = new Outbox(broadcast);
const stopping = new AbortController();
const executors = new Executors();
/** What is said to all workers of the run: that it is to stop. A channel of its own, so that no line goes everywhere. */
const stops = new BroadcastChannel(`playground-stop-${address.searchParams.get('run') ?? ''}`);
stops.onmessage = () => abort();

function abort(): void {
  stopping.abort(new DOMException('Stop was pressed', 'AbortError'));
}

let variants = 0;
let currentVariant = -1;
let canvases = 0;
let comparisons = 0;
let library: typeof import('concurrent-futures') | undefined;

/** Aborted when the person presses Stop, shortly before the workers are ended; in tasks, too. */
export const stopSignal: AbortSignal = stopping.signal;

/** The codes of the twenty countries with the most people; there is a flag for each: `flags/cn.svg`. */
export const COUNTRIES: readonly string[] =
  'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ');

/** The address of a file of this page, such as `flags/fr.svg`, from any worker. */
export function asset(path: string): string {
  return new URL(path, address).href;
}

/**
 * The address of a file of this page on a network that is as slow and as faulty as the sliders say: the same for every
 * variant, and for everybody. There are `flags/….svg` for `COUNTRIES`, and `pages/….html`.
 */
export function web(path: string): string {
  const there = new URL(path, address);
  const network = address.searchParams.get(SETTINGS);
  if (network) there.searchParams.set(QUERY, network);
  return there.href;
}

/**
 * Runs one variant of an experiment and shows how long it took beside the others.
 * A variant that the page cannot run without isolation is marked so, and the next one gets its turn.
 */
export async function variant<T>(name: string, run: () => T | Promise<T>): Promise<T | undefined> {
  driverOnly('variant');
  const id = variants++;
  currentVariant = id;
  outbox.add({ kind: 'variant-started', variant: id, name, at: now() });
  const start = performance.now();
  const end = (how: VariantEnd, note?: string) => {
    const seconds = (performance.now() - start) / 1000;
    const event = { kind: 'variant-ended', variant: id, end: how, seconds } as const;
    outbox.add(note === undefined ? event : { ...event, note });
    outbox.flush();
  };
  try {
    const result = await run();
    end('done');
    return result;
  } catch (error) {
    const known = error instanceof Error ? error : new Error(format([error]));
    if (needsIsolation(known)) {
      end('unavailable', known.message);
      return undefined;
    }
    end('failed', `${known.name}: ${known.message}`);
    throw error;
  }
}

/**
 * Has `task` called with each of `items`: in sequence, on threads, on processes and as coroutines, with each of `workers`,
 * in several rounds by turns, and shows how many times as fast each was. One round more comes first and is not counted.
 *
 * `workers` are numbers of workers, 1, 2, 4 and so on if not given; `rounds` is 3 if not given.
 */
export async function compare(
  title: string,
  task: Parameters<typeof measure>[2],
  items: Iterable<unknown>,
  options: CompareOptions = {},
): Promise<void> {
  driverOnly('compare');
  if (!library) throw new Error('compare() needs the package, which is not loaded yet');
  await measure(comparisons++, title, task, [...items], options, {
    library,
    cores: navigator.hardwareConcurrency,
    signal: stopSignal,
    isUnavailable: needsIsolation,
    show(comparison) {
      outbox.add({ kind: 'comparison', comparison });
      outbox.flush();
    },
  });
}

/** Errors that cross from a Rust module keep their message, not their name. */
function needsIsolation({ name, message }: Error): boolean {
  return (
    name === 'NotIsolatedError' ||
    (!globalThis.crossOriginIsolated && message.includes('cross-origin isolated'))
  );
}

/** Adds a picture, given as SVG text, to the row of the variant that is running. */
export function picture(caption: string, svg: string): void {
  driverOnly('picture');
  outbox.add({ kind: 'picture', variant: currentVariant, caption, svg });
}

/**
 * Draws a curve through points, each a pair of numbers.
 *
 * `logarithmic` gives equal room to equal factors from left to right.
 */
export function chart(
  title: string,
  points: readonly (readonly [number, number])[],
  options: ChartOptions = {},
): void {
  driverOnly('chart');
  const { svg, caption } = chartOf(title, points, options);
  outbox.add({ kind: 'picture', variant: -1, caption, svg, wide: true });
}

/** A colour for how long something took, `n` of `most`: black at the end. Four bytes of a pixel, as one number. */
export function colour(n: number, most: number): number {
  const t = n < most ? Math.log1p(n) / Math.log1p(most) : 1;
  const byte = (value: number) => Math.round(Math.min(value, 255));
  const red = byte(2300 * (1 - t) * t ** 3);
  const green = byte(3800 * (1 - t) ** 2 * t ** 2);
  const blue = byte(2200 * (1 - t) ** 3 * t);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A canvas on the page, drawn on from here. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Draws the row `y`: four bytes (red, green, blue, opacity) for each pixel, or one number of 32 bits. */
  row(y: number, pixels: ArrayLike<number>): void;
  /** Draws a block of pixels, `width` wide, with its upper left corner at `x`, `y`. */
  block(x: number, y: number, width: number, pixels: ArrayLike<number>): void;
}

/** Opens an empty canvas for the variant that is running. */
export function canvas(width: number, height: number): Canvas {
  driverOnly('canvas');
  const id = canvases++;
  outbox.add({ kind: 'canvas', variant: currentVariant, canvas: id, width, height });
  const block: Canvas['block'] = (x, y, blockWidth, pixels) => {
    outbox.add({
      kind: 'pixels',
      canvas: id,
      x,
      y,
      width: blockWidth,
      pixels:
        pixels instanceof Uint32Array
          ? new Uint8ClampedArray(pixels.slice().buffer)
          : Uint8ClampedArray.from(pixels),
    });
  };
  return { width, height, block, row: (y, pixels) => block(0, y, width, pixels) };
}

function driverOnly(name: string): void {
  if (inDriver) return;
  throw new Error(
    `${name}() shows something on the page, so it belongs into main(). A task returns what is to be shown.`,
  );
}

/** What only the driver worker uses. */
export const driver = {
  connect(send: (events: RunEvent[]) => void): void {
    inDriver = true;
    stops.onmessage = null;
    outbox.redirect(send);
  },
  flush: (): void => outbox.flush(),
  /** Knows from now on which executors user code makes with that package. */
  watch(loaded: typeof import('concurrent-futures')): void {
    library = loaded;
    executors.watch(loaded);
  },
  /** Cancels what has not started, and asks what runs to end. */
  stop(): { cancelled: number; workers: number } {
    const ended = executors.cancelPending();
    stops.postMessage('stop');
    abort();
    return ended;
  },
};

const sourceName = () => (inDriver ? '' : self.name || 'worker');
const counts = new Map<string, number>();
const clocks = new Map<string, number>();

function print(level: Level, ...values: unknown[]): void {
  outbox.add({ kind: 'line', level, source: sourceName(), text: format(values), at: now() });
}

const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const satisfies readonly Level[];
for (const level of LEVELS) console[level] = (...values: unknown[]) => print(level, ...values);
console.trace = console.dir = console.table = (...values: unknown[]) => print('log', ...values);
console.assert = (condition?: boolean, ...values: unknown[]) => {
  if (!condition) print('error', 'Assertion failed:', ...values);
};
console.count = (label = 'default') => {
  const count = (counts.get(label) ?? 0) + 1;
  counts.set(label, count);
  print('log', `${label}: ${count}`);
};
console.time = (label = 'default') => {
  clocks.set(label, performance.now());
};
console.timeLog = console.timeEnd = (label = 'default') => {
  const start = clocks.get(label);
  print('log', start === undefined ? `${label}: no such timer` : `${label}: ${took(start)}`);
};
const took = (start: number) => `${(performance.now() - start).toFixed(1)} ms`;
