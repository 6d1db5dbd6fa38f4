// Saves what was recorded: for Perfetto, for a spreadsheet, and as a picture.

import { useSignal } from '@preact/signals';
import { events, live, trace } from '../../trace/feed.ts';
import { loadTracing } from '../../trace/library.ts';
import { SaveIcon } from './icons.tsx';
import type { Picture } from './picture.ts';

function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

export function Export({ picture }: { picture: () => Picture | undefined }) {
  const trouble = useSignal('');
  if (!trace.value || live.value) return null;
  const button = (label: string, title: string, file: string, content: () => Promise<Blob>) => (
    <button
      type="button"
      class="tool"
      title={title}
      onClick={() => {
        trouble.value = '';
        content().then(
          made => save(file, made),
          error => {
            trouble.value = `${file} could not be made: ${error instanceof Error ? error.message : error}`;
          },
        );
      }}
    >
      <SaveIcon />
      {label}
    </button>
  );
  return (
    <div class="export">
      {button('Chrome trace', 'JSON that ui.perfetto.dev opens', 'trace.json', async () => {
        const { chromeTrace } = await loadTracing();
        return new Blob([JSON.stringify(chromeTrace(events()))], { type: 'application/json' });
      })}
      {button('CSV', 'One line for each event', 'trace.csv', async () => {
        const { traceCsv } = await loadTracing();
        return new Blob([traceCsv(events())], { type: 'text/csv' });
      })}
      {button('PNG', 'The timeline as a picture', 'timeline.png', async () => {
        const shown = picture();
        if (!shown) throw new Error('the timeline is not on the page');
        return shown.png();
      })}
      {trouble.value && <p role="alert">{trouble.value}</p>}
    </div>
  );
}
