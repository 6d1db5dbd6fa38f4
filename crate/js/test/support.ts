// What the tests of the face share.

import { vi } from 'vitest';

/** What `call` throws. */
export function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it should have thrown');
}

/** What the promise rejects with. */
export async function rejected(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it should have been rejected');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `no error: ${String(error)}`;
}

/** What `console.error` is called with while `body` runs, and for as long as the test asks. */
export async function reported(body: (reports: unknown[][]) => unknown): Promise<unknown[][]> {
  const reports: unknown[][] = [];
  const spy = vi.spyOn(console, 'error').mockImplementation((...args) => {
    reports.push(args);
  });
  try {
    await body(reports);
  } finally {
    spy.mockRestore();
  }
  return reports;
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** A promise, and what settles it. */
export function gate<T = void>(): {
  promise: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
} {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** One turn of the event loop, after all that is due. */
export const aTurn = () => new Promise<void>(resolve => setTimeout(resolve));

/** What a task may throw that looks like nothing. */
export const FALSY = [undefined, null, 0, -0, Number.NaN, '', false, 0n];
