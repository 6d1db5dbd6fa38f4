// The curve of speed-ups: one line for each way, the ideal line, and whiskers from the slowest round to the fastest.
//
// It is drawn in the pixels that it has, so that its text is as large on a phone as on a wide screen.

import { useEffect, useRef, useState } from 'preact/hooks';
import { type Comparison, type Crew, NAMES, type Row } from '../../compare/comparison.ts';
import { apart, highestOf, scaleOf, ticksTo } from '../../compare/scale.ts';
import { times } from '../../format.ts';
import { SHAPES } from './Mark.tsx';

const CREWS: readonly Crew[] = ['threads', 'processes', 'coroutines'];
const HEIGHT = 320;
const EDGE = { left: 44, right: 92, top: 16, bottom: 44 };
/** Pixels between whiskers of the same number of workers, which would else lie on each other. */
const ASIDE = 7;
/** A line of text. */
const LINE = 16;

/** The width that there is, in CSS pixels. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(560);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(260, Math.round(entry.contentRect.width)));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

interface Props {
  readonly comparison: Comparison;
  readonly rows: readonly Row[];
}

export function Chart({ comparison, rows }: Props) {
  const { element, width } = useWidth();
  const { id, title, workers, rounds } = comparison;
  const known = rows.filter(({ speedUp }) => Number.isFinite(speedUp));
  const most = Math.max(...workers);
  const ticks = ticksTo(highestOf(workers, known));
  const top = ticks.at(-1) ?? 1;
  const right = width - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const x = scaleOf([0, most], [EDGE.left, right - ASIDE]);
  const y = scaleOf([0, top], [bottom, EDGE.top]);
  const lines = CREWS.map((way, i) => {
    const own = known.filter(row => row.way === way);
    const points = own.map(row => ({
      row,
      x: x(row.workers) + (i - 1) * ASIDE,
      y: y(row.speedUp),
    }));
    return { way, points };
  }).filter(({ points }) => points.length > 0);
  const ends = lines.map(({ way, points }) => ({ way, y: points.at(-1)?.y ?? 0 }));
  const labels = apart([...ends, { way: 'sequence', y: y(1) }], LINE, EDGE.top, bottom);
  return (
    <div class="compare-chart" ref={element}>
      <svg
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-labelledby={`compare-title-${id} compare-desc-${id}`}
      >
        <title id={`compare-title-${id}`}>{`Speed-up of ${title} by number of workers`}</title>
        <desc id={`compare-desc-${id}`}>
          {lines
            .map(({ way, points }) => {
              const told = points.map(({ row }) => `${row.workers}: ${times(row.speedUp)}`);
              return `${NAMES[way]}, ${told.join(', ')}.`;
            })
            .join(' ')}{' '}
          {`Medians of ${rounds} rounds; the table below has all numbers.`}
        </desc>
        {ticks.map(tick => (
          <g key={tick}>
            <path class="grid" d={`M${EDGE.left} ${y(tick)}H${right}`} />
            <text x={EDGE.left - 8} y={y(tick) + 4} text-anchor="end">{`${tick}×`}</text>
          </g>
        ))}
        {workers.map(each => (
          <text key={each} x={x(each)} y={bottom + 18} text-anchor="middle">
            {each}
          </text>
        ))}
        <text class="axis" x={(EDGE.left + right) / 2} y={HEIGHT - 6} text-anchor="middle">
          workers
        </text>
        <path class="base" d={`M${EDGE.left} ${y(1)}H${right}`} />
        <path class="ideal" d={`M${x(0)} ${y(0)}L${x(most)} ${y(most)}`} />
        <text class="ideal-name" x={x(most * 0.62) - 8} y={y(most * 0.62) - 6} text-anchor="end">
          ideal
        </text>
        {lines.map(({ way, points }) => (
          <g key={way} data-way={way}>
            <path class="line" d={`M${points.map(point => `${point.x} ${point.y}`).join('L')}`} />
            {points.map(({ row, ...at }) => (
              <g key={row.workers}>
                <path
                  class="whisker"
                  d={`M${at.x} ${y(row.lowest)}V${y(row.highest)}M${at.x - 3} ${y(row.lowest)}h6M${at.x - 3} ${y(row.highest)}h6`}
                />
                <path class="point" d={SHAPES[way]} transform={`translate(${at.x} ${at.y})`} />
              </g>
            ))}
          </g>
        ))}
        {labels.map(({ way, y: place }) => (
          <text key={way} class="name" data-way={way} x={right + 12} y={place + 4}>
            {NAMES[way]}
          </text>
        ))}
      </svg>
    </div>
  );
}
