// `Queue`, `LifoQueue` and `PriorityQueue`: between the tasks of one event loop.

import { QueueEmpty, QueueFull, QueueShutDown } from './errors.js';
import { Future } from './future.js';
import { Event } from './locks.js';
import { coroutine, type Steps } from './steps.js';

/**
 * First in, first out.
 *
 * ```js
 * const queue = new Queue(2);
 * await queue.put('a');
 * queue.putNowait('b');
 * console.log(queue.qsize(), queue.full(), queue.empty());   // 2 true false
 * console.log(await queue.get(), queue.getNowait());   // a b
 * queue.taskDone();
 * queue.taskDone();
 * console.log(await queue.join());   // true
 * queue.shutdown();
 * ```
 */
export class Queue<T> {
  /** How many items it holds; 0, or less, is no limit. */
  readonly maxsize: number;
  readonly #getters = new Set<Future<void>>();
  readonly #putters = new Set<Future<void>>();
  readonly #finished = new Event();
  #unfinished = 0;
  #shutDown = false;
  #items: T[] = [];
  #first = 0;

  constructor(maxsize = 0) {
    if (typeof maxsize !== 'number')
      throw new TypeError(`maxsize must be a number, not ${String(maxsize)}`);
    this.maxsize = maxsize;
    this.#finished.set();
  }

  /** How many items there are. */
  qsize(): number {
    return this.#items.length - this.#first;
  }

  /** Whether there is none. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether there are `maxsize`. */
  full(): boolean {
    return this.maxsize > 0 && this.qsize() >= this.maxsize;
  }

  /** Puts an item in, and waits as long as the queue is full. Fails with QueueShutDown after `shutdown`. */
  put(item: T): Future<void> {
    return coroutine(() => this.#put(item));
  }

  /** Puts an item in, or throws QueueFull. */
  putNowait(item: T): void {
    if (this.#shutDown) throw new QueueShutDown('the queue was shut down');
    if (this.full()) throw new QueueFull(`the queue holds ${this.maxsize} items already`);
    this.pushItem(item);
    this.#unfinished++;
    this.#finished.clear();
    wakeNext(this.#getters);
  }

  /** Takes an item, and waits as long as there is none. Fails with QueueShutDown after `shutdown` when none is left. */
  get(): Future<T> {
    return coroutine(() => this.#get());
  }

  /** Takes an item, or throws QueueEmpty. */
  getNowait(): T {
    if (this.empty()) {
      if (this.#shutDown) throw new QueueShutDown('the queue was shut down');
      throw new QueueEmpty('the queue is empty');
    }
    const item = this.takeItem();
    wakeNext(this.#putters);
    return item;
  }

  /** The work on one item that was taken is done. Throws RangeError if there were not so many. */
  taskDone(): void {
    if (this.#unfinished <= 0) throw new RangeError('taskDone was called too many times');
    if (--this.#unfinished === 0) this.#finished.set();
  }

  /** Waits until the work on all items is done. */
  join(): Future<true> {
    return this.#finished.wait();
  }

  /**
   * Lets nobody put anything in any more, nor take, when it is empty: they get QueueShutDown.
   *
   * @param immediate empties it now, and counts what was in it as done
   */
  shutdown(immediate = false): void {
    this.#shutDown = true;
    if (immediate)
      while (!this.empty()) {
        this.takeItem();
        if (this.#unfinished > 0) this.taskDone();
      }
    for (const waiters of [this.#getters, this.#putters])
      for (const waiter of waiters) if (!waiter.done()) waiter.setResult();
  }

  /** @internal Adds an item. */
  protected pushItem(item: T): void {
    this.#items.push(item);
  }

  /** @internal Removes the next item. */
  protected takeItem(): T {
    const item = this.#items[this.#first] as T;
    this.#items[this.#first++] = undefined as T;
    // Now and then, so that it costs a constant share.
    if (this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  /** @internal The items, for other orders. */
  protected get items(): T[] {
    return this.#items;
  }

  *#put(item: T): Steps<void> {
    while (this.full() && !this.#shutDown) yield* waitIn(this.#putters, () => !this.full());
    this.putNowait(item);
  }

  *#get(): Steps<T> {
    while (this.empty() && !this.#shutDown) yield* waitIn(this.#getters, () => !this.empty());
    return this.getNowait();
  }
}

/**
 * Last in, first out.
 *
 * ```js
 * const queue = new LifoQueue();
 * for (const item of ['a', 'b']) queue.putNowait(item);
 * console.log(queue.getNowait(), await queue.get());   // b a
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  protected override takeItem(): T {
    return this.items.pop() as T;
  }
}

/** Whether `left` comes before `right`, for `PriorityQueue`. */
export type Before<T> = (left: T, right: T) => boolean;

/**
 * The smallest first. Arrays compare as Python's tuples: by the first items that differ.
 *
 * ```js
 * const queue = new PriorityQueue();
 * queue.putNowait([2, 'later']);
 * queue.putNowait([1, 'first']);
 * console.log(await queue.get());   // [1,"first"]
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  readonly #before: Before<T>;

  constructor(maxsize = 0, before: Before<T> = smaller) {
    super(maxsize);
    this.#before = before;
  }

  protected override pushItem(item: T): void {
    const heap = this.items;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, heap[parent] as T)) break;
      heap[at] = heap[parent] as T;
      at = parent;
    }
    heap[at] = item;
  }

  protected override takeItem(): T {
    const heap = this.items;
    const first = heap[0] as T;
    const last = heap.pop() as T;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1] as T, heap[child] as T)) child++;
      if (!this.#before(heap[child] as T, last)) break;
      heap[at] = heap[child] as T;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function smaller(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    const length = Math.min(left.length, right.length);
    for (let i = 0; i < length; i++) {
      if (smaller(left[i], right[i])) return true;
      if (smaller(right[i], left[i])) return false;
    }
    return left.length < right.length;
  }
  return (left as number) < (right as number);
}

function wakeNext(waiters: Set<Future<void>>): void {
  for (const waiter of waiters) {
    waiters.delete(waiter);
    if (waiter.done()) continue;
    waiter.setResult();
    return;
  }
}

/** Waits to be woken; who is woken and cannot use it wakes the next. */
function* waitIn(waiters: Set<Future<void>>, useful: () => boolean): Steps<void> {
  const waiter = new Future<void>();
  waiters.add(waiter);
  try {
    yield waiter;
  } catch (error) {
    waiters.delete(waiter);
    if (useful() && !waiter.cancelled()) wakeNext(waiters);
    throw error;
  }
}
