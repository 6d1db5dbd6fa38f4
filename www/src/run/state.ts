// The run as a state machine. Every way through it ends in `idle`, which keeps how the last run ended.
//
//   idle ──run──▶ starting ──started──▶ running ──finished | failed──▶ idle
//                    │ │                   │
//                    │ └──stop─────────────┴──stop──▶ stopping ──stopped──▶ idle
//                    └──failed──▶ idle

import type { Failure } from '../protocol.ts';

/** How a run ended. */
export type RunEnd =
  | { how: 'finished'; seconds: number }
  | { how: 'stopped'; seconds: number }
  | { how: 'failed'; seconds: number; failure: Failure };

/** `since` is on the clock of `performance.now()`. */
export type RunState =
  | { is: 'idle'; end?: RunEnd }
  | { is: 'starting'; since: number }
  | { is: 'running'; since: number }
  | { is: 'stopping'; since: number };

export type RunSignal =
  | { signal: 'run' }
  | { signal: 'started' }
  | { signal: 'finished' }
  | { signal: 'failed'; failure: Failure }
  | { signal: 'stop' }
  | { signal: 'stopped' };

/** The state after a signal. One that does not belong to the state, such as news from a run that was stopped, changes nothing. */
export function next(state: RunState, signal: RunSignal, now: number): RunState {
  const seconds = state.is === 'idle' ? 0 : (now - state.since) / 1000;
  switch (state.is) {
    case 'idle':
      return signal.signal === 'run' ? { is: 'starting', since: now } : state;
    case 'starting':
      if (signal.signal === 'started') return { is: 'running', since: now };
      if (signal.signal === 'stop') return { is: 'stopping', since: state.since };
      if (signal.signal === 'failed')
        return { is: 'idle', end: { how: 'failed', seconds, failure: signal.failure } };
      return state;
    case 'running':
      if (signal.signal === 'stop') return { is: 'stopping', since: state.since };
      if (signal.signal === 'finished') return { is: 'idle', end: { how: 'finished', seconds } };
      if (signal.signal === 'failed')
        return { is: 'idle', end: { how: 'failed', seconds, failure: signal.failure } };
      return state;
    case 'stopping':
      return signal.signal === 'stopped' ? { is: 'idle', end: { how: 'stopped', seconds } } : state;
  }
}
