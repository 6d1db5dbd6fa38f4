// The list of experiments.

import { EXPERIMENTS } from '../experiments/index.ts';
import { edited, experiment, open } from '../session.ts';
import { recall } from '../storage.ts';

export function Experiments() {
  return (
    <nav class="experiments" aria-label="Experiments">
      <h2>Experiments</h2>
      <ul>
        {EXPERIMENTS.map(each => {
          const current = each === experiment.value;
          const changed = current ? edited.value : recall(`code.${each.id}`) !== undefined;
          return (
            <li key={each.id}>
              <button
                type="button"
                aria-current={current ? 'true' : undefined}
                onClick={() => open(each)}
              >
                <strong>
                  {each.title}
                  {changed && <em>edited</em>}
                </strong>
                <span>{each.idea}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
