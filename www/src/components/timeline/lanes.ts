// The lanes of workers: what ran when, how it ended, and when a worker stood still.
//
// What is narrower than a pixel is summed up in it, so that a frame's work depends on the size of the picture and not on
// the number of futures.

import { callOf } from '../../trace/sentence.ts';
import { type Lane, RUNNING } from '../../trace/trace.ts';
import { Batch } from './batch.ts';
import { type Context, colourOf, type PatternName, patternOf, WORST } from './palette.ts';
import type { Row } from './rows.ts';
import { cut, type Scene, timeOf, xOf } from './scene.ts';

/** Narrower slices are summed up. */
const NARROW = 1.6;

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Drawn behind the text where a pattern would disturb it. */
  readonly ground: string | undefined;
}

interface Slice {
  readonly future: number;
  readonly state: number;
  readonly x0: number;
  readonly x1: number;
  readonly top: number;
  readonly height: number;
  /** Nothing lies over it: its worker never stood still. */
  readonly plain: boolean;
}

/** Pixels that are covered alike: the state that counts most in them, and how much of them is covered, in quarters. */
interface Stretch {
  from: number;
  to: number;
  state: number;
  quarters: number;
}

/** Collects what the lanes in sight show, and draws it at once. */
export class Lanes {
  readonly #scene: Scene;
  readonly #fills = new Batch();
  readonly #patterns = new Batch();
  readonly #labels: Label[] = [];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Adds the lane of a row whose upper edge is at `y`. */
  add(row: Row, y: number): void {
    const lane = this.#scene.trace.lanes[row.lane];
    if (!lane || lane.since > this.#scene.now) return;
    const gap = row.height > 8 ? 2 : row.height > 4 ? 1 : 0;
    const top = y + gap / 2;
    const height = row.height - gap;
    this.#life(lane, top, height);
    this.#slices(lane, top, height);
    this.#blocked(lane, top, height);
  }

  draw(context: Context): void {
    const { palette, patterns, character } = this.#scene;
    this.#fills.draw(context, colour => colour);
    this.#patterns.draw(context, name => patterns[name as PatternName]);
    context.font = `11px ${palette.mono}`;
    context.textBaseline = 'middle';
    for (const { text, x, y, ground } of this.#labels) {
      if (ground) {
        context.fillStyle = ground;
        context.fillRect(x - 2, y - 7, text.length * character + 4, 13);
      }
      context.fillStyle = palette['tl-on'];
      context.fillText(text, x, y);
    }
  }

  /** From the worker's start to its end, under what it ran. */
  #life(lane: Lane, top: number, height: number): void {
    const { palette, gutter, width, now } = this.#scene;
    const end = Number.isNaN(lane.until) ? now : Math.min(lane.until, now);
    const from = Math.max(gutter, xOf(this.#scene, lane.since));
    const to = Math.min(width, xOf(this.#scene, end));
    if (to <= from) return;
    this.#fills.add(palette['tl-idle'], from, top, to - from, height);
    if (height > 8) this.#fills.add(palette.line, from, Math.round(top + height / 2), to - from, 1);
  }

  #slices(lane: Lane, top: number, height: number): void {
    const { trace, gutter, left, width, now, view, palette } = this.#scene;
    const { slices } = lane;
    const since = timeOf(this.#scene, left);
    const scale = (width - gutter) / (view.to - view.from);
    const stretch: Stretch = { from: 0, to: -1, state: 0, quarters: 0 };
    const drawStretch = () => {
      if (stretch.to < stretch.from) return;
      const part = Math.max(1, (height * stretch.quarters) / 4);
      const colour = colourOf(palette, stretch.state, false);
      this.#fills.add(
        colour,
        stretch.from,
        top + height - part,
        stretch.to - stretch.from + 1,
        part,
      );
      stretch.to = stretch.from - 1;
    };
    let [pixel, cover, worst] = [-1, 0, 0];
    const closePixel = () => {
      if (pixel < 0) return;
      const quarters = Math.min(4, Math.ceil(cover * 4));
      if (pixel !== stretch.to + 1 || quarters !== stretch.quarters || worst !== stretch.state) {
        drawStretch();
        stretch.from = pixel;
        stretch.state = worst;
        stretch.quarters = quarters;
      }
      stretch.to = pixel;
      [pixel, cover] = [-1, 0];
    };
    for (let place = Math.max(0, trace.sliceBefore(lane, since)); place < slices.length; place++) {
      const future = slices.get(place);
      const start = trace.started.get(future);
      if (start > now || start > view.to) break;
      const state = trace.stateAt(future, now);
      const end = state === RUNNING ? now : trace.ended.get(future);
      const x0 = gutter + (start - view.from) * scale;
      const x1 = gutter + (end - view.from) * scale;
      if (x1 < gutter) continue;
      if (x1 - x0 >= NARROW) {
        closePixel();
        drawStretch();
        const plain = lane.blocked.from.length === 0;
        this.#slice({ future, state, x0, x1, top, height, plain });
        continue;
      }
      const column = Math.max(gutter, Math.floor(x0));
      if (column !== pixel) {
        closePixel();
        pixel = column;
        worst = state;
      } else if ((WORST[state] ?? 0) > (WORST[worst] ?? 0)) worst = state;
      cover += x1 - x0;
    }
    closePixel();
    drawStretch();
  }

  #slice({ future, state, x0, x1, top, height, plain }: Slice): void {
    const { palette, gutter, width, trace, character } = this.#scene;
    const left = Math.max(gutter, x0);
    // A hair of ground between neighbours.
    const right = Math.min(width, x1 - (x1 - x0 > 4 ? 1 : 0));
    if (right <= left) return;
    const colour = colourOf(palette, state, future % 2 === 1);
    const pattern = patternOf(state);
    this.#fills.add(colour, left, top, right - left, height);
    if (pattern && right - left >= 3) this.#patterns.add(pattern, left, top, right - left, height);
    const room = Math.floor((right - left - 9) / character);
    if (height < 13 || room < 3) return;
    const text = cut(GLYPHS[state] + callOf(trace, future), room);
    const ground = pattern || !plain ? colour : undefined;
    this.#labels.push({ text, x: left + 5, y: top + height / 2 + 0.5, ground });
  }

  #blocked({ blocked }: Lane, top: number, height: number): void {
    const { gutter, width, now, palette } = this.#scene;
    const part = Math.max(2, Math.round(height * 0.45));
    for (let place = 0; place < blocked.from.length; place++) {
      const start = blocked.from.get(place);
      if (start > now) continue;
      const end = blocked.to.get(place);
      const left = Math.max(gutter, xOf(this.#scene, start));
      const right = Math.min(width, xOf(this.#scene, Number.isNaN(end) ? now : Math.min(end, now)));
      if (right <= left) continue;
      const long = Math.max(1, right - left);
      this.#fills.add(palette.surface, left, top + height - part, long, part);
      this.#patterns.add('blocked', left, top + height - part, long, part);
    }
  }
}

/** Before the text of a slice, for who does not tell the colours apart; by state. */
const GLYPHS = ['', '▸ ', '', '✕ ', '⊘ '];
