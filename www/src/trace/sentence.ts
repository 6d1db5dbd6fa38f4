// A future in words, for tooltips and for who hears the page.

import { duration } from './duration.ts';
import { CANCELLED, DONE, FAILED, PENDING, RUNNING, type Trace, UNBORN } from './trace.ts';

/** Python's word for a state. */
export const WORDS: Readonly<Record<number, string>> = {
  [PENDING]: 'pending',
  [RUNNING]: 'running',
  [DONE]: 'finished',
  [FAILED]: 'finished',
  [CANCELLED]: 'cancelled',
  [UNBORN]: '',
};

/** A call as it was written: `isPrime(112272535095293)`. */
export const callOf = (trace: Trace, future: number): string =>
  trace.task[future]
    ? `${trace.task[future]}(${trace.args[future] ?? ''})`
    : `future ${trace.id[future]}`;

export const laneOf = (trace: Trace, future: number): string =>
  trace.lanes[trace.lane.get(future)]?.name ?? '';

/** All that is known of a future at a moment: state, worker, times, result. */
export function factsOf(trace: Trace, future: number, now: number): string[] {
  const state = trace.stateAt(future, now);
  const facts = [WORDS[state] || 'not submitted yet'];
  const lane = laneOf(trace, future);
  if (lane && trace.started.get(future) <= now) facts.push(`on ${lane}`);
  const [waited, ran] = [trace.waited(future, now), trace.ran(future, now)];
  if (!Number.isNaN(waited)) facts.push(`waited ${duration(Math.max(0, waited))}`);
  if (!Number.isNaN(ran)) facts.push(`ran ${duration(ran)}`);
  const text = trace.text[future];
  if (state === DONE && text) facts.push(`result ${text}`);
  if (state === FAILED && text) facts.push(`raised ${text}`);
  return facts;
}

export const sentenceOf = (trace: Trace, future: number, now: number): string =>
  `${callOf(trace, future)}: ${factsOf(trace, future, now).join(', ')}`;
