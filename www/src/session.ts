// Which experiment is open, and the text that the person has made of it. Edited text is kept for each experiment, so
// choosing another one loses nothing; only Reset does, and it asks.
//
// What a link holds is opened as an experiment of its own, so that it never takes the place of what the person wrote.

import { computed, signal } from '@preact/signals';
import { EXPERIMENTS, type Experiment } from './experiments/index.ts';
import { gil } from './gil/program.ts';
import { keepNetwork, network, networkOf } from './network/settings.ts';
import { clearResults } from './run/results.ts';
import { busy, start } from './run/run.ts';
import { decodeLink, isLink, type Shared } from './sharing/link.ts';
import { recall, remember } from './storage.ts';
import { forget } from './trace/feed.ts';

const find = (id: string | undefined) => EXPERIMENTS.find(each => each.id === id);
/** What a first visit opens: there is something to see in it at once. */
const first = find('primes') ?? (EXPERIMENTS[0] as Experiment);
const textOf = ({ id, code }: Experiment) => recall(`code.${id}`) ?? code;

export const experiment = signal<Experiment>(find(recall('experiment')) ?? first);
export const code = signal(textOf(experiment.value));
export const edited = computed(() => code.value !== experiment.value.code);
/** The experiment whose results are on the page. */
export const shown = signal<Experiment | undefined>(undefined);
/** What is to be said about the link that the page was opened by. */
export const linkNotice = signal<
  { is: 'shared'; library: string } | { is: 'damaged'; why: string } | undefined
>(undefined);

network.value = networkOf(experiment.value.id, experiment.value.network);

/** The id of what came by a link. */
const LINKED = 'link';

/** Keeps the text for the next visit. */
export function save(): void {
  const { id, network: own } = experiment.value;
  // What came by a link is in the address, and stays there.
  if (id !== LINKED) remember('experiment', id);
  remember(`code.${id}`, edited.value ? code.value : undefined);
  keepNetwork(id, own);
}

/** What the person has typed, kept at once: what a page stores while it is left may come too late for the next one. */
export function write(text: string): void {
  if (text === code.peek()) return;
  code.value = text;
  save();
}

export function open(chosen: Experiment): void {
  if (chosen === experiment.value) return;
  save();
  show(chosen);
  // The address told of another program.
  if (isLink(location.hash.slice(1))) history.replaceState(null, '', location.href.split('#')[0]);
  linkNotice.value = undefined;
  save();
}

function show(chosen: Experiment): void {
  experiment.value = chosen;
  code.value = textOf(chosen);
  network.value = networkOf(chosen.id, chosen.network);
  if (busy.value) return;
  clearResults();
  forget();
  shown.value = undefined;
}

/** The experiment that stands so many places after this one, round and round. */
export function neighbour(distance: number): Experiment {
  const at = EXPERIMENTS.findIndex(({ id }) => id === experiment.value.id);
  const place = (Math.max(at, 0) + distance + EXPERIMENTS.length) % EXPERIMENTS.length;
  return EXPERIMENTS[place] as Experiment;
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

/** Opens what the address holds after its `#`, if that is a link of ours. Runs nothing. */
export async function openLink(): Promise<void> {
  const hash = location.hash.slice(1);
  if (!isLink(hash)) return;
  const opened = await decodeLink(hash);
  if (opened.is === 'damaged') {
    linkNotice.value = opened;
    return;
  }
  save();
  show(asExperiment(opened.shared));
  gil.value = opened.shared.gil === true;
  linkNotice.value = { is: 'shared', library: opened.shared.library };
}

function asExperiment({ code: text, experiment: id, network: settings }: Shared): Experiment {
  const origin = find(id);
  // What was written on top of an earlier link is not this one's.
  remember(`code.${LINKED}`, undefined);
  remember(`network.${LINKED}`, undefined);
  const base = origin ?? { ...first, group: '', words: '', python: '', watch: '' };
  const { network: usual, ...rest } = base;
  const own = settings ?? usual;
  return {
    ...rest,
    id: LINKED,
    title: origin && origin.code === text ? origin.title : 'A shared program',
    code: text,
    watch: origin?.watch ?? 'A program that came by a link. Read it before you run it.',
    ...(own && { network: own }),
  };
}

/** What a link to the open program holds. */
export const sharing = (library: string): Shared => ({
  code: code.value,
  experiment: experiment.value.id,
  library,
  network: network.value,
  ...(gil.value && { gil: true }),
});
