// Carries events from user code to the page without ever flooding it.
//
// A burst goes out at once, one message for each event, so that a line is seen when it is printed, also just before
// the worker blocks. Beyond it, messages leave at most once a frame, with everything that has come up since. When a
// frame's message is full, `add` sleeps until the next frame: an endless loop that prints is slowed down, like a
// program that writes to a full pipe, and the page stays alive.

import type { RunEvent } from '../protocol.ts';

/** How many messages may leave faster than one a frame. */
const BURST = 100;
/** Milliseconds between messages once the burst is used up, and until one of the burst is free again. */
const FRAME = 16;
/** Events that fit into one message. */
const FULL = 500;

/** Stops this worker for a while. Where memory cannot be shared there is only one way. */
function sleep(milliseconds: number): void {
  if (typeof SharedArrayBuffer === 'function') {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
    return;
  }
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

export class Outbox {
  #send: (events: RunEvent[]) => void;
  #waiting: RunEvent[] = [];
  #burst = BURST;
  #last = performance.now();
  #timer = false;

  constructor(send: (events: RunEvent[]) => void) {
    this.#send = send;
  }

  /** Gives what follows to another receiver. */
  redirect(send: (events: RunEvent[]) => void): void {
    this.#send = send;
  }

  add(event: RunEvent): void {
    this.#waiting.push(event);
    this.#refill();
    if (this.#burst >= 1) {
      this.flush();
      return;
    }
    if (this.#waiting.length >= FULL) {
      sleep(FRAME - (performance.now() - this.#last));
      this.flush();
      return;
    }
    if (this.#timer) return;
    this.#timer = true;
    setTimeout(() => {
      this.#timer = false;
      this.flush();
    }, FRAME);
  }

  /** Sends what is waiting, now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const events = this.#waiting;
    this.#waiting = [];
    this.#refill();
    this.#burst = Math.max(0, this.#burst - 1);
    this.#send(events);
  }

  #refill(): void {
    const now = performance.now();
    this.#burst = Math.min(BURST, this.#burst + (now - this.#last) / FRAME);
    this.#last = now;
  }
}
