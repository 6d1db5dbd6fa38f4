// Says what the numbers of a comparison show. Everything follows from them: change the workload, and the words change.
//
// Coroutines share one thread. Where they win, the time was spent waiting: the work is I/O-bound. Where only workers win,
// it was spent computing: it is CPU-bound. Where nothing wins, the tasks may be smaller than their way to a worker.

import { type Comparison, type Crew, NAMES, type Row, rowsOf, type Way } from './comparison.ts';

export type Verdict = 'io' | 'cpu' | 'small' | 'nothing';

export interface Finding {
  readonly verdict: Verdict;
  /** Two or three words. */
  readonly head: string;
  readonly sentences: readonly string[];
}

/** What is called faster: so many times as fast as the sequence, and usually faster than its fastest round. */
const GAIN = 1.2;
/** Within so much of the best, the numbers do not tell two ways apart. */
const ALIKE = 0.85;
/** A slowest round so many times as long as the fastest one is worth a warning. */
const WIDE = 1.6;

/** Seconds. Shorter tasks are small wherever their way to a worker costs anything at all. */
const SMALL = 1e-4;

const CREWS: readonly Crew[] = ['threads', 'processes', 'coroutines'];

const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const factor = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)}×`;
const lower = (way: Way) => NAMES[way].toLowerCase();
const within = (ways: readonly Row[]) => listed(ways.map(({ way }) => lower(way)));

/** A duration of one task: `3 µs`, `24 ms`, `1.2 s`. */
function brief(seconds: number): string {
  if (seconds < 1e-6) return 'less than 1 µs';
  if (seconds < 9.995e-4) return `${Number((seconds * 1e6).toPrecision(2))} µs`;
  if (seconds < 0.9995) return `${Number((seconds * 1e3).toPrecision(2))} ms`;
  return `${Number(seconds.toPrecision(2))} s`;
}

const at = ({ way, workers }: Row) =>
  way === 'coroutines'
    ? `coroutines, ${workers} at a time`
    : `${lower(way)} with ${workers} ${workers === 1 ? 'worker' : 'workers'}`;

/** `undefined` until each way that can run has been measured with each number of workers. */
export function findingOf(comparison: Comparison): Finding | undefined {
  const { settings, unavailable, tasks, cores } = comparison;
  const here = settings.filter(({ way }) => unavailable[way] === undefined);
  if (here.length === 0 || here.some(({ seconds }) => seconds.length === 0)) return undefined;
  const rows = rowsOf({ settings: here });
  const base = rows.find(({ way }) => way === 'sequence');
  const bests = CREWS.flatMap(crew => {
    const own = rows.filter(({ way }) => way === crew);
    return own.length === 0 ? [] : [own.reduce((a, b) => (b.speedUp > a.speedUp ? b : a))];
  }).sort((a, b) => b.speedUp - a.speedUp);
  const [best] = bests;
  if (!base || !best) return undefined;

  // Coroutines that win change the verdict, so no round of theirs may be slower, and more of them must be faster.
  const alone = (way: Way) => rows.find(row => row.way === way)?.speedUp ?? Number.NaN;
  const wins = ({ way, speedUp, median, most }: Row) =>
    speedUp >= GAIN &&
    (way === 'coroutines'
      ? most < base.least && speedUp >= alone(way) * GAIN
      : median < base.least);
  const top = bests.find(wins) ?? best;
  const winners = bests.filter(row => wins(row) && row.speedUp >= top.speedUp * ALIKE);
  const others = bests.filter(row => wins(row) && !winners.includes(row));
  const losers = bests.filter(row => !wins(row));
  const notes = [
    ...(others.length > 0
      ? [`${capital(listed(others.map(row => `${lower(row.way)} reach ${factor(row.speedUp)}`)))}.`]
      : []),
  ];
  const spread = rows.some(({ least, most }) => most > least * WIDE)
    ? [
        'Some rounds took far longer than others: look at the whiskers before you trust a small difference.',
      ]
    : [];
  const missing = CREWS.filter(crew => unavailable[crew] !== undefined).map(
    crew => `${NAMES[crew]} cannot run on this page.`,
  );
  const tail = [...spread, ...missing];

  if (winners.length > 0) {
    const waits = bests.some(row => row.way === 'coroutines' && wins(row));
    const won = `${within(winners)} ${winners.length === 1 ? 'win' : 'win alike'}.`;
    const measured = `The fastest here: ${at(top)}, ${factor(top.speedUp)} as fast as in sequence.`;
    if (waits)
      return {
        verdict: 'io',
        head: 'I/O-bound',
        sentences: [
          `${capital(won)} ${measured}`,
          ...notes,
          ...(losers.length > 0 ? [`${capital(within(losers))} gain nothing.`] : []),
          'Coroutines share one thread, so what they win is waiting time.',
          ...tail,
        ],
      };
    return {
      verdict: 'cpu',
      head: 'CPU-bound',
      sentences: [
        `${capital(won)} ${measured}`,
        ...notes,
        ...(losers.length > 0
          ? [
              `${capital(listed(losers.map(row => `${lower(row.way)} gain nothing (${factor(row.speedUp)})`)))}.`,
            ]
          : []),
        ...enough(rows, top, cores),
        ...tail,
      ],
    };
  }

  // What a task costs more with one worker than without any: its way there and back. By the best rounds, since whatever else
  // the machine did comes on top of so little.
  const own = base.least / tasks;
  const pools = CREWS.filter(crew => crew !== 'coroutines').flatMap(crew =>
    rows.filter(({ way }) => way === crew).slice(0, 1),
  );
  const way = Math.min(...pools.map(row => (row.least - base.least) / tasks));
  if (pools.length > 0 && way > (own < SMALL ? 0 : own))
    return {
      verdict: 'small',
      head: 'Too small to be worth it',
      sentences: [
        `A task takes ${brief(own)}, and its way to a worker and back ${brief(way)}.`,
        `Nothing beats the sequence; the nearest are ${at(best)}, ${factor(best.speedUp)} as fast. Give each task more to do.`,
        ...tail,
      ],
    };
  return {
    verdict: 'nothing',
    head: 'Nothing wins',
    sentences: [
      `No way is clearly faster than the sequence; the nearest are ${at(best)}, ${factor(best.speedUp)} as fast.`,
      ...(best.speedUp >= GAIN
        ? ['The rounds in sequence differ by more than that: run it again on a quieter machine.']
        : []),
      ...(cores === 1 ? ['This browser reports 1 core, so workers only take turns.'] : []),
      ...tail,
    ],
  };
}

/** From how many workers on more of them gain nothing, and whether that is where the cores end. */
function enough(rows: readonly Row[], best: Row, cores: number): string[] {
  const own = rows.filter(({ way }) => way === best.way);
  const first = own.find(({ speedUp }) => speedUp >= best.speedUp * 0.95);
  const most = Math.max(...own.map(({ workers }) => workers));
  if (!first || first.workers === most) return [];
  const why = first.workers === cores ? `: this browser reports ${cores} cores` : '';
  return [`More than ${first.workers} workers gain nothing${why}.`];
}
