// The time of each variant, side by side: bar, number, and how many times as fast as the first.

import { useEffect, useRef } from 'preact/hooks';
import { seconds, times } from '../format.ts';
import { type Variant, variants } from '../run/results.ts';
import { runState } from '../run/run.ts';
import { Elapsed } from './Elapsed.tsx';

/** A bar that grows while its variant runs. It is moved by hand, once a frame. */
function Bar({ variant, longest }: { variant: Variant; longest: number }) {
  const bar = useRef<HTMLDivElement>(null);
  const running = variant.seconds === undefined && runState.value.is !== 'idle';
  useEffect(() => {
    const element = bar.current;
    if (!element) return;
    const grow = () => {
      const value = variant.seconds ?? (performance.now() - variant.since) / 1000;
      // A running bar that has passed all others leaves some room, so that it is seen to grow.
      const scale = Math.max(longest, variant.seconds === undefined ? value * 1.25 : value);
      element.style.width = `${scale > 0 ? Math.max(0.6, (value / scale) * 100) : 0}%`;
    };
    grow();
    if (!running) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let frame = 0;
    const timer = calm ? setInterval(grow, 250) : undefined;
    const loop = () => {
      grow();
      frame = requestAnimationFrame(loop);
    };
    if (!calm) loop();
    return () => {
      cancelAnimationFrame(frame);
      clearInterval(timer);
    };
  }, [variant, longest, running]);
  return (
    <div class="track" aria-hidden="true">
      <div class="bar" ref={bar} />
    </div>
  );
}

function outcome(variant: Variant, base: Variant | undefined) {
  if (variant.end === 'failed') return <b class="bad">failed</b>;
  if (variant.end === 'unavailable') return <b class="off">not here</b>;
  if (variant.end !== 'done' || !base?.seconds || !variant.seconds) return null;
  if (variant === base) return <span class="base">1×</span>;
  const factor = base.seconds / variant.seconds;
  return <b class={factor > 1 ? 'good' : 'slow'}>{times(factor)}</b>;
}

export function Times() {
  const named = variants.value.filter(variant => variant.name !== '');
  if (named.length === 0) return null;
  const first = named[0];
  const base = first?.end === 'done' ? first : undefined;
  const longest = Math.max(0, ...named.map(variant => variant.seconds ?? 0));
  const over = runState.value.is === 'idle';
  return (
    <section class="times" aria-labelledby="times-title">
      <h3 id="times-title">Time</h3>
      <table>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Variant</th>
            <th scope="col">Bar</th>
            <th scope="col">Time</th>
            <th scope="col">Speed-up</th>
          </tr>
        </thead>
        <tbody>
          {named.map((variant, index) => (
            <tr
              key={variant.id}
              data-variant={variant.name}
              data-end={variant.end ?? (over ? 'cut' : 'running')}
              style={{ '--lane': `var(--lane-${index % 6})` }}
            >
              <th scope="row">{variant.name}</th>
              <td class="bar-cell">
                <Bar variant={variant} longest={longest} />
              </td>
              <td class="number">
                {variant.end === 'unavailable' ? (
                  '–'
                ) : variant.seconds !== undefined ? (
                  seconds(variant.seconds)
                ) : over ? (
                  'cut off'
                ) : (
                  <Elapsed since={variant.since} />
                )}
              </td>
              <td class="factor">{outcome(variant, base)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {named
        .filter(variant => variant.end === 'unavailable')
        .slice(0, 1)
        .map(variant => (
          <p class="note" key={variant.id}>
            Not here: {variant.note}
          </p>
        ))}
    </section>
  );
}
