// The switch of the GIL, and what is said beside results that came under it.

import { gil, gilOfRun } from '../gil/program.ts';
import { busy } from '../run/run.ts';

export function GilSwitch() {
  return (
    <label
      class="gil"
      title="Threads take turns under one lock, as in CPython. Processes and coroutines do not."
    >
      <input
        type="checkbox"
        role="switch"
        checked={gil.value}
        aria-checked={gil.value}
        aria-describedby="gil-words"
        onChange={event => {
          gil.value = event.currentTarget.checked;
        }}
      />
      <span class="gil-track" aria-hidden="true" />
      GIL
      <span class="visually-hidden" id="gil-words">
        {busy.value
          ? 'Holds from the next run on.'
          : 'Threads take turns under one lock, as in CPython. Processes and coroutines do not.'}
      </span>
    </label>
  );
}

/** Under which lock the results came, if under any. */
export function GilNote() {
  if (gilOfRun.value === 'off') return null;
  return (
    <p class="gil-note">
      {gilOfRun.value === 'unreadable' ? (
        <>
          <strong>Without the GIL:</strong> the program could not be read, so there was no place to
          put the lock in.
        </>
      ) : (
        <>
          <strong>The GIL was on:</strong> threads took turns, 5 ms each, and let go of the lock
          while they slept or fetched. The lock is ours, the times are real. main(), processes and
          coroutines had no part in it.
        </>
      )}
    </p>
  );
}
