// The mark of each way: told apart by its shape as well as by its colour.

import type { Way } from '../../compare/comparison.ts';

/** Around the origin, about 10 wide. */
export const SHAPES: Readonly<Record<Way, string>> = {
  sequence: 'M-5 -1.5H5V1.5H-5Z',
  threads: 'M-4.5 0A4.5 4.5 0 1 1 4.5 0A4.5 4.5 0 1 1 -4.5 0Z',
  processes: 'M-4.2 -4.2H4.2V4.2H-4.2Z',
  coroutines: 'M0 -5.2L5 4.2H-5Z',
};

export function Mark({ way }: { way: Way }) {
  return (
    <svg class="mark" viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">
      <path d={SHAPES[way]} />
    </svg>
  );
}
