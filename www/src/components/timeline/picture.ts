// The picture as an object: owns the canvas, the part of time that it shows, and when it is drawn. The component around
// it tells it what the person does.

import { effect } from '@preact/signals';
import { busyFrame, changes, live, trace } from '../../trace/feed.ts';
import { area, hovered, moment, selected, shownMoment } from '../../trace/look.ts';
import type { Trace } from '../../trace/trace.ts';
import { draw } from './draw.ts';
import { drawOver } from './overlay.ts';
import { type Palette, type Patterns, paletteOf, patternsOf } from './palette.ts';
import { heightOf, type Row, rowsOf } from './rows.ts';
import { AXIS, type Scene, timeOf } from './scene.ts';
import { bounds, spans } from './spans.ts';
import { staleFrom } from './stale.ts';
import { clamp, fit, focus, growing, pan, reveal, type View, zoom } from './view.ts';

/** Milliseconds between pictures for who asked for less motion. */
const CALM = 250;
/** Milliseconds between two arrangements of the rows while the run is on. */
const ARRANGING = 150;
/** Milliseconds that a change of the view takes. */
const GLIDE = 180;

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

export class Picture {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #scroller: HTMLElement;
  readonly #resized: ResizeObserver;
  readonly #leave: (() => void)[] = [];
  #view: View = { from: 0, to: 100 };
  /** The view follows what comes, until the person moves it. */
  #follows = true;
  #glide: { from: View; to: View; since: number } | undefined;
  #rows: readonly Row[] = [];
  #structure = -1;
  #arrangedAt = 0;
  #palette: Palette;
  #patterns: Patterns;
  #character = 7;
  /** Of the screen's pixels to those of the style sheet, for which the patterns are. */
  #ratio = 0;
  #width = 0;
  #height = 0;
  /** What the canvas shows; `undefined` where nothing of it can stay. */
  #stands: Scene | undefined;
  /** How far the rows are scrolled. To ask the element for it in each frame would lay the page out each time. */
  #scroll = 0;
  /** Takes back the drawing that is due; `undefined` while none is. */
  #takeBack: (() => void) | undefined;
  /** The drawing that is due waits for more than the next frame. */
  #rests = false;
  #drawnAt = 0;
  #gone = false;
  /** Called when the rows need another height. */
  onHeight: (height: number) => void = () => {};

  constructor(canvas: HTMLCanvasElement, scroller: HTMLElement) {
    this.#canvas = canvas;
    this.#scroller = scroller;
    this.#context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
    this.#palette = paletteOf(canvas.parentElement as Element);
    this.#patterns = patternsOf(this.#context, this.#palette, devicePixelRatio);
    this.#resized = new ResizeObserver(() => this.#resize());
    this.#resized.observe(canvas);
    const recolour = () => this.#recolour();
    dark.addEventListener('change', recolour);
    const themed = new MutationObserver(recolour);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    this.#leave.push(
      () => dark.removeEventListener('change', recolour),
      () => themed.disconnect(),
      effect(() => {
        trace.value;
        this.#follows = true;
        this.#glide = undefined;
        this.#structure = -1;
        this.draw();
      }),
      effect(() => {
        // Read so that a change of any of them draws.
        [changes, hovered, selected, area, moment].map(each => each.value);
        const known = trace.peek();
        // At the end everything has its place at once.
        if (!live.value && known) this.#arrange(known);
        this.draw();
      }),
    );
    const scrolled = () => {
      this.#scroll = scroller.scrollTop;
      this.draw();
    };
    scroller.addEventListener('scroll', scrolled, { passive: true });
    this.#leave.push(() => scroller.removeEventListener('scroll', scrolled));
    this.#resize();
  }

  close(): void {
    this.#gone = true;
    this.#takeBack?.();
    this.#resized.disconnect();
    for (const leave of this.#leave) leave();
  }

  get view(): View {
    return this.#glide?.to ?? this.#view;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get gutter(): number {
    return this.#width < 480 ? 78 : 112;
  }

  /** The time at a place of the picture. */
  timeAt(x: number): number {
    return timeOf({ view: this.#view, width: this.#width, gutter: this.gutter }, x);
  }

  /** What can be seen at this moment; `undefined` without a trace. */
  scene(): Scene | undefined {
    const known = trace.peek();
    if (!known || this.#width === 0) return undefined;
    const { from, to } = bounds();
    const view = this.#view;
    // main() may have gone on after the last event.
    const now = moment.peek() === undefined && !live.peek() ? to : shownMoment();
    return {
      trace: known,
      rows: this.#rows,
      view,
      width: this.#width,
      height: this.#height,
      gutter: this.gutter,
      left: this.gutter,
      depths: known.executors.map(({ queue }) => queue.max(view.from, Math.min(view.to, now))),
      scroll: this.#scroll,
      now,
      zero: from,
      spans: spans(),
      palette: this.#palette,
      patterns: this.#patterns,
      character: this.#character,
    };
  }

  /** Shows all of it, and goes on doing so while it grows. */
  fit(): void {
    this.#follows = true;
    this.#go(this.#wanted());
  }

  zoom(factor: number, around?: number): void {
    const { view } = this;
    this.#move(zoom(view, factor, around ?? (view.from + view.to) / 2), around === undefined);
  }

  pan(share: number, glide = true): void {
    this.#move(pan(this.view, share), glide);
  }

  /** Shows a span of time. */
  focus(from: number, to: number): void {
    this.#move(focus(from, to), true);
  }

  /** Moves time and rows just so far that a future is in sight. */
  reveal(future: number): void {
    const known = trace.peek();
    const start = known?.started.get(future) ?? Number.NaN;
    if (!known || Number.isNaN(start)) return;
    const goal = reveal(this.view, start, start + known.ran(future, shownMoment()));
    if (goal !== this.view) this.#move(goal, true);
    const row = this.#rows.find(({ lane }) => lane === known.lane.get(future));
    if (!row) return;
    const { scrollTop } = this.#scroller;
    const room = this.#scroller.clientHeight;
    if (row.y < scrollTop) this.#scroller.scrollTop = row.y - 30;
    else if (row.y + row.height > scrollTop + room)
      this.#scroller.scrollTop = row.y + row.height - room + 8;
  }

  /** Draws with the next frame; for who asked for less motion, four times a second. */
  draw(): void {
    const moving = live.peek() || moment.peek() !== undefined;
    // What no longer moves is not made to wait.
    if ((this.#takeBack && (moving || !this.#rests)) || this.#gone) return;
    this.#takeBack?.();
    const wait = calm.matches && moving ? CALM - (performance.now() - this.#drawnAt) : 0;
    const next = () => {
      this.#rests = false;
      const frame = requestAnimationFrame(this.#frame);
      this.#takeBack = () => cancelAnimationFrame(frame);
    };
    if (wait <= 0) {
      next();
      return;
    }
    this.#rests = true;
    const timer = setTimeout(next, wait);
    this.#takeBack = () => clearTimeout(timer);
  }

  /** The whole picture, with all its rows, as a PNG. */
  async png(): Promise<Blob> {
    const scene = this.scene();
    if (!scene) throw new Error('There is nothing to draw yet: run something first.');
    const ratio = 2;
    // Beyond this, browsers refuse a canvas.
    const height = Math.min(AXIS + heightOf(this.#rows), 16_000 / ratio);
    const canvas = new OffscreenCanvas(scene.width * ratio, height * ratio);
    const context = canvas.getContext('2d', { alpha: false }) as OffscreenCanvasRenderingContext2D;
    context.scale(ratio, ratio);
    const patterns = patternsOf(context, this.#palette, ratio);
    const whole = { ...scene, height, scroll: 0, patterns };
    draw(context, whole);
    drawOver(context, whole, this.#marks());
    return canvas.convertToBlob({ type: 'image/png' });
  }

  #marks() {
    return {
      hovered: hovered.peek(),
      selected: selected.peek(),
      area: area.peek(),
      showNow: live.peek() || moment.peek() !== undefined,
    };
  }

  #frame = (time?: number): void => {
    this.#takeBack?.();
    this.#takeBack = undefined;
    const known = trace.peek();
    if (this.#gone || !known) return;
    if (time !== undefined && busyFrame(time)) {
      this.draw();
      return;
    }
    this.#arrange(known);
    this.#glideOn();
    // After the glide: one that began while the run went on may end when the run has, and then there is another way to go.
    if (this.#follows && !this.#glide) {
      const wanted = this.#wanted();
      if (wanted.from !== this.#view.from || wanted.to !== this.#view.to) this.#go(wanted);
    }
    const scene = this.scene();
    if (scene) {
      this.#drawnAt = performance.now();
      this.#paint(scene);
      // For who cannot read the axis: how much time the picture shows, and whether it moves.
      const span = String(scene.view.to - scene.view.from);
      const still = String(!live.peek() && this.#glide === undefined);
      const { dataset } = this.#canvas;
      if (span !== dataset.span) dataset.span = span;
      if (still !== dataset.still) dataset.still = still;
    }
    if (live.peek() || this.#glide) this.draw();
  };

  /** Paints what has changed, where nothing is marked: marks may be anywhere. */
  #paint(scene: Scene): void {
    const marks = this.#marks();
    const { hovered: under, selected: chosen, area: marked } = marks;
    const plain = under < 0 && chosen < 0 && !marked && !calm.matches;
    const left = plain ? staleFrom(scene, this.#stands) : scene.gutter;
    draw(this.#context, { ...scene, left });
    drawOver(this.#context, scene, marks);
    scene.trace.undrawn = Number.POSITIVE_INFINITY;
    this.#stands = plain ? scene : undefined;
  }

  /** Gives each lane its row. Workers come up one after another: while they do, rows for some of them at a time. */
  #arrange(known: Trace): void {
    const now = performance.now();
    const wait = live.peek() && this.#structure >= 0 && now - this.#arrangedAt < ARRANGING;
    if (wait || known.structure === this.#structure) return;
    this.#structure = known.structure;
    this.#arrangedAt = now;
    this.#rows = rowsOf(known);
    this.onHeight(AXIS + heightOf(this.#rows));
  }

  #wanted(): View {
    return live.peek() ? growing(bounds()) : fit(bounds());
  }

  #move(view: View, glide: boolean): void {
    this.#follows = false;
    this.#go(clamp(view, bounds()), glide);
  }

  #go(view: View, glide = true): void {
    if (calm.matches || !glide) {
      this.#glide = undefined;
      this.#view = view;
    } else this.#glide = { from: this.#view, to: view, since: performance.now() };
    this.draw();
  }

  #glideOn(): void {
    if (!this.#glide) return;
    const { from, to, since } = this.#glide;
    const passed = Math.min(1, Math.max(0, (performance.now() - since) / GLIDE));
    const part = 1 - (1 - passed) ** 3;
    this.#view =
      passed === 1
        ? to
        : {
            from: from.from + (to.from - from.from) * part,
            to: from.to + (to.to - from.to) * part,
          };
    if (passed === 1) this.#glide = undefined;
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0 || height === 0) return;
    this.#width = width;
    this.#height = height;
    const ratio = devicePixelRatio;
    this.#stands = undefined;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (ratio !== this.#ratio) {
      this.#ratio = ratio;
      this.#patterns = patternsOf(this.#context, this.#palette, ratio);
      this.#context.font = `11px ${this.#palette.mono}`;
      this.#character = this.#context.measureText('0').width;
    }
    // A canvas that was resized is empty: waiting for a frame would show that.
    this.#frame();
  }

  #recolour(): void {
    this.#palette = paletteOf(this.#canvas.parentElement as Element);
    this.#patterns = patternsOf(this.#context, this.#palette, devicePixelRatio);
    this.draw();
  }
}
