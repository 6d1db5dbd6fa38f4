// Rectangles that wait to be drawn.

import type { Context } from './palette.ts';

/** Rectangles by colour: a canvas is fast while its colour does not change. */
export class Batch {
  readonly #rectangles = new Map<string, number[]>();

  add(style: string, x: number, y: number, width: number, height: number): void {
    const known = this.#rectangles.get(style);
    if (known) known.push(x, y, width, height);
    else this.#rectangles.set(style, [x, y, width, height]);
  }

  draw(context: Context, styleOf: (style: string) => string | CanvasPattern): void {
    for (const [style, list] of this.#rectangles) {
      context.fillStyle = styleOf(style);
      for (let at = 0; at < list.length; at += 4)
        context.fillRect(
          list[at] as number,
          list[at + 1] as number,
          list[at + 2] as number,
          list[at + 3] as number,
        );
    }
  }
}
