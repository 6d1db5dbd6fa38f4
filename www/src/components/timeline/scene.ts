// What the picture is drawn from, and how its pixels and its times belong together.

import type { Trace } from '../../trace/trace.ts';
import type { Palette, Patterns } from './palette.ts';
import type { Row } from './rows.ts';
import type { View } from './view.ts';

/** Height of the axis. */
export const AXIS = 24;

/** What main() did on its own lane. */
export interface Span {
  readonly name: string;
  readonly from: number;
  /** NaN while it goes on. */
  readonly to: number;
}

export interface Scene {
  readonly trace: Trace;
  readonly rows: readonly Row[];
  readonly view: View;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Width of the column with the names. */
  readonly gutter: number;
  /** What is left of this place stands already, but for the rows of main() and of names; the gutter's edge for nothing. */
  readonly left: number;
  /** The greatest depth of each executor's queue in what is in sight. */
  readonly depths: readonly number[];
  /** How far the rows are scrolled. */
  readonly scroll: number;
  /** Nothing is drawn later than this. */
  readonly now: number;
  /** Where the axis has its 0. */
  readonly zero: number;
  readonly spans: readonly Span[];
  readonly palette: Palette;
  readonly patterns: Patterns;
  /** Width of one character of the text in slices. */
  readonly character: number;
}

export const xOf = ({ view, width, gutter }: Scene, time: number): number =>
  gutter + ((time - view.from) / (view.to - view.from)) * (width - gutter);

export const timeOf = (
  { view, width, gutter }: Pick<Scene, 'view' | 'width' | 'gutter'>,
  x: number,
): number => view.from + ((x - gutter) / (width - gutter)) * (view.to - view.from);

/** A text in so many characters. */
export const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, Math.max(1, Math.floor(characters) - 1))}…`;
