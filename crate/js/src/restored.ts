// The page comes back from the back/forward cache. Chromium keeps its workers there as they were, but one whose script was
// still loading is gone without a word: whoever waits for it would wait for ever.

/** Calls `again` whenever the page has come back. Gives what takes that back. */
export function onRestored(again: () => void): () => void {
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) again();
  };
  addEventListener('pageshow', shown);
  return () => removeEventListener('pageshow', shown);
}
