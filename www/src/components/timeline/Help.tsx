// The keys and gestures of the timeline.

import { type Signal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { HELP } from './keys.ts';

export function Help({ open }: { open: Signal<boolean> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (open.value && !dialog.current?.open) dialog.current?.showModal();
  });
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="timeline-help"
      onClose={() => {
        open.value = false;
      }}
    >
      <h3 id="timeline-help">Keys and gestures of the timeline</h3>
      <dl>
        {HELP.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map(key => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>The picture shows what was recorded while the program ran; nothing in it is made up.</p>
      <form method="dialog">
        <button type="submit" class="quiet">
          Close
        </button>
      </form>
    </dialog>
  );
}
