// Lines that do not fit go on below, a little further in than they began: nothing has to be scrolled sideways.

import { RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin } from '@codemirror/view';

/** The room at the left of every line, as the style sheet has it. */
const PADDING = 8;
/** Deeper lines would leave no room on a phone. */
const DEEPEST = 16;

function indents({ visibleRanges, state }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of visibleRanges)
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      const depth = Math.min(line.text.length - line.text.trimStart().length, DEEPEST) + 2;
      const style = `text-indent:-${depth}ch;padding-left:calc(${PADDING}px + ${depth}ch)`;
      builder.add(line.from, line.from, Decoration.line({ attributes: { style } }));
      at = line.to + 1;
    }
  return builder.finish();
}

export const hangingIndent = ViewPlugin.define(
  view => ({
    decorations: indents(view),
    update({ docChanged, viewportChanged, view: changed }) {
      if (docChanged || viewportChanged) this.decorations = indents(changed);
    },
  }),
  { decorations: plugin => plugin.decorations },
);
