// What a run has shown so far: output, variants, pictures, canvases. The components read these signals.
//
// Events are collected and taken over once a frame, however many come, so that the page does the same small amount of
// work for ten of them as for ten thousand.

import { batch, signal } from '@preact/signals';
import type { Comparison } from '../compare/comparison.ts';
import type { Level, RunEvent, VariantEnd } from '../protocol.ts';

export interface Line {
  readonly id: number;
  readonly level: Level;
  /** The worker that printed it; empty for main(). */
  readonly source: string;
  readonly text: string;
  /** Not printed by the code: the name of the variant whose lines follow. */
  readonly mark?: true;
}

export interface Picture {
  readonly caption: string;
  /** A blob's address. */
  readonly address: string;
  /** It needs the whole width, as a curve does. */
  readonly wide: boolean;
}

export interface CanvasSize {
  readonly canvas: number;
  readonly width: number;
  readonly height: number;
}

export interface Variant {
  readonly id: number;
  readonly name: string;
  /** On the clock of `performance.now()`. */
  readonly since: number;
  readonly end?: VariantEnd;
  readonly seconds?: number;
  readonly note?: string;
  readonly pictures: readonly Picture[];
  readonly canvases: readonly CanvasSize[];
}

/** Lines that are kept; older ones are counted and left out. */
const MOST_LINES = 500;
/** Pictures that a variant shows; more would slow the page down and be seen by nobody. */
const MOST_PICTURES = 200;

export const lines = signal<readonly Line[]>([]);
export const droppedLines = signal(0);
export const variants = signal<readonly Variant[]>([]);
export const comparisons = signal<readonly Comparison[]>([]);

type Pixels = RunEvent & { kind: 'pixels' };
type Painter = (pixels: Pixels) => void;

let incoming: RunEvent[] = [];
let scheduled: (() => void) | undefined;
let nextLine = 0;
/** The variant whose name is due before the next line. */
let unmarked: string | undefined;
let painters = new Map<number, Painter>();
/** Pixels for canvases that are not on the page yet. */
let unpainted = new Map<number, Pixels[]>();
let addresses: string[] = [];

/** Forgets the last run. */
export function clearResults(): void {
  scheduled?.();
  scheduled = undefined;
  incoming = [];
  unmarked = undefined;
  painters = new Map();
  unpainted = new Map();
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = [];
  batch(() => {
    lines.value = [];
    droppedLines.value = 0;
    variants.value = [];
    comparisons.value = [];
  });
}

/** Takes events in; they are shown with the next frame. */
export function receive(events: readonly RunEvent[]): void {
  for (const event of events) incoming.push(event);
  if (scheduled) return;
  // A hidden page has no frames, but its results go on.
  if (document.hidden) {
    const timer = setTimeout(takeOver, 100);
    scheduled = () => clearTimeout(timer);
  } else {
    const frame = requestAnimationFrame(takeOver);
    scheduled = () => cancelAnimationFrame(frame);
  }
}

/** Shows what has come in, now. */
export function takeOver(): void {
  scheduled?.();
  scheduled = undefined;
  const events = incoming;
  incoming = [];
  if (events.length > 0) batch(() => apply(events));
}

/** Draws what comes for a canvas, and what has come already. */
export function paintWith(canvas: number, painter: Painter): void {
  painters.set(canvas, painter);
  for (const pixels of unpainted.get(canvas) ?? []) painter(pixels);
  unpainted.delete(canvas);
}

function paint(pixels: Pixels): void {
  const painter = painters.get(pixels.canvas);
  const waiting = unpainted.get(pixels.canvas);
  if (painter) painter(pixels);
  else if (waiting) waiting.push(pixels);
  else unpainted.set(pixels.canvas, [pixels]);
}

function apply(events: readonly RunEvent[]): void {
  const newLines: Line[] = [];
  const all = new Map(variants.value.map(variant => [variant.id, variant]));
  const change = (id: number, how: (variant: Variant) => Partial<Variant>) => {
    const variant = all.get(id) ?? anonymous(id);
    all.set(id, { ...variant, ...how(variant) });
  };
  for (const event of events) {
    switch (event.kind) {
      case 'line': {
        const { level, source, text } = event;
        if (unmarked !== undefined) {
          newLines.push({ id: nextLine++, level: 'log', source: '', text: unmarked, mark: true });
          unmarked = undefined;
        }
        newLines.push({ id: nextLine++, level, source, text });
        break;
      }
      case 'variant-started':
        unmarked = event.name;
        change(event.variant, () => ({
          name: event.name,
          since: event.at - performance.timeOrigin,
        }));
        break;
      case 'variant-ended':
        change(event.variant, () => ({
          end: event.end,
          seconds: event.seconds,
          ...(event.note === undefined ? {} : { note: event.note }),
        }));
        break;
      case 'picture':
        change(event.variant, ({ pictures }) =>
          pictures.length < MOST_PICTURES
            ? {
                pictures: [
                  ...pictures,
                  {
                    caption: event.caption,
                    address: svgAddress(event.svg),
                    wide: event.wide === true,
                  },
                ],
              }
            : {},
        );
        break;
      case 'comparison':
        comparisons.value = [
          ...comparisons.value.filter(({ id }) => id !== event.comparison.id),
          event.comparison,
        ];
        break;
      case 'canvas':
        change(event.variant, ({ canvases }) => ({ canvases: [...canvases, event] }));
        break;
      case 'pixels':
        paint(event);
        break;
    }
  }
  variants.value = [...all.values()];
  if (newLines.length === 0) return;
  const kept = [...lines.value, ...newLines];
  droppedLines.value += Math.max(0, kept.length - MOST_LINES);
  lines.value = kept.slice(-MOST_LINES);
}

/** What is shown outside of any variant has a place of its own, without a time. */
function anonymous(id: number): Variant {
  return { id, name: '', since: performance.now(), pictures: [], canvases: [] };
}

function svgAddress(svg: string): string {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  addresses.push(address);
  return address;
}
