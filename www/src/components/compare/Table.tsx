// The numbers of a comparison: what the curve is drawn from, and what those read who cannot see it.

import { type Comparison, NAMES, type Row, type Setting } from '../../compare/comparison.ts';
import { duration } from '../../trace/duration.ts';
import { cellsOf } from './cells.ts';
import { Mark } from './Mark.tsx';

interface Props {
  readonly comparison: Comparison;
  readonly rows: readonly Row[];
}

const same = (a: Pick<Setting, 'way' | 'workers'>) => (b: Pick<Setting, 'way' | 'workers'>) =>
  a.way === b.way && a.workers === b.workers;

export function Table({ comparison: { settings, unavailable, title }, rows }: Props) {
  return (
    // A box that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="compare-table" tabIndex={0} aria-label={`Numbers of “${title}”`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Way</th>
            <th scope="col">Workers</th>
            <th scope="col">Median</th>
            <th scope="col">Speed-up</th>
            <th scope="col">Efficiency</th>
            <th scope="col">Min–max</th>
          </tr>
        </thead>
        <tbody>
          {settings
            .filter(({ way }) => unavailable[way] === undefined)
            .map(setting => {
              const { way, workers } = setting;
              const cells = cellsOf(rows.find(same(setting)), duration);
              const first = settings.find(each => each.way === way) === setting;
              return (
                <tr key={`${way}-${workers}`} data-way={way} data-first={first ? '' : undefined}>
                  <th scope="row">
                    <Mark way={way} />
                    {NAMES[way]}
                  </th>
                  <td>{way === 'sequence' ? '–' : workers}</td>
                  <td>{cells.median}</td>
                  <td>{cells.speedUp}</td>
                  <td>{cells.efficiency}</td>
                  <td>{cells.range}</td>
                </tr>
              );
            })}
        </tbody>
      </table>
    </section>
  );
}
