// Draws the picture: axis, caller, queues, lanes and names. One pass over what is in sight.

import { countText } from '../../trace/duration.ts';
import type { Executor, Lane } from '../../trace/trace.ts';
import { Lanes } from './lanes.ts';
import type { Context } from './palette.ts';
import { drawQueue } from './queue.ts';
import { firstBelow, type Row } from './rows.ts';
import { AXIS, cut, type Scene, timeOf, xOf } from './scene.ts';
import { ticks, tickText } from './view.ts';

/** Draws all of it, or what lies right of `scene.left` and the rows with texts that change. */
export function draw(context: Context, scene: Scene): void {
  const { width, height, gutter, left, palette } = scene;
  const from = left === gutter ? 0 : left;
  context.fillStyle = palette.surface;
  context.fillRect(from, 0, width - from, height);
  drawGrid(context, scene, from, AXIS, height - AXIS);
  within(context, [from, AXIS, width - from, height - AXIS], () => drawLanes(context, scene));
  within(context, [0, AXIS, width, height - AXIS], () => drawNames(context, scene));
  drawAxis(context, scene);
}

function within(
  context: Context,
  box: [x: number, y: number, width: number, height: number],
  paint: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(...box);
  context.clip();
  paint();
  context.restore();
}

function drawGrid(context: Context, scene: Scene, left: number, top: number, height: number): void {
  context.fillStyle = scene.palette.line;
  context.globalAlpha = 0.6;
  for (const time of ticksOf(scene).times) {
    const x = Math.round(xOf(scene, time + scene.zero));
    if (x >= Math.max(left, scene.gutter)) context.fillRect(x, top, 1, height);
  }
  context.globalAlpha = 1;
}

/** Marks of the axis, counted from its 0. */
function ticksOf({ view, zero, width, gutter }: Scene) {
  return ticks({ from: view.from - zero, to: view.to - zero }, width - gutter);
}

function drawAxis(context: Context, scene: Scene): void {
  const { palette, width, gutter } = scene;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, AXIS);
  context.fillStyle = palette.line;
  context.fillRect(0, AXIS - 1, width, 1);
  context.font = `11px ${palette.sans}`;
  context.textBaseline = 'middle';
  context.fillStyle = palette.muted;
  const { step, times } = ticksOf(scene);
  for (const time of times) {
    const x = xOf(scene, time + scene.zero);
    const text = tickText(time, step);
    const half = context.measureText(text).width / 2;
    if (x - half < gutter - 8 || x + half > width - 2) continue;
    context.fillText(text, x - half, AXIS / 2);
    context.fillRect(Math.round(x), AXIS - 4, 1, 4);
  }
}

function* rowsInSight({ rows, scroll, height }: Scene): Iterable<readonly [Row, number]> {
  for (let index = firstBelow(rows, scroll); index < rows.length; index++) {
    const row = rows[index] as Row;
    const y = AXIS + row.y - scroll;
    if (y > height) return;
    yield [row, y];
  }
}

function drawLanes(context: Context, scene: Scene): void {
  const lanes = new Lanes(scene);
  for (const [row, y] of rowsInSight(scene)) {
    if (row.kind === 'queue') drawQueue(context, scene, row, y);
    else if (row.kind === 'lane') lanes.add(row, y);
  }
  lanes.draw(context);
}

/** The rows of main() and of executors, and the names of all. Their texts change, so they are always drawn anew. */
function drawNames(context: Context, scene: Scene): void {
  const { palette, width, gutter, left } = scene;
  for (const [row, y] of rowsInSight(scene)) {
    if (row.kind === 'queue' || row.kind === 'lane') continue;
    if (left > gutter) {
      context.fillStyle = palette.surface;
      context.fillRect(0, y, width, row.height);
      drawGrid(context, scene, gutter, y, row.height);
    }
    if (row.kind === 'caller') drawCaller(context, scene, y, row.height);
    else drawName(context, scene, row, y);
  }
  drawGutter(context, scene);
}

function drawCaller(context: Context, scene: Scene, y: number, height: number): void {
  const { palette, gutter, width, trace, now } = scene;
  context.save();
  context.beginPath();
  context.rect(gutter, y, width - gutter, height);
  context.clip();
  context.textBaseline = 'middle';
  for (const span of scene.spans) {
    if (span.from > now) continue;
    const from = xOf(scene, span.from);
    const to = xOf(scene, Number.isNaN(span.to) ? now : Math.min(span.to, now));
    if (to < gutter || from > width) continue;
    context.fillStyle = palette.muted;
    context.globalAlpha = 0.16;
    context.fillRect(from, y + 4, Math.max(1, to - from - 1), 16);
    context.globalAlpha = 1;
    context.fillRect(from, y + 4, 1.5, 16);
    const room = to - Math.max(from, gutter) - 10;
    if (room < 24) continue;
    context.font = `11px ${palette.sans}`;
    context.fillStyle = palette.text;
    context.fillText(cut(span.name, room / 6), Math.max(from, gutter) + 6, y + 12.5);
  }
  // One mark for each submit; several in one pixel are one mark.
  context.fillStyle = palette['tl-pending'];
  const { submits } = trace;
  const end = submits.length;
  let place = trace.submitsUntil(scene.view.from, 0);
  while (place < end && submits.get(place) <= now) {
    const x = Math.floor(xOf(scene, submits.get(place)));
    if (x > width) break;
    context.fillRect(x, y + 22, 1.5, 5);
    place = trace.submitsUntil(timeOf(scene, x + 1), place + 1);
  }
  context.restore();
}

function drawName(context: Context, scene: Scene, row: Row, y: number): void {
  const { palette, width, trace } = scene;
  const executor = trace.executors[row.executor] as Executor;
  context.fillStyle = palette.line;
  context.fillRect(0, y + 1, width, 1);
  context.textBaseline = 'middle';
  context.font = `600 12px ${palette.sans}`;
  context.fillStyle = palette.text;
  context.fillText(executor.name, 8, y + 15);
  const used = context.measureText(executor.name).width;
  const facts = factsOf(executor);
  context.font = `12px ${palette.sans}`;
  context.fillStyle = palette.muted;
  const room = (width - used - 26) / 6.2;
  if (room > 8) context.fillText(cut(facts, room), used + 18, y + 15);
}

const NOUNS: Record<Executor['what'], readonly [one: string, many: string]> = {
  ThreadPoolExecutor: ['thread', 'threads'],
  ProcessPoolExecutor: ['process', 'processes'],
  AsyncExecutor: ['coroutine at once', 'coroutines at once'],
  InlineExecutor: ['', ''],
};

/** What is worth a word about an executor: how many workers it had, of how many it may have, and its futures. */
function factsOf({ what, lanes, maxWorkers, futures }: Executor): string {
  const calls = `${countText(futures)} ${futures === 1 ? 'future' : 'futures'}`;
  if (what === 'InlineExecutor') return calls;
  const most = what === 'AsyncExecutor' ? 0 : maxWorkers;
  const noun = NOUNS[what][Math.max(most, lanes.length) === 1 ? 0 : 1];
  return `${lanes.length}${most > lanes.length ? ` of ${most}` : ''} ${noun} · ${calls}`;
}

function drawGutter(context: Context, scene: Scene): void {
  const { palette, gutter, trace, depths } = scene;
  context.textBaseline = 'middle';
  let free = 0;
  for (const [row, y] of rowsInSight(scene)) {
    if (row.kind === 'executor') continue;
    context.fillStyle = palette.surface;
    context.fillRect(0, y, gutter - 1, row.height);
    const middle = y + row.height / 2;
    // Where lanes are thin, one in several has its name written.
    if (middle - 6 < free) continue;
    free = middle + 6;
    context.font = `11.5px ${palette.sans}`;
    context.fillStyle = palette.muted;
    const room = (gutter - 12) / 6.1;
    if (row.kind === 'caller') {
      context.fillStyle = palette.text;
      context.fillText('main()', 8, y + 12.5);
    } else if (row.kind === 'queue') {
      const most = depths[row.executor] ?? 0;
      context.fillText(cut(most > 0 ? `queue ≤ ${most}` : 'queue', room), 8, middle);
    } else context.fillText(cut((trace.lanes[row.lane] as Lane).name, room), 8, middle);
  }
}
