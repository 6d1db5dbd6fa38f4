// What a pool, its results and its iterators share: the workers, the pool's state, and the inputs not yet used up.
//
//   running ──close──▶ closed ──terminate──▶ terminated        results of a terminated pool fail
//      └───────────────terminate────────────────▲
//
// The executor is shut down when the pool is closed and no input is left: until then more calls come from those.

import type { Future } from '../future.js';
import { errorOfPool } from './errors.js';
import type { Workers } from './workers.js';

/** An input that is sent bit by bit. */
export interface Feed {
  /** Sends all that is left. */
  finish(): void;
  /** The pool was terminated: nothing more is sent. */
  cut(error: Error): void;
}

export class Crew {
  readonly workers: Workers;
  #state: 'running' | 'closed' | 'terminated' = 'running';
  readonly #feeds = new Set<Feed>();
  #whenFed: (() => void)[] = [];

  constructor(workers: Workers) {
    this.workers = workers;
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  get terminated(): boolean {
    return this.#state === 'terminated';
  }

  /** Throws where no new work is taken. */
  check(): void {
    if (!this.running) throw new RangeError(`Pool not running: it is ${this.#state}`);
  }

  close(): void {
    if (!this.running) return;
    this.#state = 'closed';
    this.#shutDownIfFed();
  }

  terminate(): void {
    if (this.terminated) return;
    this.#state = 'terminated';
    for (const feed of [...this.#feeds]) feed.cut(this.workers.stopped());
    this.workers.stop();
  }

  async join(): Promise<void> {
    if (this.#feeds.size > 0)
      await new Promise<void>(resolve => {
        this.#whenFed.push(resolve);
      });
    await this.workers.shutdown();
  }

  joinSync(): void {
    // No turn of the event loop would come to do it.
    for (const feed of [...this.#feeds]) feed.finish();
    this.workers.shutdownSync();
  }

  begin(feed: Feed): void {
    this.#feeds.add(feed);
  }

  /** Nothing is left of that input. */
  end(feed: Feed): void {
    if (this.#feeds.delete(feed)) this.#shutDownIfFed();
  }

  /** The value of a call that is done; throws what it failed with. */
  read(future: Future<unknown>): unknown {
    try {
      return future.read();
    } catch (error) {
      if (this.terminated && future.cancelled()) throw this.workers.stopped();
      throw errorOfPool(error);
    }
  }

  #shutDownIfFed(): void {
    if (this.running || this.#feeds.size > 0) return;
    if (!this.terminated) void this.workers.shutdown({ wait: false });
    for (const tell of this.#whenFed.splice(0)) tell();
  }
}
