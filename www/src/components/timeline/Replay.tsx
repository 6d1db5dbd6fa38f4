// The replay of a finished run: a slider over its time, and play at any speed. It shows the recorded events again; it
// does not run anything.

import { effect, signal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { duration } from '../../trace/duration.ts';
import { changes, live, trace } from '../../trace/feed.ts';
import { moment, playing, toldMoment } from '../../trace/look.ts';
import { PauseIcon, PlayIcon } from './icons.tsx';
import { bounds } from './spans.ts';
import { nice } from './view.ts';

/** Seconds that a replay takes when nobody has chosen a speed. */
const USUAL = 8;
const SPEEDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
] as const;
/** Milliseconds between steps for who asked for less motion. */
const CALM = 250;

/** Chosen by the person; `undefined` while the run's length chooses. */
const chosenSpeed = signal<number | undefined>(undefined);

const calm = matchMedia('(prefers-reduced-motion: reduce)');

effect(() => {
  trace.value;
  if (live.value) playing.value = false;
  chosenSpeed.value = undefined;
});

function speed(): number {
  const known = trace.value;
  if (chosenSpeed.value !== undefined || !known) return chosenSpeed.value ?? 1;
  const { from, to } = bounds();
  const wanted = nice((to - from) / 1000 / USUAL);
  return SPEEDS.find(each => each >= wanted * 0.99) ?? 100;
}

/** Plays from where the slider stands, from the beginning if that is the end; or pauses. */
export function togglePlay(): void {
  const known = trace.peek();
  if (!known || live.peek()) return;
  if (playing.peek()) {
    playing.value = false;
    return;
  }
  const { from, to } = bounds();
  moment.value ??= from;
  playing.value = true;
  let last = performance.now();
  let shown = last;
  let time = moment.peek() ?? from;
  let set: number | undefined = time;
  const step = (now: number) => {
    if (!playing.peek() || trace.peek() !== known) return;
    // Somebody may have moved the slider.
    if (moment.peek() !== set) time = moment.peek() ?? to;
    time += Math.max(0, now - last) * speed();
    last = now;
    if (time >= to) {
      playing.value = false;
      moment.value = undefined;
      return;
    }
    if (!calm.matches || now - shown >= CALM) {
      shown = now;
      moment.value = time;
      set = time;
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const speedText = (value: number) => (value < 1 ? `1/${Math.round(1 / value)}×` : `${value}×`);

export function Replay() {
  const slider = useRef<HTMLInputElement>(null);
  // Moved by hand, for it moves with each frame.
  useSignalEffect(() => {
    const time = moment.value;
    if (slider.current) slider.current.valueAsNumber = (time ?? bounds().to) - bounds().from;
  });
  changes.value;
  const known = trace.value;
  if (!known || live.value) return null;
  const { from, to } = bounds();
  const length = to - from;
  const at = (toldMoment.value ?? to) - from;
  const text = `${duration(at)} of ${duration(length)}`;
  return (
    <div class="replay">
      <button
        type="button"
        class="tool play"
        data-is={playing.value ? 'playing' : 'paused'}
        onClick={togglePlay}
      >
        {playing.value ? <PauseIcon /> : <PlayIcon />}
        {playing.value ? 'Pause' : 'Replay'}
      </button>
      <input
        ref={slider}
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={text}
        min={0}
        max={length}
        step={length / 2000}
        value={at}
        onInput={event => {
          const time = from + Number(event.currentTarget.value);
          moment.value = time >= to - length / 4000 ? undefined : time;
        }}
      />
      <output class="replay-time">{text}</output>
      <label class="speed">
        <span class="visually-hidden">Speed of the replay</span>
        <select
          value={String(speed())}
          onChange={event => {
            chosenSpeed.value = Number(event.currentTarget.value);
          }}
        >
          {SPEEDS.map(value => (
            <option key={value} value={String(value)}>
              {speedText(value)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
