// Which experiment is open, and the text that the person has made of it. Edited text is kept for each experiment, so
// choosing another one loses nothing; only Reset does, and it asks.

import { computed, signal } from '@preact/signals';
import { EXPERIMENTS, type Experiment } from './experiments/index.ts';
import { clearResults } from './run/results.ts';
import { busy, start } from './run/run.ts';
import { recall, remember } from './storage.ts';

const first = EXPERIMENTS[0] as Experiment;
const find = (id: string | undefined) => EXPERIMENTS.find(each => each.id === id) ?? first;
const textOf = ({ id, code }: Experiment) => recall(`code.${id}`) ?? code;

export const experiment = signal<Experiment>(find(recall('experiment')));
export const code = signal(textOf(experiment.value));
export const edited = computed(() => code.value !== experiment.value.code);
/** The experiment whose results are on the page. */
export const shown = signal<Experiment | undefined>(undefined);

/** Keeps the text for the next visit. */
export function save(): void {
  const { id } = experiment.value;
  remember('experiment', id);
  remember(`code.${id}`, edited.value ? code.value : undefined);
}

export function open(chosen: Experiment): void {
  if (chosen === experiment.value) return;
  save();
  experiment.value = chosen;
  code.value = textOf(chosen);
  save();
  if (busy.value) return;
  clearResults();
  shown.value = undefined;
}

export function reset(): void {
  code.value = experiment.value.code;
  save();
}

export async function run(): Promise<void> {
  if (busy.value) return;
  // Saved first: whatever the code does to the browser, it is not lost.
  save();
  shown.value = experiment.value;
  await start(code.value, experiment.value.prepare);
}
