// The replay of a finished run: a slider over its time, and play at any speed. It shows the recorded events again; it
// does not run anything.

import { effect, signal, useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { duration } from '../../trace/duration.ts';
import { live, trace } from '../../trace/feed.ts';
import { moment } from '../../trace/look.ts';
import { PauseIcon, PlayIcon } from './icons.tsx';
import { nice } from './view.ts';

/** Seconds that a replay takes when nobody has chosen a speed. */
const USUAL = 8;
const SPEEDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
] as const;
/** Milliseconds between steps for who asked for less motion. */
const CALM = 250;

const playing = signal(false);
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
  const wanted = nice((known.last - known.first) / 1000 / USUAL);
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
  if (moment.peek() === undefined) moment.value = known.first;
  playing.value = true;
  let last = performance.now();
  let shown = last;
  let time = moment.peek() ?? 0;
  const step = (now: number) => {
    if (!playing.peek() || trace.peek() !== known) return;
    // Somebody moved the slider.
    if (now !== last && Math.abs((moment.peek() ?? time) - time) > 1e-6 && !calm.matches)
      time = moment.peek() ?? time;
    time += Math.max(0, now - last) * speed();
    last = now;
    if (time >= known.last) {
      playing.value = false;
      moment.value = undefined;
      return;
    }
    if (!calm.matches || now - shown >= CALM) {
      shown = now;
      moment.value = time;
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const speedText = (value: number) => (value < 1 ? `1/${Math.round(1 / value)}×` : `${value}×`);

export function Replay() {
  const slider = useRef<HTMLInputElement>(null);
  const known = trace.value;
  const at = useComputed(() => moment.value ?? trace.value?.last ?? 0);
  if (!known || live.value || Number.isNaN(known.first)) return null;
  const length = Math.max(0.001, known.last - known.first);
  const text = `${duration(at.value - known.first)} of ${duration(length)}`;
  return (
    <div class="replay">
      <button type="button" class="tool play" onClick={togglePlay}>
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
        value={at.value - known.first}
        onInput={event => {
          const time = known.first + Number(event.currentTarget.value);
          moment.value = time >= known.last - length / 4000 ? undefined : time;
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
