// A comparison on the page: how far it is, what it shows in words, the curve, and the numbers as a table.

import '../../styles/compare.css';
import { type Comparison, isOver, NAMES, rowsOf, WAYS } from '../../compare/comparison.ts';
import { findingOf } from '../../compare/sentence.ts';
import { comparisons } from '../../run/results.ts';
import { runState } from '../../run/run.ts';
import { Chart } from './Chart.tsx';
import { Table } from './Table.tsx';

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

function Steps({ comparison }: { comparison: Comparison }) {
  const { done, total, rounds, now } = comparison;
  if (!now) return null;
  if (runState.value.is === 'idle')
    return (
      <p class="compare-now">
        Cut off {now.round === 0 ? 'while it warmed up' : `in round ${now.round} of ${rounds}`}.
      </p>
    );
  const crew = now.way === 'sequence' ? '' : `, ${count(now.workers, 'worker')}`;
  const round = now.round === 0 ? 'Warming up' : `Round ${now.round} of ${rounds}`;
  return (
    <p class="compare-now">
      <progress value={done} max={total} aria-label={`Measurements of “${comparison.title}”`} />
      {round}: {NAMES[now.way].toLowerCase()}
      {crew}
    </p>
  );
}

function Cores({ cores }: { cores: number }) {
  if (cores > 2) return null;
  return (
    <p class="note">
      This browser reports {count(cores, 'core')} (<code>hardwareConcurrency</code>), so computing{' '}
      {cores === 1
        ? 'cannot become faster here at all'
        : 'cannot become more than twice as fast here'}
      . Waiting can.
    </p>
  );
}

function One({ comparison }: { comparison: Comparison }) {
  const { title, tasks, rounds, cores, unavailable } = comparison;
  const rows = rowsOf(comparison);
  // Before its end a comparison would say now this and now that.
  const ended = isOver(comparison) || runState.value.is === 'idle';
  const finding = ended ? findingOf(comparison) : undefined;
  return (
    <section class="compare" aria-labelledby={`compare-${comparison.id}`}>
      <h3 id={`compare-${comparison.id}`}>Speed-up of “{title}”</h3>
      <p class="compare-what">
        {count(tasks, 'call')}, {count(rounds, 'round')}, {count(cores, 'core')}
      </p>
      <Steps comparison={comparison} />
      <div role="status">
        {finding && (
          <p class="finding" data-verdict={finding.verdict}>
            <strong>{finding.head}.</strong> {finding.sentences.join(' ')}
          </p>
        )}
      </div>
      {rows.length > 0 && <Chart comparison={comparison} rows={rows} />}
      {rows.length > 0 && <Table comparison={comparison} rows={rows} />}
      {WAYS.filter(way => unavailable[way] !== undefined).map(way => (
        <p class="note" key={way} data-unavailable={way}>
          {NAMES[way]}, not here: {unavailable[way]}
        </p>
      ))}
      <Cores cores={cores} />
    </section>
  );
}

export function Compare() {
  return (
    <>
      {comparisons.value.map(comparison => (
        <One key={comparison.id} comparison={comparison} />
      ))}
    </>
  );
}
