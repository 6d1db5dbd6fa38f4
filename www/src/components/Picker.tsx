// All experiments in groups, to be searched, and chosen by hand or by keyboard alone.

import { type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { GROUPS } from '../experiments/catalogue.ts';
import { EXPERIMENTS, type Experiment } from '../experiments/index.ts';
import { search } from '../experiments/search.ts';
import { edited, experiment, open as openExperiment } from '../session.ts';
import { recall } from '../storage.ts';
import { SearchIcon } from './icons.tsx';

/** The types of inputs with this role ask for a list; here it is a box of our own. */
const NO_LIST = { list: undefined };

const optionId = ({ id }: Experiment) => `pick-${id}`;
const isEdited = (each: Experiment) =>
  each === experiment.value ? edited.value : recall(`code.${each.id}`) !== undefined;

export function Picker({ open }: { open: Signal<boolean> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const text = useSignal('');
  const found = useComputed(() => search(EXPERIMENTS, text.value));
  const chosen = useSignal<Experiment | undefined>(undefined);
  const active = useComputed(() => {
    const wanted = chosen.value ?? EXPERIMENTS.find(({ id }) => id === experiment.value.id);
    return wanted && found.value.includes(wanted) ? wanted : found.value[0];
  });

  const reveal = () => {
    const id = active.peek() && optionId(active.peek() as Experiment);
    if (id) document.getElementById(id)?.scrollIntoView({ block: 'nearest' });
  };
  useSignalEffect(() => {
    if (!open.value || dialog.current?.open) return;
    text.value = '';
    chosen.value = undefined;
    dialog.current?.showModal();
    input.current?.focus();
    reveal();
  });

  const close = () => dialog.current?.close();
  const choose = (each: Experiment | undefined) => {
    if (!each) return;
    openExperiment(each);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const at = found.value.indexOf(active.value as Experiment) + step;
      chosen.value = found.value[Math.min(Math.max(at, 0), found.value.length - 1)];
      reveal();
    }
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      choose(active.value);
    }
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes it by Escape
    <dialog
      class="picker"
      ref={dialog}
      aria-label="Choose an experiment"
      onClose={() => {
        open.value = false;
      }}
      onClick={event => {
        // Only what is outside of the box has the dialog itself as its target.
        if (event.target === dialog.current) close();
      }}
    >
      <div class="picker-box">
        <div class="picker-head">
          <SearchIcon />
          <input
            ref={input}
            type="text"
            {...NO_LIST}
            role="combobox"
            aria-label="Search the experiments"
            aria-expanded="true"
            aria-controls="picker-list"
            aria-autocomplete="list"
            aria-activedescendant={active.value && optionId(active.value)}
            placeholder="Search: cancel, order…"
            autocomplete="off"
            spellcheck={false}
            value={text.value}
            onInput={event => {
              text.value = event.currentTarget.value;
              chosen.value = undefined;
              reveal();
            }}
            onKeyDown={onKeyDown}
          />
          <button type="button" class="quiet" onClick={close}>
            Close
          </button>
        </div>
        <div class="picker-list" id="picker-list" role="listbox" aria-label="Experiments">
          {/* The columns are in a box as high as they are, and the one around it scrolls. */}
          <div class="picker-columns" role="presentation">
            {GROUPS.map(({ name }) => {
              const entries = found.value.filter(({ group }) => group === name);
              return (
                entries.length > 0 && (
                  // biome-ignore lint/a11y/useSemanticElements: a group of options
                  <div class="picker-group" role="group" aria-label={name} key={name}>
                    <div class="group-name" aria-hidden="true">
                      {name}
                    </div>
                    {entries.map(each => (
                      // biome-ignore lint/a11y/useFocusableInteractive: the search field keeps the focus
                      // biome-ignore lint/a11y/useKeyWithClickEvents: and handles the keys
                      <div
                        key={each.id}
                        id={optionId(each)}
                        class="option"
                        role="option"
                        aria-selected={each === active.value}
                        data-current={each.id === experiment.value.id ? 'yes' : undefined}
                        onClick={() => choose(each)}
                      >
                        <strong>
                          {each.title}
                          {isEdited(each) && <em>edited</em>}
                        </strong>
                        <span>{each.idea}</span>
                      </div>
                    ))}
                  </div>
                )
              );
            })}
          </div>
        </div>
        {found.value.length === 0 && <p class="picker-none">No experiment has these words.</p>}
        <p class="visually-hidden" role="status">
          {open.value && text.value ? `${found.value.length} found` : ''}
        </p>
      </div>
    </dialog>
  );
}
