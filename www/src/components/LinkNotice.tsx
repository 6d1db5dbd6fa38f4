// What there is to know about the link that the page was opened by.

import { linkNotice } from '../session.ts';

export function LinkNotice() {
  const notice = linkNotice.value;
  if (!notice) return null;
  const other = notice.is === 'shared' && notice.library !== __VERSION__;
  return (
    <aside class="notice link-notice" data-link={notice.is} aria-label="About the link">
      {notice.is === 'shared' ? (
        <p>
          <strong>This program came by a link.</strong> Somebody wrote it: read it before you run
          it. Your own programs are as you left them.
          {other &&
            ` It was written for version ${notice.library || 'unknown'}; this page runs ${__VERSION__}.`}
        </p>
      ) : (
        <p>
          <strong>The link could not be opened:</strong> {notice.why}. Here is an example instead.
        </p>
      )}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          linkNotice.value = undefined;
        }}
      >
        Understood
      </button>
    </aside>
  );
}
