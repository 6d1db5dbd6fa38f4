// Shares the open program: a link that holds it, and the frame that shows it on a course page.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { sharing } from '../session.ts';
import { encodeLink } from '../sharing/link.ts';
import { ShareIcon } from './icons.tsx';

function Copied({ label, text }: { label: string; text: string }) {
  const field = useRef<HTMLInputElement>(null);
  const said = useSignal('');
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      said.value = 'Selected: press Ctrl+C';
    }
  };
  return (
    <div class="copied">
      <label>
        <span>{label}</span>
        <input
          ref={field}
          type="text"
          readOnly
          value={text}
          onFocus={e => e.currentTarget.select()}
        />
      </label>
      <button type="button" class="quiet" onClick={() => void copy()}>
        Copy<span class="visually-hidden"> {label}</span>
      </button>
      <span class="said" role="status">
        {said.value}
      </span>
    </div>
  );
}

const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

export function Share() {
  const dialog = useRef<HTMLDialogElement>(null);
  const link = useSignal('');
  const trouble = useSignal('');
  const share = async () => {
    trouble.value = '';
    try {
      const hash = await encodeLink(sharing(__VERSION__));
      const { origin, pathname } = location;
      link.value = `${origin}${pathname}#${hash}`;
      history.replaceState(null, '', `${location.search}#${hash}`);
    } catch (error) {
      link.value = '';
      trouble.value = error instanceof Error ? error.message : String(error);
    }
    dialog.current?.showModal();
  };
  const frame = link.value.replace('#', '?embed#');
  return (
    <>
      <button type="button" class="quiet share" aria-haspopup="dialog" onClick={() => void share()}>
        <ShareIcon />
        Share
      </button>
      <dialog class="sheet" ref={dialog} aria-labelledby="share-title">
        <h2 id="share-title">Share this program</h2>
        {trouble.value ? (
          <p>{trouble.value}</p>
        ) : (
          <>
            <p>
              The link holds the code, the settings of the network and of the GIL, and the version
              of the library, and nothing is kept anywhere else. Opening it runs nothing.
            </p>
            <Copied label="Link" text={link.value} />
            <Copied
              label="For a course page"
              text={`<iframe src="${attribute(frame)}" width="100%" height="640" allow="cross-origin-isolated; clipboard-write"></iframe>`}
            />
          </>
        )}
        <form method="dialog">
          <button type="submit" class="quiet">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}
