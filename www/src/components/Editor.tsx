// The code of the experiment: a plain text area at once, the real editor as soon as it has loaded, and the plain one
// again for whoever prefers it.

import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { currentEditor, failedLine, plainEditor } from '../editor/current.ts';
import { code, experiment, write } from '../session.ts';

export function Editor() {
  const place = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const loaded = useSignal(false);
  const label = useComputed(() => `Code of the experiment “${experiment.value.title}”`);

  useSignalEffect(() => {
    if (plainEditor.value) return;
    let left = false;
    const load = async () => {
      const { createEditor } = await import('../editor/codemirror.ts');
      if (left || !place.current) return;
      const hadFocus = document.activeElement === area.current;
      currentEditor.value = createEditor(place.current, code.peek(), label.peek(), write);
      loaded.value = true;
      if (hadFocus) currentEditor.value.goTo(1);
    };
    // Without the editor's file the text area stays: everything works with it.
    load().catch(error => console.warn('The editor could not be loaded.', error));
    return () => {
      left = true;
      currentEditor.peek()?.destroy();
      currentEditor.value = undefined;
      loaded.value = false;
    };
  });
  useSignalEffect(() => currentEditor.value?.setText(code.value));
  useSignalEffect(() => currentEditor.value?.markLine(failedLine.value));
  useEffect(() => {
    if (area.current) area.current.scrollTop = 0;
  }, [experiment.value]);

  return (
    <div class="editor">
      <div class="editor-place" ref={place} hidden={!loaded.value} />
      {!loaded.value && (
        <textarea
          ref={area}
          aria-label={label.value}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          value={code.value}
          onInput={event => {
            write(event.currentTarget.value);
          }}
        />
      )}
    </div>
  );
}
