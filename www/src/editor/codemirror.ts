// The editor: CodeMirror 6 with what this page needs of it. Loaded after the page, which starts with a plain text area.

import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language';
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { hangingIndent } from './hanging-indent.ts';
import { help } from './help.ts';

/** What the page needs of an editor. */
export interface Editor {
  setText(text: string): void;
  /** Marks a line as the one with the error; `undefined` takes the mark away. */
  markLine(line: number | undefined): void;
  /** Puts the cursor on a line and the focus into the editor. */
  goTo(line: number): void;
  /** The first line that is not JavaScript, if any. */
  brokenLine(): number | undefined;
  destroy(): void;
}

const setMark = StateEffect.define<number | undefined>();
const errorLine = Decoration.line({ class: 'cm-error-line' });

const markField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setMark)) continue;
      const line = effect.value;
      if (line === undefined || line < 1 || line > transaction.state.doc.lines)
        return Decoration.none;
      return Decoration.set(errorLine.range(transaction.state.doc.line(line).from));
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: field => EditorView.decorations.from(field),
});

// The colours are the page's own, so that both themes hold here too.
const highlighting = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName)],
    color: 'var(--code-function)',
  },
  { tag: [tags.className, tags.typeName], color: 'var(--code-class)' },
]);

/** Puts an editor into `parent`. `onChange` hears of the person's edits, not of `setText`. */
export function createEditor(
  parent: HTMLElement,
  text: string,
  label: string,
  onChange: (text: string) => void,
): Editor {
  // Tab moves on through the page until the person edits: nobody is trapped by passing through.
  const tab = new Compartment();
  let tabIndents = false;
  let settingText = false;

  const listen = EditorView.updateListener.of(update => {
    if (!update.docChanged || settingText) return;
    onChange(update.state.doc.toString());
    if (tabIndents) return;
    tabIndents = true;
    update.view.dispatch({ effects: tab.reconfigure(keymap.of([indentWithTab])) });
  });
  const letGo = EditorView.domEventHandlers({
    blur(_event, target) {
      if (!tabIndents) return;
      tabIndents = false;
      target.dispatch({ effects: tab.reconfigure([]) });
    },
  });

  const extensions = [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    hangingIndent,
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    javascript(),
    syntaxHighlighting(highlighting),
    help(parent.closest<HTMLElement>('section') ?? document.body),
    tab.of([]),
    // The page runs the code with Ctrl+Enter; CodeMirror would insert a line.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
      ...historyKeymap,
    ]),
    // A box that scrolls must hold something that takes the focus, and tools look for a tabindex.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    markField,
    listen,
    letGo,
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });

  return {
    setText(changed) {
      if (changed === view.state.doc.toString()) return;
      settingText = true;
      // A new state: undo does not lead into another experiment's text.
      view.setState(EditorState.create({ doc: changed, extensions }));
      settingText = false;
    },
    markLine(line) {
      view.dispatch({ effects: setMark.of(line) });
    },
    goTo(line) {
      const { doc } = view.state;
      const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      });
      view.focus();
    },
    brokenLine() {
      let found: number | undefined;
      syntaxTree(view.state).iterate({
        enter(node) {
          if (found !== undefined || !node.type.isError) return;
          found = view.state.doc.lineAt(node.from).number;
        },
      });
      return found;
    },
    destroy: () => view.destroy(),
  };
}
