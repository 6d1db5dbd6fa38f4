// `transfer`: what a task returns to have its value moved instead of copied.

/** A value that is sent by structured clone; what is in the list moves, and is gone where it was. */
export class Transfer {
  /** @internal */
  readonly value: unknown;
  /** @internal */
  readonly list: readonly Transferable[];

  /** @internal */
  constructor(value: unknown, list: readonly Transferable[]) {
    this.value = value;
    this.list = list;
  }
}

// Anywhere but as the whole value of a task it is refused by its name, as a platform object is.
Object.defineProperty(Transfer.prototype, Symbol.toStringTag, { value: 'Transfer' });

/** The values of a chunk of calls, as one. */
export function joined(values: unknown[]): unknown {
  if (!values.some(value => value instanceof Transfer)) return values;
  const list = values.flatMap(value => (value instanceof Transfer ? value.list : []));
  return new Transfer(
    values.map(value => (value instanceof Transfer ? value.value : value)),
    list,
  );
}

/**
 * Marks what a task returns as to be sent by structured clone, as `postMessage` does, with a list of what is moved
 * instead of copied: buffers, ports, bitmaps, canvases, streams. The list may be empty, for values that need
 * structured clone but cannot be moved, such as a SharedArrayBuffer.
 *
 * The caller awaits such a value; `resultSync` on it is a `BlockingNotAllowedError`.
 *
 * ```js
 * // tasks.worker.js
 * import { serve, transfer } from 'concurrent-futures/worker';
 * serve({
 *   render(width, height) {
 *     const pixels = new Uint8ClampedArray(width * height * 4);
 *     return transfer(pixels, [pixels.buffer]);
 *   },
 * });
 *
 * // page.js
 * const worker = () => new Worker(new URL('./tasks.worker.js', import.meta.url), { type: 'module' });
 * const pool = new ProcessPoolExecutor({ worker });
 * const pixels = await pool.submit(tasksOf().render, 4, 2);
 * console.log(pixels.length);   // 32
 * await pool.shutdown();
 * ```
 *
 * @param value the task's value
 * @param list what of it is moved; an array
 * @throws TypeError where `list` is not an array
 */
export function transfer<T>(value: T, list: readonly Transferable[]): T {
  if (!Array.isArray(list))
    throw new TypeError(`transfer needs an array of what is to be moved, not ${typeof list}`);
  // The caller of the task gets the value itself, so that is what the types say.
  return new Transfer(value, list) as T;
}
