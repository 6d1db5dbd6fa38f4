// What shows a bar: a line on a terminal, lines on the console, a `<progress>` element. A callback of yours is one, too.

import type { ProgressState, Renderer } from './bar.js';
import { displayed, formatMeter } from './format.js';

/** How a line looks. */
export interface LineOptions {
  /** The width of the whole line in characters; 0 leaves the bar out. Without it the bar is 10 wide. */
  readonly ncols?: number | undefined;
  /** Draws the bar with ` 123456789#`, or with these characters, from empty to full. */
  readonly ascii?: boolean | string | undefined;
  /** The line with names in braces, as `formatMeter` takes it. */
  readonly barFormat?: string | undefined;
}

/** Options of `terminalLine`. */
export interface TerminalOptions extends LineOptions {
  /** Writes to the terminal; Node's standard error if not given. */
  readonly write?: ((text: string) => void) | undefined;
}

/** The line of a state. */
export function lineOf(state: ProgressState, options: LineOptions = {}): string {
  const { n, total, elapsed, desc, ...rest } = state;
  return formatMeter(n, total, elapsed, { ...rest, ...options, prefix: desc });
}

/**
 * A line that is written over and over, exactly tqdm's.
 *
 * ```js
 * let written = '';
 * const render = terminalLine({ write: text => { written += text; }, ncols: 0 });
 * for (const page of progress(['a', 'b'], { render })) page.trim();
 * console.log(written.includes('2/2'), written.endsWith('\n'));   // true true
 * ```
 */
export function terminalLine(options: TerminalOptions = {}): Renderer {
  const write = options.write ?? standardError;
  let last = 0;
  return state => {
    const line = state.closed && !state.leave ? '' : lineOf(state, options);
    const width = displayed(line);
    write(`\r${line}${' '.repeat(Math.max(0, last - width))}`);
    last = width;
    if (state.closed) write(state.leave ? '\n' : '\r');
  };
}

/**
 * Lines on the console, where nothing can be written over: at most one in `interval` seconds, 1 if not given, and the last.
 *
 * ```js
 * const bar = new Progress({ total: 2, render: consoleLine({ interval: 5 }) });
 * bar.update(2);
 * bar.close();
 * console.log(bar.state.closed);   // true
 * ```
 */
export function consoleLine(options: LineOptions & { interval?: number } = {}): Renderer {
  const { interval = 1 } = options;
  let next = 0;
  return state => {
    if (state.closed ? !state.leave : state.elapsed < next) return;
    next = state.elapsed + interval;
    console.info(lineOf(state, options));
  };
}

/** Options of `progressElement`. */
export interface ElementOptions {
  /** Gets the numbers as text: what tqdm prints without a bar. */
  readonly label?: { textContent: string | null } | undefined;
}

/**
 * Moves a `<progress>` element: `max` is the total; without a total it only shows that something goes on.
 *
 * ```js
 * const element = document.createElement('progress');
 * const bar = progress(['a', 'b'], { render: progressElement(element) });
 * for (const page of bar) page.trim();
 * console.log(element.value, element.max);   // 2 2
 * ```
 */
export function progressElement(
  element: Pick<HTMLProgressElement, 'max' | 'value' | 'removeAttribute'>,
  options: ElementOptions = {},
): Renderer {
  if (typeof element?.removeAttribute !== 'function')
    throw new TypeError(`progressElement needs a <progress> element, not ${String(element)}`);
  const { label } = options;
  return state => {
    const { total, n } = state;
    if (total !== undefined && total > 0) {
      element.max = total;
      element.value = Math.min(n, total);
    } else if (state.closed) {
      // Nobody knew how much it would be, but now it is all.
      element.max = 1;
      element.value = 1;
    } else element.removeAttribute('value');
    if (label !== undefined) label.textContent = lineOf(state, { ncols: 0 });
  };
}

function standardError(text: string): void {
  const { process } = globalThis as {
    process?: { stderr?: { write(text: string): unknown } };
  };
  process?.stderr?.write(text);
}
