// The results over the whole width of the page, for who wants to look closely or shows it to others. Run and Stop stay.

import { effect, signal } from '@preact/signals';
import { recall, remember } from '../../storage.ts';
import { NarrowIcon, WideIcon } from './icons.tsx';

export const wide = signal(recall('wide') === 'yes');

effect(() => {
  const { dataset } = document.documentElement;
  if (wide.value) dataset.results = 'wide';
  else delete dataset.results;
  remember('wide', wide.value ? 'yes' : undefined);
});

export function WideButton() {
  return (
    <button
      type="button"
      class="tool wide-button"
      aria-pressed={wide.value}
      title={wide.value ? 'Show the code beside it' : 'Use the whole width'}
      onClick={() => {
        wide.value = !wide.value;
      }}
    >
      {wide.value ? <NarrowIcon /> : <WideIcon />}
      Wide
    </button>
  );
}
