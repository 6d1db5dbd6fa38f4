// The network that the open experiment runs on, as the sliders stand. Each experiment keeps its own.

import { signal } from '@preact/signals';
import { recall, remember } from '../storage.ts';
import { decode, encode, type Network } from './network.ts';

/** What an experiment has that says nothing else. */
export const USUAL: Network = {
  latency: 0.4,
  jitter: 0.2,
  missing: 0,
  unavailable: 0,
  dropped: 0,
  seed: 1,
};

export const network = signal<Network>(USUAL);

/** The settings that were kept for an experiment; its own if there are none. */
export const networkOf = (id: string, own: Network = USUAL): Network =>
  decode(recall(`network.${id}`) ?? '') ?? own;

export function keepNetwork(id: string, own: Network = USUAL): void {
  const text = encode(network.value);
  remember(`network.${id}`, text === encode(own) ? undefined : text);
}
