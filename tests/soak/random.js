// Decisions that can be made again: each step of each agent has a generator of its own, made from the run's seed, the
// agent's name and the step's number. What other agents do meanwhile, and how calls end, has no part in it.

/** A well mixed 32-bit hash of text: FNV-1a, then the finisher of MurmurHash3. */
function hash(text) {
  let h = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x0100_0193);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Mulberry32: one 32-bit word of state, good enough for choices. */
export class Random {
  #state;

  constructor(seed, agent, step) {
    this.#state = hash(`${seed} ${agent} ${step}`);
  }

  /** At least 0 and below 1. */
  number() {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least, most) {
    return least + Math.floor(this.number() * (most - least + 1));
  }

  chance(share) {
    return this.number() < share;
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /** A key of `weights`, each as often as its weight says. */
  weighted(weights) {
    let left = this.number() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const [key, weight] of Object.entries(weights)) {
      left -= weight;
      if (left < 0) return key;
    }
    return Object.keys(weights).at(-1);
  }
}
