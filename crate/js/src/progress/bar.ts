// `progress`: a loop that says how far it is, as tqdm. The bar counts and keeps time; renderers show what it knows.

import { alarm } from '../clock.js';
import { formatNum } from './format.js';
import { consoleLine, terminalLine } from './renderers.js';

/** What a bar knows at one moment. */
export interface ProgressState {
  /** What stands before it all. */
  readonly desc: string;
  /** Units done. */
  readonly n: number;
  /** How many there will be; `undefined` where nobody knows. */
  readonly total: number | undefined;
  /** Seconds since the beginning. */
  readonly elapsed: number;
  /** Seconds still to go, at this rate; `undefined` where nobody knows. */
  readonly remaining: number | undefined;
  /** Units in a second: smoothed, at the end the average; `undefined` before the first moment has passed. */
  readonly rate: number | undefined;
  /** What is counted. */
  readonly unit: string;
  /** Whether numbers are shown as 1.23k, 4.56M, or by what they are scaled. */
  readonly unitScale: boolean | number;
  /** Between k and M and so on. */
  readonly unitDivisor: number;
  /** Where the count began. */
  readonly initial: number;
  /** Stands at the end; empty if there is nothing. */
  readonly postfix: string;
  /** Whether this is the last that the bar says. */
  readonly closed: boolean;
  /** Whether what is shown stays when the bar is closed. */
  readonly leave: boolean;
}

/** Shows the state of a bar: a callback of yours, `terminalLine`, or `progressElement`. */
export type Renderer = (state: ProgressState) => void;

/** Options of `progress`; the names are tqdm's, in camelCase. */
export interface ProgressOptions {
  /** What stands before it all. */
  readonly desc?: string | undefined;
  /** How many there will be; an iterable's length or size if not given. */
  readonly total?: number | undefined;
  /** What is counted; `it` if not given. */
  readonly unit?: string | undefined;
  /** Shows numbers as 1.23k, 4.56M; another number than 1 scales them. */
  readonly unitScale?: boolean | number | undefined;
  /** Between k and M and so on, with `unitScale`; 1000 if not given. */
  readonly unitDivisor?: number | undefined;
  /** Where the count begins; 0 if not given. */
  readonly initial?: number | undefined;
  /** Stands at the end: a text, or names with values. */
  readonly postfix?: string | Record<string, unknown> | undefined;
  /** At least so many seconds between two showings; 0.1 if not given. */
  readonly mininterval?: number | undefined;
  /** How much a new rate counts against the old ones: 0 is the average of all, 1 only the newest; 0.3 if not given. */
  readonly smoothing?: number | undefined;
  /** Whether what is shown stays when the bar is closed; true if not given. */
  readonly leave?: boolean | undefined;
  /** Shows nothing. */
  readonly disable?: boolean | undefined;
  /** Who shows it: one renderer or several. A line on the terminal if not given, where there is none on the console. */
  readonly render?: Renderer | readonly Renderer[] | undefined;
}

/** An exponential moving average, as tqdm's: the first values count in full. */
class Average {
  readonly #smoothing: number;
  #last = 0;
  #calls = 0;

  constructor(smoothing: number) {
    this.#smoothing = smoothing;
  }

  add(value: number): void {
    this.#last = this.#smoothing * value + (1 - this.#smoothing) * this.#last;
    this.#calls++;
  }

  get value(): number {
    return this.#calls === 0 ? 0 : this.#last / (1 - (1 - this.#smoothing) ** this.#calls);
  }
}

const dispose: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/**
 * A bar. `progress` makes one; without an iterable it is moved by `update`.
 *
 * ```js
 * const bar = new Progress({ total: 3, desc: 'pages', render: () => {} });
 * bar.update();
 * bar.setPostfix({ size: 1.5 });
 * console.log(bar.state.n, bar.state.total, bar.state.postfix);   // 1 3 size=1.5
 * bar.setDescription('images');
 * bar.refresh();
 * bar.reset(5);
 * console.log(bar.n, bar.total, bar.state.desc);   // 0 5 images
 * bar.close();
 * console.log(bar.state.closed);   // true
 * ```
 */
export class Progress {
  /** Units done. */
  n: number;
  /** How many there will be. */
  total: number | undefined;
  readonly #options: ProgressOptions;
  readonly #initial: number;
  readonly #mininterval: number;
  readonly #smoothing: number;
  readonly #renderers: readonly Renderer[];
  #desc: string;
  #postfix: string;
  #units: Average;
  #seconds: Average;
  #start: number;
  #shownAt: number;
  #shownN: number;
  #closed = false;
  /** Takes back the showing that was put off. */
  #takeBack: (() => void) | undefined;

  constructor(options: ProgressOptions = {}) {
    this.#options = options;
    this.#initial = number('initial', options.initial, 0);
    this.#mininterval = number('mininterval', options.mininterval, 0.1);
    this.#smoothing = number('smoothing', options.smoothing, 0.3);
    if (this.#smoothing < 0 || this.#smoothing > 1)
      throw new RangeError(`smoothing must be between 0 and 1, not ${this.#smoothing}`);
    const { render } = options;
    this.#renderers =
      options.disable === true ? [] : render === undefined ? [usual()] : [render].flat();
    for (const renderer of this.#renderers)
      if (typeof renderer !== 'function')
        throw new TypeError(
          `render must be a function that takes the state, not ${String(renderer)}`,
        );
    this.total = finite(options.total);
    this.n = this.#initial;
    this.#shownN = this.#initial;
    this.#desc = options.desc ?? '';
    this.#postfix = textOf(options.postfix);
    this.#units = new Average(this.#smoothing);
    this.#seconds = new Average(this.#smoothing);
    this.#start = seconds();
    this.#shownAt = this.#start;
    this.refresh();
  }

  /** What the bar knows now. */
  get state(): ProgressState {
    const { unit = 'it', unitScale = false, unitDivisor = 1000, leave = true } = this.#options;
    const elapsed = seconds() - this.#start;
    const { n, total } = this;
    const smoothed =
      this.#closed || this.#seconds.value === 0
        ? undefined
        : this.#units.value / this.#seconds.value;
    const rate = smoothed ?? (elapsed > 0 ? (n - this.#initial) / elapsed : undefined);
    return {
      desc: this.#desc,
      n,
      total,
      elapsed,
      remaining: rate && total ? Math.max(0, total - n) / rate : undefined,
      rate,
      unit,
      unitScale,
      unitDivisor,
      initial: this.#initial,
      postfix: this.#postfix,
      closed: this.#closed,
      leave,
    };
  }

  /** Counts `n` more units, and shows it if the last showing is `mininterval` seconds ago; else a little later. */
  update(n = 1): void {
    if (this.#closed) return;
    this.n += n;
    if (n < 0) this.#shownN += n;
    const wait = this.#mininterval - (seconds() - this.#shownAt);
    if (wait > 0) this.#takeBack ??= alarm(Math.ceil(wait * 1000), () => this.#show());
    else this.#show();
  }

  /** Shows it now. */
  refresh(): void {
    const { state } = this;
    for (const renderer of this.#renderers) {
      try {
        renderer(state);
      } catch (error) {
        // Whoever counts must not fail because somebody cannot draw.
        console.error('concurrent-futures/progress: a renderer failed:', error);
      }
    }
  }

  /** Changes what stands before it all. */
  setDescription(desc: string): void {
    this.#desc = desc;
    this.refresh();
  }

  /** Changes what stands at the end: a text, or names with values, of which numbers are cut to three digits. */
  setPostfix(postfix: string | Record<string, unknown>): void {
    this.#postfix = textOf(postfix);
    this.refresh();
  }

  /** Begins anew, with another total if there is one. */
  reset(total = this.total): void {
    this.#forget();
    this.total = finite(total);
    this.n = 0;
    this.#shownN = 0;
    this.#units = new Average(this.#smoothing);
    this.#seconds = new Average(this.#smoothing);
    this.#start = seconds();
    this.#shownAt = this.#start;
    this.refresh();
  }

  /** Shows it for the last time. Later updates are not counted; calling it again is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#forget();
    this.#closed = true;
    this.refresh();
  }

  /** `using bar = new Progress({ total })` closes it. */
  [dispose](): void {
    this.close();
  }

  #show(): void {
    this.#forget();
    const now = seconds();
    const [time, units] = [now - this.#shownAt, this.n - this.#shownN];
    if (this.#smoothing > 0 && time > 0 && units !== 0) {
      this.#units.add(units);
      this.#seconds.add(time);
    }
    this.refresh();
    this.#shownAt = now;
    this.#shownN = this.n;
  }

  #forget(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
  }
}

/**
 * A loop that says how far it is: gives the items of `iterable` as they come, and shows units done, total, time and rate, at
 * most ten times a second and at the end. An item counts when the loop asks for the next one.
 *
 * ```js
 * const sizes = [];
 * for (const page of progress(['a', 'bc'], { desc: 'pages' })) sizes.push(page.length);
 * console.log(...sizes);   // 1 2
 * const futures = [97, 98].map(n => executor.submit(isPrime, n));
 * const bar = progress(asCompleted(futures), { total: futures.length });
 * for await (const future of bar) await future;
 * console.log(bar.n, bar.total);   // 2 2
 * ```
 *
 * @param iterable is iterated as it is: with `for`, with `for await`, or with both
 */
export function progress<T>(
  iterable: Iterable<T> & AsyncIterable<T>,
  options?: ProgressOptions,
): Progress & Iterable<T> & AsyncIterable<T>;
export function progress<T>(
  iterable: Iterable<T>,
  options?: ProgressOptions,
): Progress & Iterable<T>;
export function progress<T>(
  iterable: AsyncIterable<T>,
  options?: ProgressOptions,
): Progress & AsyncIterable<T>;
export function progress(
  iterable: Iterable<unknown> | AsyncIterable<unknown>,
  options: ProgressOptions = {},
): Progress {
  const sync = methodOf<() => Iterator<unknown>>(iterable, Symbol.iterator);
  const async = methodOf<() => AsyncIterator<unknown>>(iterable, Symbol.asyncIterator);
  if (sync === undefined && async === undefined)
    throw new TypeError(
      `progress needs an iterable, not ${String(iterable)}: count by hand with new Progress({ total })`,
    );
  const bar = new Progress({ ...options, total: options.total ?? lengthOf(iterable) });
  // Only what the iterable has itself: `for await` over an array awaits its items, and still does.
  if (sync !== undefined)
    Object.assign(bar, { [Symbol.iterator]: () => passing(bar, sync.call(iterable)) });
  if (async !== undefined)
    Object.assign(bar, { [Symbol.asyncIterator]: () => passingAsync(bar, async.call(iterable)) });
  return bar;
}

function passing<T>(bar: Progress, source: Iterator<T>): IterableIterator<T> {
  const count = counter(bar);
  const iterator: IterableIterator<T> = {
    next: () => {
      count.asked();
      try {
        return count.got(source.next());
      } catch (error) {
        bar.close();
        throw error;
      }
    },
    return: (value?: unknown) => {
      bar.close();
      return source.return?.(value) ?? { done: true, value };
    },
    [Symbol.iterator]: () => iterator,
  } as IterableIterator<T>;
  return iterator;
}

function passingAsync<T>(bar: Progress, source: AsyncIterator<T>): AsyncIterableIterator<T> {
  const count = counter(bar);
  const iterator: AsyncIterableIterator<T> = {
    next: () => {
      count.asked();
      return source.next().then(
        step => count.got(step),
        (error: unknown) => {
          bar.close();
          throw error;
        },
      );
    },
    return: (value?: unknown) => {
      bar.close();
      return source.return?.(value) ?? Promise.resolve({ done: true, value });
    },
    [Symbol.asyncIterator]: () => iterator,
  } as AsyncIterableIterator<T>;
  return iterator;
}

/** Counts an item when the next one is asked for: then the loop is done with it. */
function counter(bar: Progress): {
  asked(): void;
  got<T>(step: IteratorResult<T>): IteratorResult<T>;
} {
  let given = 0;
  return {
    asked: () => {
      if (given > 0) bar.update(given);
      given = 0;
    },
    got: step => {
      if (step.done !== true) given++;
      else {
        if (given > 0) bar.update(given);
        bar.close();
      }
      return step;
    },
  };
}

function methodOf<M>(value: unknown, name: symbol): M | undefined {
  const method = (value as Record<symbol, unknown> | null | undefined)?.[name];
  return typeof method === 'function' ? (method as M) : undefined;
}

/** How many items an iterable has, if it says so. */
export function lengthOf(iterable: unknown): number | undefined {
  const { length, size } = iterable as { length?: unknown; size?: unknown };
  return typeof length === 'number' ? length : typeof size === 'number' ? size : undefined;
}

/** Without a limit, nobody knows the total. */
function finite(total: number | undefined): number | undefined {
  if (total === undefined || total === Number.POSITIVE_INFINITY) return undefined;
  return number('total', total, 0);
}

function number(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'number' || Number.isNaN(value))
    throw new TypeError(`${name} must be a number, not ${String(value)}`);
  return value;
}

function textOf(postfix: string | Record<string, unknown> | undefined): string {
  if (postfix === undefined || typeof postfix === 'string') return postfix ?? '';
  return Object.entries(postfix)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'number' ? formatNum(value) : String(value).trim()}`,
    )
    .join(', ');
}

/** The clock of bars, in seconds. */
function seconds(): number {
  return performance.now() / 1000;
}

function usual(): Renderer {
  return standardError() === undefined ? consoleLine() : terminalLine();
}

/** The standard error of Node and its like. */
function standardError(): unknown {
  return (globalThis as { process?: { stderr?: unknown } }).process?.stderr;
}
