// The network of the experiments: the same luck for everybody, as often as the sliders say.

import { expect, test } from 'vitest';
import { decode, encode, fateOf, type Network } from './network.ts';

const CALM: Network = { latency: 1, jitter: 0, missing: 0, unavailable: 0, dropped: 0, seed: 1 };

test('settings travel in an address and come back', () => {
  const network = { ...CALM, latency: 0.25, dropped: 12 };
  expect(decode(encode(network))).toEqual(network);
});

test.each(['', '1_2', 'a_b_c_d_e_f', '1__1_1_1_1'])('%j is no network', text => {
  expect(decode(text)).toBeUndefined();
});

test('settings out of range are cut', () => {
  expect(decode('9999_-1_500_0_0_1')).toMatchObject({ latency: 5, jitter: 0, missing: 100 });
});

test('a calm network answers everything after its latency', () => {
  expect(fateOf(CALM, 'flags/fr.svg')).toEqual({ delay: 1, end: 'answered' });
});

test('the same request has the same fate, another seed another one', () => {
  const rough = { ...CALM, jitter: 1, missing: 30, dropped: 30 };
  const fates = (seed: number) =>
    Array.from({ length: 50 }, (_, i) => fateOf({ ...rough, seed }, `flags/${i}.svg`));
  expect(fates(1)).toEqual(fates(1));
  expect(fates(1)).not.toEqual(fates(2));
});

test('faults are as frequent as the settings say, and jitter stays in its bounds', () => {
  const rough = { ...CALM, jitter: 0.5, missing: 10, unavailable: 20, dropped: 30 };
  const fates = Array.from({ length: 5000 }, (_, i) => fateOf(rough, `pages/${i}.html`));
  const share = (end: string) => fates.filter(fate => fate.end === end).length / 50;
  expect(Math.abs(share('missing') - 10)).toBeLessThan(2);
  expect(Math.abs(share('unavailable') - 20)).toBeLessThan(2.5);
  expect(Math.abs(share('dropped') - 30)).toBeLessThan(2.5);
  expect(fates.every(({ delay }) => delay >= 1 && delay <= 1.5)).toBe(true);
});
