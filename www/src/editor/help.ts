// Completion and explanations for our API, in CodeMirror's words.

import docs from 'virtual:api-docs';
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import { hoverTooltip, tooltips } from '@codemirror/view';
import { explain, importsOf, membersAfter, type Offer } from './guess.ts';

const ICONS = {
  class: 'class',
  function: 'function',
  constant: 'constant',
  type: 'type',
  member: 'method',
} as const;

function element(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Signature, words, and an example. Names in backquotes are set as code. */
function described({ signature, doc, example, of }: Offer): HTMLElement {
  const box = element('div', 'api-help', '');
  // It scrolls, so it is reached by keyboard, too.
  box.tabIndex = 0;
  box.append(element('code', 'api-signature', signature), element('p', 'api-of', of));
  for (const paragraph of doc.split(/\n\s*\n|\n(?=Gives |Throws )/)) {
    const words = element('p', 'api-words', '');
    paragraph.split(/`([^`]+)`/).forEach((part, i) => {
      words.append(i % 2 === 1 ? element('code', '', part) : part);
    });
    if (paragraph.trim() !== '') box.append(words);
  }
  if (example) box.append(element('pre', 'api-example', example));
  return box;
}

const completion = (offer: Offer): Completion => ({
  label: offer.name,
  type: ICONS[offer.kind],
  detail: offer.kind === 'member' ? '' : offer.of.replace('concurrent-futures', '…'),
  info: () => described(offer),
});

const inText = (state: EditorState, at: number) =>
  /String|Comment|TemplateString/.test(syntaxTree(state).resolveInner(at, -1).name);

/** After a dot, the members; elsewhere, what the program imports; in an import, all of the module. */
function complete(context: CompletionContext): CompletionResult | null {
  const text = context.state.doc.toString();
  const module = context.matchBefore(/(?:from|import)\s*\(?['"][\w./-]*/);
  if (module) {
    const names = [...Object.keys(docs), 'mandelbrot'];
    const from = module.from + module.text.search(/['"]/) + 1;
    return { from, options: names.map(label => ({ label, type: 'namespace' })) };
  }
  if (inText(context.state, context.pos)) return null;
  const member = context.matchBefore(/[\w$]+\.[\w$]*/);
  if (member) {
    const [name = ''] = member.text.split('.');
    const options = membersAfter(docs, name, text).map(completion);
    return { from: member.from + name.length + 1, options, validFor: /^[\w$]*$/ };
  }
  const word = context.matchBefore(/[\w$]+/);
  if (!word && !context.explicit) return null;
  const inImport = /import\s*\{[^}]*$/.test(text.slice(0, context.pos));
  const imported = importsOf(text);
  const options = Object.entries(docs).flatMap(([of, entries]) => {
    const named = imported.filter(each => each.module === of).flatMap(({ names }) => names);
    return entries
      .filter(({ kind, name }) => kind !== 'type' && (inImport || named.includes(name)))
      .map(entry => completion({ ...entry, of }));
  });
  return { from: word?.from ?? context.pos, options, validFor: /^[\w$]*$/ };
}

const explanation = hoverTooltip((view, at) => {
  const line = view.state.doc.lineAt(at);
  const before = /[\w$]*$/.exec(line.text.slice(0, at - line.from))?.[0] ?? '';
  const after = /^[\w$]*/.exec(line.text.slice(at - line.from))?.[0] ?? '';
  const [from, to] = [at - before.length, at + after.length];
  if (from === to || inText(view.state, at)) return null;
  const owner = /([\w$]+)\.$/.exec(line.text.slice(0, from - line.from))?.[1];
  const offer = explain(docs, before + after, owner, view.state.doc.toString());
  return offer
    ? { pos: from, end: to, above: true, create: () => ({ dom: described(offer) }) }
    : null;
});

/** `place` is where tooltips stand: the editor's own box would cut off what leaves it. */
export const help = (place: HTMLElement): Extension => [
  autocompletion({ override: [complete], icons: false, aboveCursor: false }),
  explanation,
  tooltips({ parent: place }),
];
