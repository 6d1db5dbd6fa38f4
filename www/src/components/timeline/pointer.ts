// Mouse, pen and fingers on the picture.
//
//   move            what is under it is told in a tooltip
//   click           selects
//   drag            selects an area; with Shift, or with a finger, moves
//   Ctrl + wheel    zooms at the pointer; a wheel sideways moves; a plain wheel scrolls
//   two fingers     zoom and move

import { batch } from '@preact/signals';
import { area, hovered, selected } from '../../trace/look.ts';
import type { Picture } from './picture.ts';
import { AXIS } from './scene.ts';
import { futureAt, lanesBetween } from './steering.ts';
import { tip } from './Tip.tsx';

/** Pixels that a hand may tremble in a click. */
const TREMBLE = 4;

interface Grip {
  readonly kind: 'area' | 'move';
  readonly x: number;
  readonly y: number;
  lastX: number;
  moved: boolean;
}

export class Pointer {
  readonly #ground: HTMLElement;
  readonly #picture: Picture;
  readonly #leave: AbortController = new AbortController();
  #grip: Grip | undefined;
  /** Fingers that are down, by their number. */
  readonly #fingers = new Map<number, { x: number; y: number }>();

  constructor(ground: HTMLElement, picture: Picture) {
    this.#ground = ground;
    this.#picture = picture;
    const { signal } = this.#leave;
    ground.addEventListener('pointerdown', this.#down, { signal });
    ground.addEventListener('pointermove', this.#move, { signal });
    ground.addEventListener('pointerup', this.#up, { signal });
    ground.addEventListener('pointercancel', this.#up, { signal });
    ground.addEventListener('pointerleave', this.#out, { signal });
    ground.addEventListener('wheel', this.#wheel, { signal, passive: false });
  }

  close(): void {
    this.#leave.abort();
  }

  #place({ clientX, clientY }: MouseEvent): { x: number; y: number } {
    const { left, top } = this.#ground.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #futureAt(x: number, y: number): number {
    const scene = this.#picture.scene();
    return scene ? futureAt(scene, x, y) : -1;
  }

  #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x, y } = this.#place(event);
    // The scroll bar is the browser's.
    if (x > this.#ground.clientWidth - 12 && event.pointerType === 'mouse') return;
    const touch = event.pointerType === 'touch';
    if (touch) this.#fingers.set(event.pointerId, { x, y });
    this.#grip = {
      kind: touch || event.shiftKey ? 'move' : 'area',
      x,
      y,
      lastX: x,
      moved: false,
    };
    this.#ground.setPointerCapture(event.pointerId);
  };

  #move = (event: PointerEvent): void => {
    const { x, y } = this.#place(event);
    const grip = this.#grip;
    if (this.#fingers.size === 2 && this.#fingers.has(event.pointerId)) {
      this.#pinch(event.pointerId, x, y);
      return;
    }
    if (!grip) {
      if (event.pointerType !== 'touch') this.#hover(x, y);
      return;
    }
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, { x, y });
    if (!grip.moved && Math.hypot(x - grip.x, y - grip.y) < TREMBLE) return;
    grip.moved = true;
    if (grip.kind === 'move') {
      const span = this.#picture.timeAt(x) - this.#picture.timeAt(grip.lastX);
      const { from, to } = this.#picture.view;
      this.#picture.pan(-span / (to - from), false);
      grip.lastX = x;
    } else this.#select(grip, x, y);
    batch(() => {
      hovered.value = -1;
      tip.value = undefined;
    });
  };

  #up = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    const grip = this.#grip;
    if (this.#fingers.size === 0) this.#grip = undefined;
    if (!grip || grip.moved || event.type === 'pointercancel') return;
    const { x, y } = this.#place(event);
    selected.value = this.#futureAt(x, y);
    area.value = undefined;
  };

  #out = (): void => {
    hovered.value = -1;
    tip.value = undefined;
  };

  #hover(x: number, y: number): void {
    const future = this.#futureAt(x, y);
    batch(() => {
      hovered.value = future;
      tip.value = future < 0 ? undefined : { x, y, width: this.#ground.clientWidth };
    });
  }

  #select(grip: Grip, x: number, y: number): void {
    const scene = this.#picture.scene();
    if (!scene) return;
    const times = [this.#picture.timeAt(grip.x), this.#picture.timeAt(x)];
    // A drag along the axis is about all lanes.
    const whole = grip.y < AXIS;
    area.value = {
      from: Math.min(...times),
      to: Math.max(...times),
      lanes: whole
        ? scene.trace.lanes.map(lane => lane.index)
        : lanesBetween(scene.rows, scene.scroll, grip.y, y),
    };
  }

  #pinch(id: number, x: number, y: number): void {
    const other = [...this.#fingers].find(([each]) => each !== id)?.[1];
    const before = this.#fingers.get(id);
    if (!other || !before) return;
    const wide = Math.max(20, Math.abs(before.x - other.x));
    const wider = Math.max(20, Math.abs(x - other.x));
    this.#picture.zoom(wider / wide, this.#picture.timeAt(other.x));
    this.#fingers.set(id, { x, y });
    if (this.#grip) this.#grip.moved = true;
  }

  #wheel = (event: WheelEvent): void => {
    const { x } = this.#place(event);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.#picture.zoom(1.0018 ** -event.deltaY, this.#picture.timeAt(x));
      return;
    }
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    this.#picture.pan(sideways / Math.max(1, this.#ground.clientWidth), false);
  };
}
