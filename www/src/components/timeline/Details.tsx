// The selected future with all that is known of it, or the numbers of the selected area.

import { duration } from '../../trace/duration.ts';
import { changes, trace } from '../../trace/feed.ts';
import { area, selected, shownMoment, toldMoment } from '../../trace/look.ts';
import { callOf, laneOf, WORDS } from '../../trace/sentence.ts';
import { statsOf } from '../../trace/stats.ts';
import { FAILED, type Trace } from '../../trace/trace.ts';

type Fact = readonly [name: string, value: string];

function aboutFuture(trace: Trace, future: number, now: number): Fact[] {
  const state = trace.stateAt(future, now);
  const text = state === trace.state.get(future) ? (trace.text[future] ?? '') : '';
  return [
    ['state', WORDS[state] || 'not submitted yet'],
    ['worker', trace.started.get(future) <= now ? laneOf(trace, future) : ''],
    ['waited', duration(Math.max(0, trace.waited(future, now)))],
    ['ran', duration(trace.ran(future, now))],
    [state === FAILED ? 'error' : 'result', text],
  ];
}

function aboutArea(trace: Trace, now: number): Fact[] {
  const marked = area.value;
  if (!marked) return [];
  const stats = statsOf(trace, marked, now);
  return [
    ['time', duration(marked.to - marked.from)],
    ['lanes', String(marked.lanes.length)],
    ['futures', stats.futures.toLocaleString('en')],
    ['failed', stats.failed > 0 ? String(stats.failed) : ''],
    ['busy', marked.lanes.length > 0 ? `${Math.round(stats.use * 100)} %` : ''],
    ['blocked', stats.blocked > 0 ? duration(stats.blocked) : ''],
    ['median', duration(stats.median)],
    ['longest', duration(stats.longest)],
  ];
}

export function Details() {
  changes.value;
  toldMoment.value;
  const known = trace.value;
  if (!known) return null;
  const future = selected.value;
  const marked = area.value !== undefined;
  if (future < 0 && !marked)
    return (
      <p class="details hint">
        Click a future to see it, drag over some to add them up. <kbd>?</kbd> shows the keys.
      </p>
    );
  const facts = marked
    ? aboutArea(known, shownMoment())
    : aboutFuture(known, future, shownMoment());
  return (
    <div class="details" data-testid="details">
      <strong>{marked ? 'Selected area' : callOf(known, future)}</strong>
      <dl>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
