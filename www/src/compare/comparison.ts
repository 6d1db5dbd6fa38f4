// What a comparison is: one workload, run in four ways, with some numbers of workers, in several rounds. Types, and the
// numbers that follow from the seconds that were measured.

/** How the workload is run; the order in which it is shown. */
export const WAYS = ['sequence', 'threads', 'processes', 'coroutines'] as const;
export type Way = (typeof WAYS)[number];
/** The ways that have a number of workers. */
export type Crew = Exclude<Way, 'sequence'>;

export const NAMES: Readonly<Record<Way, string>> = {
  sequence: 'In sequence',
  threads: 'Threads',
  processes: 'Processes',
  coroutines: 'Coroutines',
};

/** One way with one number of workers, and how long each counted round took. */
export interface Setting {
  readonly way: Way;
  readonly workers: number;
  readonly seconds: readonly number[];
}

/** What the page is told, again after each measurement. */
export interface Comparison {
  readonly id: number;
  readonly title: string;
  /** How many calls the workload has. */
  readonly tasks: number;
  /** `navigator.hardwareConcurrency`. */
  readonly cores: number;
  readonly rounds: number;
  readonly workers: readonly number[];
  readonly settings: readonly Setting[];
  /** Ways that the page cannot run, with the reason. */
  readonly unavailable: Readonly<Partial<Record<Way, string>>>;
  /** Measurements that were made, the warm-up's too, and how many there will be. */
  readonly done: number;
  readonly total: number;
  /** What is being measured; round 0 is the warm-up. */
  readonly now?: { readonly round: number; readonly way: Way; readonly workers: number };
}

export const isOver = ({ done, total }: Comparison): boolean => done === total;

/** A row of the table: what the seconds of one setting say. Ratios are to the median in sequence. */
export interface Row {
  readonly way: Way;
  readonly workers: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly speedUp: number;
  /** The speed-up of the slowest and of the fastest round. */
  readonly lowest: number;
  readonly highest: number;
  /** The share of the ideal speed-up, which is the number of workers. */
  readonly efficiency: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The rows of what has been measured at least once. Before anything ran in sequence there are no ratios: they are NaN. */
export function rowsOf({ settings }: Pick<Comparison, 'settings'>): Row[] {
  const base = median(settings.find(({ way }) => way === 'sequence')?.seconds ?? []);
  return settings
    .filter(({ seconds }) => seconds.length > 0)
    .map(({ way, workers, seconds }) => {
      const [middle, least, most] = [median(seconds), Math.min(...seconds), Math.max(...seconds)];
      const speedUp = base / middle;
      return {
        way,
        workers,
        median: middle,
        least,
        most,
        speedUp,
        lowest: base / most,
        highest: base / least,
        efficiency: speedUp / workers,
      };
    });
}
