// The results as tables in Markdown: one a workload, the bars, and the short one that README quotes.

import { LIBRARIES, REFERENCE } from './catalogue.mjs';
import { median, pairedRatio } from './statistics.mjs';

const BEGIN = '<!-- bench: written by `npm run bench -- --write-readme` -->';
const END = '<!-- /bench -->';

/** What README shows: a workload, a metric, and the head of its column. */
const SHORT = [
  ['call', 'p50', 'one call, p50'],
  ['burst', 'n10000', '10,000 tiny calls'],
  ['factorial', 'time', 'many × 1000!'],
  ['primes', 'time', 'primes to 2 M'],
  ['mandelbrot', 'two', 'Mandelbrot 700²'],
  ['megabyte', 'copied', '1 MiB and back'],
  ['start', 'again', 'start'],
];

/** Three digits, and no more noise than that. */
export function number(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(value >= 100 ? 3 : 2)).toString();
}

const valuesOf = (results, workload, library, metric) =>
  results.workloads[workload]?.libraries[library]?.values[metric];
const present = values => values?.filter(value => typeof value === 'number') ?? [];

/** The median of a metric over all rounds; undefined where it was never measured. */
export function medianOf(results, workload, library, metric) {
  const values = present(valuesOf(results, workload, library, metric));
  return values.length === 0 ? undefined : median(values);
}

/** How many times as much as another library's, in the same round. */
export function ratioOf(results, workload, library, metric, reference = REFERENCE) {
  const other = valuesOf(results, workload, reference, metric);
  const values = valuesOf(results, workload, library, metric);
  return other === undefined || values === undefined ? undefined : pairedRatio(values, other);
}

function cell(results, workload, library, metric, { unit }) {
  const value = medianOf(results, workload, library, metric);
  if (value === undefined) return '–';
  const ratio = library === REFERENCE ? undefined : ratioOf(results, workload, library, metric);
  return `${number(value)} ${unit}${ratio === undefined ? '' : ` (${number(ratio)})`}`;
}

export function table(head, rows) {
  const line = cells => `| ${cells.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}

function workloadTable(results, name) {
  const { title, metrics, libraries } = results.workloads[name];
  const known = LIBRARIES.filter(library => library.name in libraries);
  const rows = known.map(library => [
    library.title,
    ...Object.entries(metrics).map(([metric, more]) =>
      cell(results, name, library.name, metric, more),
    ),
  ]);
  const errors = known
    .filter(library => libraries[library.name].error)
    .map(library => `- ${library.title}: ${libraries[library.name].error}`);
  const heads = Object.values(metrics).map(metric => metric.title);
  return [
    `## ${title}`,
    table(['', ...heads], rows),
    ...(errors.length > 0 ? [`Failed:\n\n${errors.join('\n')}`] : []),
  ].join('\n\n');
}

/** The bars, and where each of ours stands. */
export function barsTable(results, bars) {
  const rows = bars.map(({ title, library, atMost, atLeast, value }) => {
    const got = value(results);
    const asked = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
    if (got === undefined) return [title, library, asked, '–', 'not measured'];
    const held = atMost === undefined ? got >= atLeast : got <= atMost;
    return [title, library, asked, number(got), held ? 'yes' : '**no**'];
  });
  return table(['bar', 'which', 'asked', 'got', 'held'], rows);
}

const where = ({ browser, version, cores, rounds, quick, date, commit, load }) =>
  `${browser} ${version}, ${cores} cores, pools of 2, ${rounds} rounds${quick ? ' of a quick run' : ''}, ${date.slice(0, 10)}, commit ${commit}, load of the machine ${load.map(number).join(' to ')}`;

/** All of it. */
export function toMarkdown(results, bars) {
  return `${[
    '# Side by side',
    `${where(results)}. Medians over the rounds; in brackets how many times as much as raw \`postMessage\` in the same round took (median of the rounds' ratios).`,
    '## Bars',
    barsTable(results, bars),
    ...Object.keys(results.workloads).map(name => workloadTable(results, name)),
  ].join('\n\n')}\n`;
}

/** What stands between README's marks. */
export function summary(results) {
  const rows = LIBRARIES.filter(({ name }) =>
    SHORT.some(([workload]) => results.workloads[workload]?.libraries[name]),
  ).map(({ name, title }) => [
    title,
    ...SHORT.map(([workload, metric]) => {
      if (name === REFERENCE) {
        const value = medianOf(results, workload, name, metric);
        if (value === undefined) return '–';
        return `${number(value)} ${results.workloads[workload].metrics[metric].unit}`;
      }
      const ratio = ratioOf(results, workload, name, metric);
      if (ratio !== undefined) return number(ratio);
      return results.workloads[workload]?.libraries[name]?.error ? 'fails' : '–';
    }),
  ]);
  return [
    table(['', ...SHORT.map(([, , head]) => head)], rows),
    `Times of raw \`postMessage\`, and how many times as long the others take: ${where(results)}.`,
  ].join('\n\n');
}

/** README with this text between its marks. */
export function withSummary(readme, text) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${text === '' ? '' : `${text}\n`}${readme.slice(end)}`;
}
