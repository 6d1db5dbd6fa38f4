// One MiB to a worker and back: copied, transferred, and shared.

import { median } from '../statistics.mjs';
import { expect, timed, withPool } from './programs.js';

const MIB = 1_048_576;

export const title = 'One MiB there and back';
export const sizes = { full: { repeats: 60 }, quick: { repeats: 30 } };
export const metrics = () => ({
  copied: { title: 'copied', unit: 'ms' },
  moved: { title: 'transferred', unit: 'ms' },
  shared: { title: 'shared', unit: 'ms' },
});

async function medianOf(repeats, make, once) {
  const times = [];
  for (let n = 0; n < repeats; n++) {
    const value = make();
    times.push(await timed(() => once(value)));
  }
  // The first ones compile what is measured.
  return median(times.slice(repeats / 3));
}

const filled = () => new Uint8Array(MIB).fill(7);

export function run(library, { repeats }, tell) {
  return withPool(library, async pool => {
    tell({
      copied: await medianOf(repeats, filled, async bytes => {
        const back = await pool.call('echo', bytes);
        expect(`${back.length} ${back[MIB - 1]}`, `${MIB} 7`);
      }),
    });
    if (pool.move)
      tell({
        moved: await medianOf(
          repeats,
          () => filled().buffer,
          async buffer => {
            const back = await pool.move(buffer);
            expect(`${back.byteLength} ${buffer.byteLength}`, `${MIB} 0`);
          },
        ),
      });
    if (!globalThis.crossOriginIsolated) return;
    const shared = new Uint8Array(new SharedArrayBuffer(MIB));
    let round = 0;
    tell({
      shared: await medianOf(
        repeats,
        () => shared,
        async bytes => {
          await pool.share('touch', bytes);
          expect(shared[0], ++round % 256);
        },
      ),
    });
  });
}
