// What agents choose from, whether they await or block.

const COMMON = { value: 30, bytes: 6, later: 4, spin: 3, fail: 6, failLater: 3 };
const RARE = { overflow: 1, trap: 1, exit: 0.5, unsendable: 1 };

/** How a task waits for the calls that it makes: see `relay` in tasks.js. */
export const RELAYS = ['resultSync', 'waitSync', 'asCompleted', 'map', 'await'];

/** How many ids one step may use. */
export const IDS = 4096;

/** Everything that a step decides on; `agent` is the agent's number. */
export class Choices {
  #next;

  constructor(random, agent, step) {
    this.random = random;
    this.#next = agent * 2 ** 32 + step * IDS;
  }

  id() {
    return this.#next++;
  }

  ids(least, most) {
    return Array.from({ length: this.random.between(least, most) }, () => this.id());
  }

  /** A call of any form, on `by`; `moving` where values may be moved, which must be awaited. */
  call(by, moving) {
    const { random } = this;
    const form = random.weighted({ ...COMMON, ...RARE, ...(moving && { moved: 3 }) });
    const large = random.chance(0.03);
    return {
      id: this.id(),
      form,
      by,
      given: random.between(0, large ? 100_000 : 3000),
      size: random.between(0, large ? 100_000 : 3000),
      ms: random.between(0, form === 'spin' ? 3 : 12),
    };
  }
}
