// `Queue`, `LifoQueue` and `PriorityQueue`.

import type { Address } from '../abi.js';
import { Empty, Full } from './errors.js';
import { passed, passSync, type Timeout } from './gate.js';
import { Existing, Handle, LIFO_QUEUE, lost, NOT_YET, PRIORITY_QUEUE, QUEUE } from './handle.js';
import { rankOf } from './priority.js';
import { checkCount } from './semaphore.js';

const RESERVE = 0;
const TASK_DONE = 1;
const FINISHED = 2;
const SHUT_DOWN = 3;
const SIZE = 4;
const FULL = 5;

/** `cf_queue_get`: another agent is in the middle of a `get`. */
const BUSY = -6;

/** Where one waits: for items, for space, for the end of all tasks. */
const ITEMS = 0;
const SPACE = 1;
const ALL_DONE = 2;

/** How often a page looks again before it takes a queue, at which others are busy, for empty. */
const LOOKS = 10_000;

interface Got<T> {
  readonly item: T;
}

/** An encoded item that waits for its place. */
interface Parcel {
  readonly block: Address;
  readonly length: number;
  readonly key: Address;
  readonly keyLength: number;
}

/**
 * What all queues have.
 *
 * ```js
 * await ready();
 * const queue = new Queue(2);
 * await queue.put('a');
 * queue.putNowait('b');
 * console.log(queue.qsize(), queue.full(), queue.empty());   // 2 true false
 * console.log(await queue.get({ timeout: 10 }), queue.getNowait());   // a b
 * queue.taskDone();
 * queue.taskDone();
 * await queue.join();
 * ```
 *
 * In workers:
 *
 * ```js
 * await ready();
 * const queue = new Queue();
 * const ask = queue => {
 *   queue.putSync(21, 10);
 *   queue.joinSync();
 *   return 'answered';
 * };
 * const double = queue => {
 *   const item = queue.getSync(10);
 *   queue.taskDone();
 *   return item * 2;
 * };
 * const [asked, answer] = [executor.submit(ask, queue), executor.submit(double, queue)];
 * console.log(await asked, await answer);   // answered 42
 * queue.shutdown();
 * ```
 */
abstract class AnyQueue<T> extends Handle {
  /** The most items that fit; 0 where there is no limit. */
  readonly maxsize: number;
  override readonly more: number;

  /** @internal */
  constructor(kind: number, maxsize: number | Existing) {
    // As in Python, a negative size is none.
    const size =
      maxsize instanceof Existing ? maxsize : checkCount('maxsize', maxsize, -0x8000_0000);
    super(kind, typeof size === 'number' ? Math.max(0, size) : size);
    this.more = this.maxsize = typeof size === 'number' ? Math.max(0, size) : Number(size.more);
  }

  /**
   * Puts `item` in; where the queue is full, waits until there is space.
   *
   * @param options `timeout` in seconds; none waits without end, 0 only tries
   * @throws Full when the time is over first; ShutDown; DataCloneError where the item cannot cross
   */
  async put(item: T, options: Timeout = {}): Promise<void> {
    const { agent } = this;
    const parcel = this.#pack(item);
    await this.#orUnpack(parcel, () =>
      passed(agent, this.gate(SPACE), this, options.timeout, () => this.#send(parcel)),
    );
  }

  /** The blocking form of `put`, for workers, with a `timeout` in seconds. */
  putSync(item: T, timeout?: number): void {
    const parcel = this.#pack(item);
    let put: true | undefined;
    try {
      put = passSync(this.agent, this.gate(SPACE), timeout, this.kind, () => this.#send(parcel));
    } finally {
      if (put === undefined) this.#unpack(parcel);
    }
    if (put === undefined) throw new Full();
  }

  /** Puts `item` in if there is space; throws Full or ShutDown otherwise. */
  putNowait(item: T): void {
    this.putSync(item, 0);
  }

  /**
   * Takes the next item out, and waits for one where there is none.
   *
   * @throws Empty when the time is over first; ShutDown where there will be none
   */
  async get(options: Timeout = {}): Promise<T> {
    if (options.timeout === 0) return this.getNowait();
    const got = await passed(this.agent, this.gate(ITEMS), this, options.timeout, this.#take);
    if (got === undefined) throw new Empty();
    return got.item;
  }

  /** The blocking form of `get`, for workers, with a `timeout` in seconds. */
  getSync(timeout?: number): T {
    if (timeout === 0) return this.getNowait();
    const got = passSync(this.agent, this.gate(ITEMS), timeout, this.kind, this.#take);
    if (got === undefined) throw new Empty();
    return got.item;
  }

  /** Takes the next item out if there is one; throws Empty or ShutDown otherwise. */
  getNowait(): T {
    const { agent } = this;
    for (let look = 0; look < LOOKS; look++) {
      const got = agent.inside(() => this.#take() ?? (this.#busy ? BUSY : undefined));
      if (got !== BUSY && got !== undefined) return got.item;
      if (got === undefined) break;
      // It is a few instructions, unless the other one was put to sleep in the middle of them.
      if (agent.mayBlock)
        Atomics.wait(
          agent.words,
          agent.scratch / 4,
          Atomics.load(agent.words, agent.scratch / 4),
          1,
        );
    }
    if (agent.dead !== undefined) throw lost(agent);
    throw new Empty();
  }

  /** Says that one item that was taken out is dealt with; a RangeError where that is said more often than items came. */
  taskDone(): void {
    this.ask(TASK_DONE);
  }

  /** Waits until every item that was put in is dealt with. */
  async join(): Promise<void> {
    await passed(this.agent, this.gate(ALL_DONE), this, undefined, this.#finished);
  }

  /** The blocking form of `join`, for workers. */
  joinSync(): void {
    passSync(this.agent, this.gate(ALL_DONE), undefined, this.kind, this.#finished);
  }

  /**
   * From now on `put` throws ShutDown, and `get` does once the queue is empty; with `immediate` at once: what is in is
   * dropped, and counts as dealt with.
   */
  shutdown(options: { readonly immediate?: boolean | undefined } = {}): void {
    this.ask(SHUT_DOWN, options.immediate === true ? 1 : 0);
  }

  /** How many items are in. */
  qsize(): number {
    return this.ask(SIZE);
  }

  /** Whether there are none. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether there is no space; never, where there is no limit. */
  full(): boolean {
    return this.ask(FULL) === 1;
  }

  /** @internal By which bytes the item is ordered. */
  protected rank(_item: T): Uint8Array | undefined {
    return undefined;
  }

  protected override tooOften(): string {
    return 'taskDone() called too many times';
  }

  /** Whether the last `#take` found another agent at it. */
  #busy = false;

  readonly #take = (): Got<T> | undefined => {
    const { agent } = this;
    const { core, scratch } = agent;
    const answer = core.cf_queue_get(this.address, scratch);
    this.#busy = answer === BUSY;
    if (this.#busy || this.checked(answer) === NOT_YET) return undefined;
    const { words } = agent;
    const [block = 0, length = 0] = [words[scratch / 4], words[scratch / 4 + 1]];
    try {
      return { item: agent.decode(block, length) as T };
    } finally {
      core.cf_free(block, length);
    }
  };

  readonly #finished = () => (this.step(FINISHED) === NOT_YET ? undefined : true);

  #pack(item: T): Parcel {
    const { agent } = this;
    const rank = this.rank(item);
    const length = agent.prepare(item, 'item');
    const parcel = agent.inside((): Parcel => {
      const block = agent.place(length);
      if (rank === undefined) return { block, length, key: 0, keyLength: 0 };
      const key = agent.allocateMessage(rank.length);
      agent.bytes.set(rank, key);
      return { block, length, key, keyLength: rank.length };
    });
    if (parcel === undefined) throw lost(agent);
    return parcel;
  }

  #send({ block, length, key, keyLength }: Parcel): true | undefined {
    if (this.step(RESERVE) === NOT_YET) return undefined;
    this.agent.core.cf_queue_put(this.address, block, length, key, keyLength);
    return true;
  }

  async #orUnpack(parcel: Parcel, send: () => Promise<true | undefined>): Promise<void> {
    let put: true | undefined;
    try {
      put = await send();
    } finally {
      if (put === undefined) this.#unpack(parcel);
    }
    if (put === undefined) throw new Full();
  }

  #unpack({ block, length, key, keyLength }: Parcel): void {
    const { agent } = this;
    if (agent.dead !== undefined) return;
    agent.inside(() => {
      agent.core.cf_free(block, length);
      if (key !== 0) agent.core.cf_free(key, keyLength);
    });
  }
}

/**
 * Python's `queue.Queue`: first in, first out. Items cross as arguments of tasks do.
 *
 * ```js
 * await ready();
 * const queue = new Queue(10);
 * await executor.submit(queue => { for (const n of [1, 2]) queue.putSync(n); }, queue);
 * console.log(await queue.get(), await queue.get());   // 1 2
 * ```
 */
export class Queue<T = unknown> extends AnyQueue<T> {
  /** @param maxsize the most items that fit; 0 for no limit */
  constructor(maxsize: number | Existing = 0) {
    super(QUEUE, maxsize);
  }
}

/**
 * Python's `queue.LifoQueue`: last in, first out.
 *
 * ```js
 * await ready();
 * const queue = new LifoQueue();
 * for (const n of [1, 2]) await queue.put(n);
 * console.log(await queue.get(), await queue.get());   // 2 1
 * ```
 */
export class LifoQueue<T = unknown> extends AnyQueue<T> {
  /** @param maxsize the most items that fit; 0 for no limit */
  constructor(maxsize: number | Existing = 0) {
    super(LIFO_QUEUE, maxsize);
  }
}

/**
 * Python's `queue.PriorityQueue`: the smallest first. Items are numbers, strings, or arrays that begin with such,
 * `[priority, item]`; of equal ones the older goes first.
 *
 * ```js
 * await ready();
 * const queue = new PriorityQueue();
 * for (const item of [[2, 'later'], [1, 'first']]) await queue.put(item);
 * console.log(await queue.get());   // [1,"first"]
 * ```
 */
export class PriorityQueue<T = unknown> extends AnyQueue<T> {
  /** @param maxsize the most items that fit; 0 for no limit */
  constructor(maxsize: number | Existing = 0) {
    super(PRIORITY_QUEUE, maxsize);
  }

  protected override rank(item: T): Uint8Array {
    return rankOf(item);
  }
}
