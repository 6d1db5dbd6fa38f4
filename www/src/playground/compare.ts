// Measures one workload in sequence, on threads, on processes and as coroutines, with several numbers of workers.
//
// The pools live as long as the comparison, so that a round measures the work and not the start of workers. The first
// round warms up and is not counted; the others go through all settings by turns, each beginning at another one, so that
// whatever else the machine does falls on all of them alike.

import { type Comparison, type Crew, type Setting, WAYS, type Way } from '../compare/comparison.ts';

type Library = typeof import('concurrent-futures');
type Executor = import('concurrent-futures').Executor;
// biome-ignore lint/suspicious/noExplicitAny: a task takes what its items are
type Work = import('concurrent-futures').Task<(item: any) => unknown>;

export interface CompareOptions {
  /** Numbers of workers, from 1 on. Without it: 1, 2, 4 and so on, up to the cores, and at least to 4. */
  readonly workers?: readonly number[];
  /** Rounds that count; 3 if not given. */
  readonly rounds?: number;
}

/** Workers cost memory, idle ones too. */
const MOST_WORKERS = 64;
const MOST_ROUNDS = 100;

export function workersUpTo(cores: number): number[] {
  const most = Math.min(Math.max(cores, 4), 8);
  return [...new Set([1, 2, 4, 8, Math.min(cores, most)])]
    .filter(each => each <= most)
    .sort((a, b) => a - b);
}

function checked({ workers, rounds = 3 }: CompareOptions, cores: number) {
  const crew = workers === undefined ? workersUpTo(cores) : [...new Set(workers)];
  const isCount = (value: number, most: number) =>
    Number.isInteger(value) && value >= 1 && value <= most;
  const wrong = crew.find(each => !isCount(each, MOST_WORKERS));
  if (crew.length === 0 || wrong !== undefined)
    throw new RangeError(
      `compare() takes numbers of workers from 1 to ${MOST_WORKERS}, such as [1, 2, 4], not ${crew.length === 0 ? 'none' : wrong}`,
    );
  if (!isCount(rounds, MOST_ROUNDS))
    throw new RangeError(`compare() takes from 1 to ${MOST_ROUNDS} rounds, not ${rounds}`);
  return { workers: crew.sort((a, b) => a - b), rounds };
}

/** What the surroundings give: the package, where the state goes, whether to stop. */
export interface Surroundings {
  readonly library: Library;
  readonly cores: number;
  readonly signal: AbortSignal;
  readonly isUnavailable: (error: Error) => boolean;
  readonly show: (comparison: Comparison) => void;
}

/** Lets messages in, such as that Stop was pressed: a promise alone would not. */
const turn = () => new Promise(done => setTimeout(done));

type Measurable = { -readonly [K in keyof Setting]: Setting[K] } & { seconds: number[] };

export async function measure(
  id: number,
  title: string,
  work: Work,
  items: readonly unknown[],
  options: CompareOptions,
  { library, cores, signal, isUnavailable, show }: Surroundings,
): Promise<Comparison> {
  const { workers, rounds } = checked(options, cores);
  if (items.length === 0) throw new RangeError('compare() takes at least one item, not none');
  const settings: Measurable[] = WAYS.flatMap(way =>
    (way === 'sequence' ? [1] : workers).map(each => ({ way, workers: each, seconds: [] })),
  );
  const unavailable: Partial<Record<Way, string>> = {};
  const total = settings.length * (rounds + 1);
  let done = 0;
  const state = (now?: Comparison['now']): Comparison => ({
    id,
    title,
    tasks: items.length,
    cores,
    rounds,
    workers,
    settings: settings.map(each => ({ ...each, seconds: [...each.seconds] })),
    unavailable: { ...unavailable },
    done,
    total,
    ...(now && { now }),
  });

  const { InlineExecutor, ThreadPoolExecutor, ProcessPoolExecutor, AsyncExecutor } = library;
  const make: Record<Crew, (maxWorkers: number) => Executor> = {
    threads: maxWorkers => new ThreadPoolExecutor({ maxWorkers }),
    processes: maxWorkers => new ProcessPoolExecutor({ maxWorkers }),
    coroutines: maxWorkers => new AsyncExecutor({ maxWorkers }),
  };
  const executors = new Map<Setting, Executor>();
  const inline = new InlineExecutor();

  async function once(setting: Setting): Promise<void> {
    // An async task is not done when `submit` returns, so each call is awaited before the next one.
    if (setting.way === 'sequence') for (const item of items) await inline.submit(work, item);
    else {
      const executor = executors.get(setting) ?? make[setting.way](setting.workers);
      executors.set(setting, executor);
      for await (const _ of executor.map(work, items));
    }
  }

  try {
    for (let round = 0; round <= rounds; round++) {
      // Round 0 begins with the sequence, so that the task's module is there.
      const first = Math.round((round * settings.length) / (rounds + 1));
      for (const setting of [...settings.slice(first), ...settings.slice(0, first)]) {
        if (unavailable[setting.way] === undefined) {
          show(state({ round, way: setting.way, workers: setting.workers }));
          await turn();
          signal.throwIfAborted();
          const start = performance.now();
          try {
            await once(setting);
            if (round > 0) setting.seconds.push((performance.now() - start) / 1000);
          } catch (error) {
            if (!(error instanceof Error) || !isUnavailable(error)) throw error;
            unavailable[setting.way] = error.message;
          }
        }
        done++;
      }
    }
  } finally {
    const all = [inline, ...executors.values()];
    await Promise.all(all.map(executor => executor.shutdown({ cancelFutures: true })));
  }
  const comparison = state();
  show(comparison);
  return comparison;
}
