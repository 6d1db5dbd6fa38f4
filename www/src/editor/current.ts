// The editor that is on the page, once it has loaded, and where the last run failed in its text.

import { computed, effect, signal } from '@preact/signals';
import { runState } from '../run/run.ts';
import { experiment, shown } from '../session.ts';
import { recall, remember } from '../storage.ts';
import { safe } from '../view.ts';
import type { Editor } from './codemirror.ts';

export const currentEditor = signal<Editor | undefined>(undefined);

/** The person prefers a plain text area. */
export const plainEditor = signal(safe || recall('plain-editor') === 'yes');
effect(() => {
  const plain = plainEditor.value;
  if (!safe) remember('plain-editor', plain ? 'yes' : undefined);
});

/** The line on which the last run failed, while its code is in the editor. */
export const failedLine = computed(() => {
  const state = runState.value;
  if (state.is !== 'idle' || state.end?.how !== 'failed' || shown.value !== experiment.value)
    return undefined;
  const { name, line } = state.end.failure;
  // Chromium keeps the place of a syntax error to itself; the editor's own parser knows it.
  return line ?? (name === 'SyntaxError' ? currentEditor.value?.brokenLine() : undefined);
});
