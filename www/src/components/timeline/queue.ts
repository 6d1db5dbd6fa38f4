// The queue of an executor: its depth over time, and what was cancelled in it.

import type { Steps } from '../../trace/steps.ts';
import type { Executor } from '../../trace/trace.ts';
import type { Context } from './palette.ts';
import type { Row } from './rows.ts';
import { type Scene, timeOf, xOf } from './scene.ts';

export function drawQueue(context: Context, scene: Scene, row: Row, y: number): void {
  const { palette, patterns, gutter, width, trace, now } = scene;
  const executor = trace.executors[row.executor] as Executor;
  const { queue } = executor;
  const most = scene.depths[row.executor] ?? 0;
  const base = y + row.height - 3;
  const room = row.height - 7;
  context.fillStyle = palette.line;
  context.fillRect(gutter, base, width - gutter, 1);
  if (most > 0) {
    const end = Math.min(width, xOf(scene, now));
    const path = queuePath(scene, queue, base, room / most, end);
    context.fillStyle = palette['tl-pending'];
    context.globalAlpha = 0.22;
    context.fill(path.area);
    context.globalAlpha = 1;
    context.fillStyle = patterns.pending;
    context.fill(path.area);
    context.strokeStyle = palette['tl-pending'];
    context.lineWidth = 1.3;
    context.stroke(path.line);
  }
  drawCancelled(context, scene, executor, base);
}

/** The queue's depth as an area: in each pixel the most that it was. */
function queuePath(scene: Scene, queue: Steps, base: number, scale: number, end: number) {
  const { left } = scene;
  const area = new Path2D();
  const line = new Path2D();
  let place = queue.placeOf(timeOf(scene, left));
  let depth = queue.valueOf(place);
  area.moveTo(left, base);
  area.lineTo(left, base - depth * scale);
  line.moveTo(left, base - depth * scale);
  let before = depth;
  const to = (x: number, value: number) => {
    const y = base - value * scale;
    area.lineTo(x, y);
    // Along an empty queue there is nothing to draw.
    if (value === 0 && before === 0) line.moveTo(x, y);
    else line.lineTo(x, y);
    before = value;
  };
  while (++place < queue.length) {
    const x = xOf(scene, queue.timeOf(place));
    if (x > end) break;
    // All changes within a pixel are one corner, at the highest of them.
    const column = Math.floor(x) + 1;
    let most = queue.valueOf(place);
    let last = most;
    while (
      place + 1 < queue.length &&
      xOf(scene, queue.timeOf(place + 1)) < Math.min(column, end)
    ) {
      last = queue.valueOf(++place);
      most = Math.max(most, last);
    }
    to(x, depth);
    to(x, most);
    if (last !== most) to(x, last);
    depth = last;
  }
  to(end, depth);
  area.lineTo(end, base);
  area.closePath();
  return { area, line };
}

/** A future that was cancelled in the queue is a small cross where it left. */
function drawCancelled(context: Context, scene: Scene, executor: Executor, base: number): void {
  const { palette, trace, gutter, width, now } = scene;
  context.strokeStyle = palette['tl-cancelled'];
  context.lineWidth = 1.5;
  context.beginPath();
  let last = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < executor.cancelled.length; place++) {
    const time = trace.ended.get(executor.cancelled.get(place));
    const x = Math.round(xOf(scene, time));
    if (time > now || x < gutter || x > width || Math.abs(x - last) < 7) continue;
    last = x;
    context.moveTo(x - 3, base - 8);
    context.lineTo(x + 3, base - 2);
    context.moveTo(x - 3, base - 2);
    context.lineTo(x + 3, base - 8);
  }
  context.stroke();
}
