// Finds experiments by words: in what is said about them first, and only if that gives nothing in their programs.

import type { Experiment } from './index.ts';

const told = ({ title, idea, group }: Experiment) => `${title} ${idea} ${group}`;
const inside = ({ words, watch, code, python }: Experiment) =>
  `${words} ${watch} ${code} ${python}`;

/** Those that have every word, in their own order; all of them for no word. */
export function search<E extends Experiment>(experiments: readonly E[], text: string): E[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const having = (textOf: (each: E) => string) =>
    experiments.filter(each => {
      const whole = textOf(each).toLowerCase();
      return words.every(word => whole.includes(word));
    });
  const found = having(told);
  return found.length > 0 ? found : having(each => `${told(each)} ${inside(each)}`);
}
