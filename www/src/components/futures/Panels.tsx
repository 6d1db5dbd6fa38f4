// Output and futures, one at a time: they share the place under the timeline.

import { computed, useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { lines } from '../../run/results.ts';
import { runState } from '../../run/run.ts';
import { changes, trace } from '../../trace/feed.ts';
import { wide } from '../timeline/wide.tsx';
import { Futures } from './Futures.tsx';

const TABS = ['output', 'futures'] as const;
type Tab = (typeof TABS)[number];

const printed = computed(() => lines.value.reduce((count, { mark }) => count + (mark ? 0 : 1), 0));

function Count({ tab }: { tab: Tab }) {
  changes.value;
  const count = tab === 'output' ? printed.value : (trace.value?.size ?? 0);
  return count > 0 ? <span class="tab-count">{count.toLocaleString('en')}</span> : null;
}

export function Panels({ output }: { output: ComponentChildren }) {
  const tab = useSignal<Tab>('output');
  // An error must not be hidden behind a table.
  useSignalEffect(() => {
    const state = runState.value;
    if (state.is === 'idle' && state.end?.how === 'failed') tab.value = 'output';
  });
  if (wide.value)
    return (
      <div class="panels side-by-side">
        <section class="panel-futures" aria-labelledby="futures-title">
          <h3 id="futures-title">Futures</h3>
          <Futures />
        </section>
        {output}
      </div>
    );
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length] as Tab;
    tab.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="panels">
      <div role="tablist" aria-label="Output and futures" onKeyDown={onKeyDown}>
        {TABS.map(each => (
          <button
            key={each}
            id={`tab-${each}`}
            type="button"
            role="tab"
            aria-selected={tab.value === each}
            aria-controls={`panel-${each}`}
            tabIndex={tab.value === each ? 0 : -1}
            onClick={() => {
              tab.value = each;
            }}
          >
            {each === 'output' ? 'Output' : 'Futures'}
            <Count tab={each} />
          </button>
        ))}
      </div>
      <div
        id="panel-output"
        role="tabpanel"
        aria-labelledby="tab-output"
        hidden={tab.value !== 'output'}
      >
        {output}
      </div>
      <div
        id="panel-futures"
        role="tabpanel"
        aria-labelledby="tab-futures"
        hidden={tab.value !== 'futures'}
      >
        {tab.value === 'futures' && <Futures />}
      </div>
    </div>
  );
}
