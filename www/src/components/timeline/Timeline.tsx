// The timeline: what the executors of the run did, recorded as it happened. A canvas for the eye, and the same futures
// as a list box for keyboard and screen reader.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { changes, live, trace } from '../../trace/feed.ts';
import { area, hovered, selected, shownMoment } from '../../trace/look.ts';
import { Details } from './Details.tsx';
import { Export } from './Export.tsx';
import { Help } from './Help.tsx';
import { type Action, actionOf } from './keys.ts';
import { Legend } from './Legend.tsx';
import { Picture } from './picture.ts';
import { Pointer } from './pointer.ts';
import { Replay, togglePlay } from './Replay.tsx';
import { Slices, sliceId } from './Slices.tsx';
import { acrossLanes, alongLane, firstFuture } from './steering.ts';
import { Tip } from './Tip.tsx';
import { WideButton } from './wide.tsx';

/** What screen readers hear instead of the picture. */
function Summary() {
  changes.value;
  const known = trace.value;
  if (!known) return null;
  const names = known.executors.map(
    ({ name, lanes, futures }) => `${name} with ${lanes.length} lanes and ${futures} futures`,
  );
  return <>{live.value ? 'Timeline of the running program.' : `Timeline: ${names.join('; ')}.`}</>;
}

export function Timeline() {
  const id = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const picture = useRef<Picture>(undefined);
  const height = useSignal(180);
  const help = useSignal(false);

  useEffect(() => {
    const [drawn, scroller, ground] = [canvas.current, list.current, surface.current];
    if (!drawn || !scroller || !ground) return;
    const made = new Picture(drawn, scroller);
    made.onHeight = wanted => {
      height.value = wanted;
    };
    const pointer = new Pointer(ground, made);
    picture.current = made;
    return () => {
      pointer.close();
      made.close();
    };
  }, []);

  const choose = (future: number) => {
    if (future < 0) return;
    selected.value = future;
    picture.current?.reveal(future);
  };

  /** What is shown when the keys ask for a focus: the selection first, then everything. */
  const focus = () => {
    const [known, shown] = [trace.peek(), picture.current];
    if (!known || !shown) return;
    const future = selected.peek();
    const marked = area.peek();
    const start = known.started.get(future);
    const span = marked ?? {
      from: start,
      to: start + Math.max(0.02, known.ran(future, shownMoment())),
    };
    const { from, to } = shown.view;
    const width = (span.to - span.from) * 1.3;
    const already = Math.abs(to - from - width) < width * 0.01 && from < span.from && to > span.to;
    if (Number.isNaN(span.from) || already) shown.fit();
    else shown.focus(span.from, span.to);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const [known, shown] = [trace.peek(), picture.current];
    const action = actionOf(event);
    if (!known || !shown || !action) return;
    const future = selected.peek();
    const step = (next: (future: number) => number) =>
      choose(future < 0 ? firstFuture(known, shown.rows) : next(future));
    const end = (place: 0 | -1) =>
      step(from => {
        const slices = known.lanes[known.lane.get(from)]?.slices;
        return slices ? slices.get(place === 0 ? 0 : slices.length - 1) : from;
      });
    const deeds: Record<Action, () => void> = {
      'zoom-in': () => shown.zoom(1.5),
      'zoom-out': () => shown.zoom(1 / 1.5),
      earlier: () => shown.pan(-0.2),
      later: () => shown.pan(0.2),
      next: () => step(from => alongLane(known, from, 1)),
      previous: () => step(from => alongLane(known, from, -1)),
      up: () => step(from => acrossLanes(known, shown.rows, from, -1)),
      down: () => step(from => acrossLanes(known, shown.rows, from, 1)),
      first: () => end(0),
      last: () => end(-1),
      focus,
      play: togglePlay,
      clear: () => {
        selected.value = -1;
        hovered.value = -1;
        area.value = undefined;
      },
      help: () => {
        help.value = true;
      },
    };
    deeds[action]();
    event.preventDefault();
  };

  return (
    <section class="timeline" aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h3 id={`${id}-title`}>Timeline</h3>
        <div class="tools">
          <button
            type="button"
            class="tool"
            title="Zoom out (S)"
            onClick={() => picture.current?.zoom(1 / 1.5)}
          >
            <span aria-hidden="true">−</span>
            <span class="visually-hidden">Zoom out</span>
          </button>
          <button
            type="button"
            class="tool"
            title="Zoom in (W)"
            onClick={() => picture.current?.zoom(1.5)}
          >
            <span aria-hidden="true">+</span>
            <span class="visually-hidden">Zoom in</span>
          </button>
          <button type="button" class="tool" onClick={() => picture.current?.fit()}>
            Fit
          </button>
          <button
            type="button"
            class="tool"
            title="Keys and gestures (?)"
            onClick={() => {
              help.value = true;
            }}
          >
            <span aria-hidden="true">?</span>
            <span class="visually-hidden">Keys and gestures</span>
          </button>
          <WideButton />
        </div>
      </div>
      <Legend />
      <div class="timeline-picture" ref={surface} style={{ '--rows': `${height.value}px` }}>
        <canvas ref={canvas} role="img" aria-labelledby={`${id}-summary`} />
        <p class="visually-hidden" id={`${id}-summary`}>
          <Summary />
        </p>
        <div
          ref={list}
          class="timeline-list"
          role="listbox"
          tabIndex={0}
          aria-label="Futures on the lanes"
          aria-describedby={`${id}-summary`}
          aria-activedescendant={selected.value >= 0 ? sliceId(selected.value) : undefined}
          onKeyDown={onKeyDown}
        >
          <div class="timeline-height" aria-hidden="true" />
          <Slices />
        </div>
        <Tip />
      </div>
      <Replay />
      <div class="timeline-foot">
        <Details />
        <Export picture={() => picture.current} />
      </div>
      <Help open={help} />
    </section>
  );
}
