// Tasks that block as those of the course do: they sleep, and read web pages.

import { fetchSync, onBlocking, sleepSync } from '../../dist/worker.js';

/** What the hook saw, in the order in which it happened. */
export function sleepsSeen(seconds) {
  const seen = [];
  const stop = onBlocking(what => {
    seen.push(what);
    return () => seen.push('on');
  });
  const start = performance.now();
  sleepSync(seconds);
  const slept = performance.now() - start;
  stop();
  sleepSync(0);
  return [seen, slept >= 1000 * seconds];
}

export function refusals() {
  return [-1, Number.NaN, '1'].map(seconds => {
    try {
      sleepSync(seconds);
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
    return 'none';
  });
}

export function read(url) {
  const { ok, status, headers, ...rest } = fetchSync(new URL(url, import.meta.url));
  void rest;
  return [ok, status, headers.get('content-type')];
}

export function readText(url) {
  const response = fetchSync(new URL(url, import.meta.url));
  return [response.text(), response.bytes().length, response.url];
}

export function readLate(url) {
  return fetchSync(url, { timeout: 0.2 }).status;
}
