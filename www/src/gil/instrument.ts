// Puts checkpoints into a program: at the entry of every function and of every loop's body.
//
// JavaScript cannot be interrupted, so where CPython's interpreter looks between two instructions whether another thread
// wants the lock, the program itself looks at these places. Nothing else changes, and no line moves.

import { parser } from '@lezer/javascript';

/** Reached by its global name: functions that are sent by their source take it along, and it may be missing there. */
const CHECKPOINT = 'globalThis.$gil?.()';

const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'MethodDeclaration']);

type Tree = ReturnType<typeof parser.parse>;
type Node = Tree['topNode'];

/** The text with checkpoints; `undefined` where it cannot be read. */
export function instrument(text: string): string | undefined {
  const tree = parser.parse(text);
  const inserted: [at: number, what: string][] = [];
  let readable = true;
  const enter = (block: Node) => inserted.push([block.from + 1, `${CHECKPOINT};`]);
  const wrap = (node: Node, before: string, after: string) =>
    inserted.push([node.from, before], [node.to, after]);
  tree.iterate({
    enter({ type, node }) {
      if (type.isError) readable = false;
      if (LOOPS.has(type.name)) {
        const body = bodyOf(node);
        if (body?.name === 'Block') enter(body);
        else if (body) wrap(body, `{${CHECKPOINT};`, '}');
      } else if (type.name === 'ArrowFunction') {
        const body = node.lastChild;
        if (body?.name === 'Block') enter(body);
        else if (body) wrap(body, `(${CHECKPOINT},`, ')');
      } else if (FUNCTIONS.has(type.name) || (type.name === 'Property' && isMethod(node))) {
        const body = node.lastChild;
        if (body?.name === 'Block') enter(body);
      }
    },
  });
  return readable ? insertAll(text, inserted) : undefined;
}

/** A method of an object has its parameters beside its body; any other property has a value. */
const isMethod = (node: Node) => node.getChild('ParamList') !== null;

function bodyOf(loop: Node): Node | null {
  if (loop.name !== 'DoStatement') return loop.lastChild;
  let child = loop.firstChild?.nextSibling ?? null;
  while (child?.name.endsWith('Comment')) child = child.nextSibling;
  return child;
}

function insertAll(text: string, inserted: [at: number, what: string][]): string {
  // What ends at a place comes before what begins there, and of two ends the inner one, which was found later.
  const ends = inserted.filter(([, what]) => what === '}' || what === ')').reverse();
  const begins = inserted.filter(([, what]) => what !== '}' && what !== ')');
  const all = [...ends, ...begins].sort(([a], [b]) => a - b);
  let result = '';
  let done = 0;
  for (const [at, what] of all) {
    result += text.slice(done, at) + what;
    done = at;
  }
  return result + text.slice(done);
}
