// The network of the experiments: how slow it is, and how often it fails. The page sets it by sliders, it travels in the
// addresses that user code fetches, and the service worker does what it says.
//
// What becomes of a request depends on its path and on the seed alone. So every variant of a program, and everybody in
// the class, has the same luck.

export interface Network {
  /** Seconds until an answer comes. */
  readonly latency: number;
  /** Up to so many seconds more. */
  readonly jitter: number;
  /** How many of a hundred requests get a 404 (Not Found). */
  readonly missing: number;
  /** How many get a 503 (Service Unavailable). */
  readonly unavailable: number;
  /** How many have their connection dropped. */
  readonly dropped: number;
  /** Another number is other luck. */
  readonly seed: number;
}

/** The order in which the numbers travel. */
const NAMES = ['latency', 'jitter', 'missing', 'unavailable', 'dropped', 'seed'] as const;

/** Browsers end a service worker that takes minutes for one answer. */
export const MOST: Network = {
  latency: 5,
  jitter: 5,
  missing: 100,
  unavailable: 100,
  dropped: 100,
  seed: 999,
};

/** The name of the query by which the service worker knows a request of an experiment. */
export const QUERY = 'net';
/** The name of the query by which the helpers of user code hear of the settings; they themselves come at once. */
export const SETTINGS = 'network';

/** `undefined` where the values are no network; values out of range are cut to it. */
export function toNetwork(values: Readonly<Record<string, unknown>>): Network | undefined {
  const entries = NAMES.map(name => {
    const value = values[name];
    return [
      name,
      typeof value === 'number' ? Math.min(Math.max(value, 0), MOST[name]) : Number.NaN,
    ];
  });
  return entries.some(([, value]) => Number.isNaN(value))
    ? undefined
    : (Object.fromEntries(entries) as Network);
}

export function encode(network: Network): string {
  return NAMES.map(name => network[name]).join('_');
}

export function decode(text: string): Network | undefined {
  const numbers = text.split('_').map(part => (part === '' ? Number.NaN : Number(part)));
  return toNetwork(Object.fromEntries(NAMES.map((name, i) => [name, numbers[i]])));
}

/** What becomes of one request. */
export interface Fate {
  /** Seconds until the answer. */
  readonly delay: number;
  readonly end: 'answered' | 'missing' | 'unavailable' | 'dropped';
}

/** A number from 0 to 1 that looks like chance, and is the same for the same text (FNV-1a, then mixed). */
function luck(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export function fateOf(network: Network, path: string): Fate {
  const delay = network.latency + network.jitter * luck(`${network.seed} delay ${path}`);
  let lot = luck(`${network.seed} end ${path}`) * 100;
  for (const end of ['missing', 'unavailable', 'dropped'] as const) {
    if (lot < network[end]) return { delay, end };
    lot -= network[end];
  }
  return { delay, end: 'answered' };
}
