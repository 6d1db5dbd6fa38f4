// Blocking calls for tasks: Python's `time.sleep`, and a web page read in one line. They stop their worker and nobody else.

import { announce, type BlockingHook, hooks } from './blocking-hooks.js';
import { BlockingNotAllowedError, TimeoutError } from './errors.js';
import { currentRealm, isWorker } from './realm.js';

export type { BlockingHook };

/**
 * Has `hook` called whenever this agent is about to block: in `sleepSync` and `fetchSync`, in waits for futures, locks and
 * the like, and in what `blocking` runs; and what it returns when the agent goes on: for tracing, or to let others run
 * meanwhile. Gives what takes that back.
 *
 * ```js
 * import { onBlocking, sleepSync } from 'concurrent-futures/worker';
 * const seen = [];
 * const stop = onBlocking(what => {
 *   seen.push(what);
 *   return () => seen.push('on');
 * });
 * sleepSync(0.01);
 * stop();
 * console.log(seen.join());   // sleepSync,on
 * ```
 */
export function onBlocking(hook: BlockingHook): () => void {
  if (typeof hook !== 'function')
    throw new TypeError(`onBlocking needs a function, not ${String(hook)}`);
  hooks.add(hook);
  return () => {
    hooks.delete(hook);
  };
}

/**
 * Python's `time.sleep`: stops this worker for so many seconds, and nobody else. On a page, and for a task that is to do
 * something else meanwhile, await `sleep` of 'concurrent-futures/asyncio' instead.
 *
 * ```js
 * import { sleepSync } from 'concurrent-futures/worker';
 * const start = performance.now();
 * sleepSync(0.05);
 * console.log(performance.now() - start >= 50);   // true
 * ```
 *
 * @param seconds not negative
 * @throws TypeError, RangeError for what is no such number; BlockingNotAllowedError on a page
 */
export function sleepSync(seconds: number): void {
  if (typeof seconds !== 'number')
    throw new TypeError(`sleepSync needs a number of seconds, not ${String(seconds)}`);
  if (!(seconds >= 0)) throw new RangeError(`sleep length must be non-negative, not ${seconds}`);
  inWorkerOnly("sleepSync: await sleep() of 'concurrent-futures/asyncio' instead");
  blocked('sleepSync', () => {
    const end = performance.now() + seconds * 1000;
    // Time-outs are whole microseconds in some engines, so it may wake a little early.
    for (let left = end - performance.now(); left > 0; left = end - performance.now())
      Atomics.wait(nobody(), 0, 0, left);
  });
}

/** What `fetchSync` sends. */
export interface FetchSyncOptions {
  /** 'GET' if not given. */
  readonly method?: string | undefined;
  /** Its headers; none of its own if not given. */
  readonly headers?: HeadersInit | undefined;
  /** What is sent along; nothing if not given. */
  readonly body?: string | Blob | BufferSource | FormData | URLSearchParams | null | undefined;
  /** Seconds until it gives up; without end if not given. */
  readonly timeout?: number | undefined;
}

/**
 * What came: as the `Response` of `fetch`, but all of it is here.
 *
 * ```js
 * import { fetchSync } from 'concurrent-futures/worker';
 * const page = fetchSync('data:application/json,{"n":1}');
 * console.log(page.ok, page.status, page.json().n);   // true 200 1
 * console.log(page.text(), page.bytes().length);   // {"n":1} 7
 * ```
 */
export class SyncResponse {
  /** The status, such as 200 or 404. */
  readonly status: number;
  /** What the server said to it in words, if it did. */
  readonly statusText: string;
  /** The address that answered, after all redirects. */
  readonly url: string;
  /** The headers of the answer. */
  readonly headers: Headers;
  readonly #content: ArrayBuffer;

  /** @internal */
  constructor(request: XMLHttpRequest) {
    this.status = request.status;
    this.statusText = request.statusText;
    this.url = request.responseURL;
    this.headers = headersOf(request.getAllResponseHeaders());
    this.#content = request.response as ArrayBuffer;
  }

  /** Whether the status is from 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The content as text, from UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.#content);
  }

  /** The content, parsed as JSON. Throws SyntaxError where it is none. */
  json(): unknown {
    return JSON.parse(this.text());
  }

  /** The content as bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#content);
  }
}

/**
 * Reads a web page, and blocks this worker until all of it is here: Python's `urllib.request.urlopen(url).read()`. As with
 * `fetch`, an answer such as 404 is no error: look at `ok` or `status`.
 *
 * ```js
 * import { fetchSync } from 'concurrent-futures/worker';
 * const page = fetchSync('data:text/plain,hello');
 * console.log(page.ok, page.text());   // true hello
 * ```
 *
 * @param url absolute, or relative to the worker's own address
 * @throws TypeError where nothing came, as `fetch`; TimeoutError; BlockingNotAllowedError on a page
 */
export function fetchSync(url: string | URL, options: FetchSyncOptions = {}): SyncResponse {
  const { method = 'GET', headers, body = null, timeout } = options;
  if (timeout !== undefined && !(timeout > 0))
    throw new RangeError(`timeout must be more than 0 seconds, not ${String(timeout)}`);
  inWorkerOnly('fetchSync: await fetch() instead');
  return blocked('fetchSync', () => {
    const request = new XMLHttpRequest();
    request.open(method, url, false);
    request.responseType = 'arraybuffer';
    if (timeout !== undefined) request.timeout = Math.ceil(timeout * 1000);
    for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
    try {
      request.send(body);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError')
        throw new TimeoutError(`${url} did not answer within ${timeout} s`);
      throw new TypeError(`${url} could not be read: ${String(error)}`, { cause: error });
    }
    return new SyncResponse(request);
  });
}

function inWorkerOnly(what: string): void {
  if (!isWorker()) throw new BlockingNotAllowedError(`a page must not block in ${what}`);
}

/**
 * Runs `step`, which stops this worker in a way of its own, such as `Atomics.wait`: hooks are told, and a trace shows the
 * worker as blocked on `what` meanwhile. Gives what `step` gives.
 *
 * ```js
 * import { blocking } from 'concurrent-futures/worker';
 * const word = new Int32Array(new SharedArrayBuffer(4));
 * console.log(blocking('my word', () => Atomics.wait(word, 0, 0, 10)));   // timed-out
 * ```
 *
 * @throws TypeError where `what` is no string, or `step` no function; and what `step` throws
 */
export function blocking<R>(what: string, step: () => R): R {
  if (typeof what !== 'string') throw new TypeError(`blocking needs a string, not ${String(what)}`);
  if (typeof step !== 'function')
    throw new TypeError(`blocking needs a function, not ${String(step)}`);
  return blocked(what, step);
}

function blocked<R>(what: string, step: () => R): R {
  const resume = announce(what);
  const agent = currentRealm()?.agent;
  const traced = agent?.inside(() => agent.traceBlocked(what));
  try {
    return step();
  } finally {
    if (traced === true) agent?.inside(() => agent.traceUnblocked());
    resume();
  }
}

let word: Int32Array | undefined;

/** A word that nobody wakes. Without isolation a memory may be shared, though with nobody. */
function nobody(): Int32Array {
  word ??= new Int32Array(
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
    0,
    1,
  );
  return word;
}

function headersOf(lines: string): Headers {
  const headers = new Headers();
  for (const line of lines.split('\r\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return headers;
}
