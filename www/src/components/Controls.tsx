// Run, Stop, the state of the run in words, and what concerns the text: reset, and which editor.

import { useSignal } from '@preact/signals';
import { plainEditor } from '../editor/current.ts';
import { seconds } from '../format.ts';
import { busy, runState, stop, stopSteps } from '../run/run.ts';
import type { RunState } from '../run/state.ts';
import { edited, experiment, reset, run } from '../session.ts';
import { Elapsed } from './Elapsed.tsx';
import { GilSwitch } from './Gil.tsx';
import { PlayIcon, StopIcon } from './icons.tsx';
import { Network } from './Network.tsx';
import { Share } from './Share.tsx';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The state in one word for the style sheet and the tests. */
export function stateName(state: RunState): string {
  return state.is === 'idle' ? (state.end?.how ?? 'idle') : state.is;
}

function stateText(state: RunState): string {
  switch (state.is) {
    case 'starting':
      return 'Starting…';
    case 'running':
      return 'Running';
    case 'stopping':
      return 'Stopping…';
    case 'idle':
      if (!state.end) return 'Ready';
      if (state.end.how === 'failed') return `Failed after ${seconds(state.end.seconds)}`;
      if (state.end.how === 'stopped') return `Stopped after ${seconds(state.end.seconds)}`;
      return `Finished in ${seconds(state.end.seconds)}`;
  }
}

function Status() {
  const state = runState.value;
  return (
    <p class="status" data-state={stateName(state)}>
      <span class="dot" aria-hidden="true" />
      {/* Only the words are announced; the running clock beside them would never be quiet. */}
      <span role="status">{stateText(state)}</span>
      {state.is === 'running' && <Elapsed since={state.since} />}
    </p>
  );
}

/** What Stop does, step by step, in words. */
function StopSteps() {
  const state = runState.value;
  const stopped = state.is === 'idle' && state.end?.how === 'stopped';
  if (stopSteps.value.length === 0 || !(stopped || state.is === 'stopping')) return null;
  return (
    <div class="stop-steps" role="status">
      <ol>
        {stopSteps.value.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}

function Reset() {
  const asking = useSignal(false);
  if (!edited.value) return null;
  if (!asking.value)
    return (
      <button
        type="button"
        class="quiet"
        onClick={() => {
          asking.value = true;
        }}
      >
        Reset
      </button>
    );
  const answer = (yes: boolean) => () => {
    asking.value = false;
    if (yes) reset();
  };
  return (
    <fieldset class="ask">
      <legend class="visually-hidden">Reset the code</legend>
      <span>Throw your changes away?</span>
      <button
        type="button"
        class="quiet danger"
        ref={button => button?.focus()}
        onClick={answer(true)}
      >
        Throw away
      </button>
      <button type="button" class="quiet" onClick={answer(false)}>
        Keep
      </button>
    </fieldset>
  );
}

export function Controls() {
  const stopping = runState.value.is === 'stopping';
  return (
    <>
      <div class="controls">
        <button
          type="button"
          class="run"
          aria-disabled={busy.value}
          aria-keyshortcuts={isMac ? 'Meta+Enter' : 'Control+Enter'}
          onClick={() => void run()}
        >
          <PlayIcon />
          Run
          <kbd>{isMac ? '⌘↵' : 'Ctrl ↵'}</kbd>
        </button>
        <button type="button" class="stop" aria-disabled={!busy.value} onClick={() => void stop()}>
          <StopIcon />
          {stopping ? 'End now' : 'Stop'}
        </button>
        <GilSwitch />
        <Status />
        <StopSteps />
      </div>
      <div class="code-head">
        <h2>
          {experiment.value.title}
          {edited.value && <em>edited</em>}
        </h2>
        <Reset />
        <label class="check">
          <input
            type="checkbox"
            checked={plainEditor.value}
            onChange={event => {
              plainEditor.value = event.currentTarget.checked;
            }}
          />
          Plain editor
        </label>
        <Share />
      </div>
      <Network />
    </>
  );
}
