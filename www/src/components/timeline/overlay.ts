// What is drawn over the picture: the selected area, what is under the pointer, what is selected, and the moment of a
// replay.

import type { Area } from '../../trace/stats.ts';
import type { Context } from './palette.ts';
import { AXIS, type Scene, xOf } from './scene.ts';

export interface Marks {
  /** Futures; -1 for none. */
  readonly hovered: number;
  readonly selected: number;
  readonly area: Area | undefined;
  /** Draws the moment `now` as a line. */
  readonly showNow: boolean;
}

export function drawOver(context: Context, scene: Scene, marks: Marks): void {
  const { palette, gutter, width, height } = scene;
  context.save();
  context.beginPath();
  context.rect(gutter - 1, 0, width - gutter + 1, height);
  context.clip();
  if (marks.area) drawArea(context, scene, marks.area);
  if (marks.showNow) {
    const x = Math.round(xOf(scene, scene.now));
    context.fillStyle = palette.accent;
    context.fillRect(x, 4, 1.5, height);
    context.beginPath();
    context.moveTo(x - 4, 2);
    context.lineTo(x + 5.5, 2);
    context.lineTo(x + 0.75, 9);
    context.fill();
  }
  context.beginPath();
  context.rect(gutter - 1, AXIS, width - gutter + 1, height - AXIS);
  context.clip();
  if (marks.hovered >= 0 && marks.hovered !== marks.selected)
    outline(context, scene, marks.hovered, 1);
  if (marks.selected >= 0) {
    wait(context, scene, marks.selected);
    outline(context, scene, marks.selected, 2);
  }
  context.restore();
}

/** Where a future's slice is, in CSS pixels; `undefined` while it has none. */
export function boxOf(scene: Scene, future: number) {
  const { trace, rows, now, scroll } = scene;
  const lane = trace.lane.get(future);
  const start = trace.started.get(future);
  const row = rows.find(each => each.lane === lane && lane >= 0);
  if (!row || !(start <= now)) return undefined;
  const x = xOf(scene, start);
  return {
    x,
    y: AXIS + row.y - scroll,
    width: Math.max(1, xOf(scene, start + trace.ran(future, now)) - x),
    height: row.height,
  };
}

function outline(context: Context, scene: Scene, future: number, thick: number): void {
  const box = boxOf(scene, future);
  if (!box) return;
  const { palette } = scene;
  const [x, y] = [box.x - thick / 2, box.y + thick / 2];
  context.strokeStyle = palette.text;
  context.lineWidth = thick;
  context.strokeRect(x, y, Math.max(3, box.width + thick / 2), box.height - thick);
}

/** From where it was submitted, along its lane, to where it began. */
function wait(context: Context, scene: Scene, future: number): void {
  const box = boxOf(scene, future);
  const submitted = scene.trace.submitted.get(future);
  if (!box || Number.isNaN(submitted)) return;
  const x = xOf(scene, submitted);
  const y = box.y + box.height - 1;
  context.strokeStyle = scene.palette.text;
  context.fillStyle = scene.palette.text;
  context.lineWidth = 1.4;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(box.x, y);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.arc(x, y, 3, 0, 7);
  context.fill();
}

function drawArea(context: Context, scene: Scene, { from, to, lanes }: Area): void {
  const { palette, rows, scroll, height } = scene;
  const [left, right] = [xOf(scene, from), xOf(scene, to)];
  const chosen = new Set(lanes);
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.16;
  for (const row of rows)
    if (chosen.has(row.lane))
      context.fillRect(left, AXIS + row.y - scroll, right - left, row.height);
  context.globalAlpha = 0.06;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 1;
  context.fillRect(left - 0.5, 0, 1, height);
  context.fillRect(right - 0.5, 0, 1, height);
}
