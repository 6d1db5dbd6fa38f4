// The colours and patterns of the picture, taken from the style sheet, so that a theme is told in one place.

import { CANCELLED, DONE, FAILED, PENDING, RUNNING } from '../../trace/trace.ts';

const NAMES = [
  'surface',
  'raised',
  'line',
  'line-strong',
  'text',
  'muted',
  'accent',
  'tl-pending',
  'tl-running',
  'tl-done',
  'tl-done-2',
  'tl-failed',
  'tl-cancelled',
  'tl-blocked',
  'tl-on',
  'tl-idle',
] as const;

type Name = (typeof NAMES)[number];

/** A colour for each name, as the browser writes it. */
export type Palette = Readonly<Record<Name, string>> & {
  readonly mono: string;
  readonly sans: string;
};

export function paletteOf(element: Element): Palette {
  const probe = document.createElement('i');
  element.append(probe);
  const colours = Object.fromEntries(
    NAMES.map(name => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Record<Name, string>;
  probe.style.fontFamily = 'var(--mono)';
  const mono = getComputedStyle(probe).fontFamily;
  probe.style.fontFamily = 'var(--sans)';
  const sans = getComputedStyle(probe).fontFamily;
  probe.remove();
  return { ...colours, mono, sans };
}

/** The colour of a state. Neighbours that are done differ a little, so that one sees where each begins. */
export function colourOf(palette: Palette, state: number, odd: boolean): string {
  switch (state) {
    case PENDING:
      return palette['tl-pending'];
    case RUNNING:
      return palette['tl-running'];
    case FAILED:
      return palette['tl-failed'];
    case CANCELLED:
      return palette['tl-cancelled'];
    default:
      return odd ? palette['tl-done-2'] : palette['tl-done'];
  }
}

/** The states told apart without colour: which have a pattern on them. `blocked` is time, not a state. */
export type PatternName = 'pending' | 'running' | 'failed' | 'cancelled' | 'blocked';

export function patternOf(state: number): PatternName | undefined {
  switch (state) {
    case RUNNING:
      return 'running';
    case FAILED:
      return 'failed';
    case CANCELLED:
      return 'cancelled';
    case PENDING:
      return 'pending';
    default:
      return undefined;
  }
}

const SIZE = 8;

/** Draws one tile of 8 × 8. */
const TILES: Record<PatternName, (context: OffscreenCanvasRenderingContext2D) => void> = {
  // Dots.
  pending(context) {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const) {
      context.beginPath();
      context.arc(x, y, 1.1, 0, 7);
      context.fill();
    }
  },
  // Stripes upwards.
  running(context) {
    line(context, -2, 10, 10, -2);
    line(context, -2, 2, 2, -2);
    line(context, 6, 10, 10, 6);
  },
  // Crosses.
  failed(context) {
    line(context, 0, 0, 8, 8);
    line(context, 0, 8, 8, 0);
  },
  // Lines along.
  cancelled(context) {
    line(context, 0, 2, 8, 2);
    line(context, 0, 6, 8, 6);
  },
  // Bars across, as a pause sign.
  blocked(context) {
    line(context, 2, 0, 2, 8);
    line(context, 6, 0, 6, 8);
  },
};

function line(
  context: OffscreenCanvasRenderingContext2D,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

export type Patterns = Readonly<Record<PatternName, CanvasPattern>>;

/** The patterns, for a picture with that many device pixels to one of CSS. */
export function patternsOf(context: Context, palette: Palette, ratio: number): Patterns {
  const make = (name: PatternName, colour: string, opacity: number, width: number) => {
    const scale = Math.max(1, Math.round(ratio));
    const tile = new OffscreenCanvas(SIZE * scale, SIZE * scale);
    const on = tile.getContext('2d') as OffscreenCanvasRenderingContext2D;
    on.scale(scale, scale);
    on.globalAlpha = opacity;
    on.strokeStyle = colour;
    on.fillStyle = colour;
    on.lineWidth = width;
    TILES[name](on);
    const pattern = context.createPattern(tile, 'repeat') as CanvasPattern;
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    return pattern;
  };
  return {
    pending: make('pending', palette['tl-pending'], 0.9, 1),
    running: make('running', palette['tl-on'], 0.42, 1.6),
    failed: make('failed', palette['tl-on'], 0.6, 1.1),
    cancelled: make('cancelled', palette['tl-on'], 0.6, 1.2),
    blocked: make('blocked', palette['tl-blocked'], 0.85, 1.4),
  };
}

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The state that stands for a whole pixel in which several futures ran: the worst is the one to be seen. */
export const WORST: readonly number[] = [0, 2, 1, 4, 3];

/** The states in the order of the legend. */
export const STATES = [PENDING, RUNNING, DONE, FAILED, CANCELLED] as const;
