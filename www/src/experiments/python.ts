// Colours Python: enough of its grammar for the short originals beside our programs.

export type Kind = 'comment' | 'string' | 'number' | 'keyword' | 'function' | 'class' | '';

export interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const KEYWORDS = new Set(
  'and as assert async await break class def del elif else except finally for from global if import in is lambda None nonlocal not or pass raise return True False try while with yield'.split(
    ' ',
  ),
);

const TOKEN =
  /(?<comment>#.*)|(?<string>[rbf]?"(?:\\.|[^"\\\n])*"|[rbf]?'(?:\\.|[^'\\\n])*')|(?<number>\b\d[\d_.]*\b)|(?<word>[\p{L}_][\p{L}\p{N}_]*)/gu;

/** The text in pieces; together they are the text. */
export function tokensOf(python: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: Kind, text: string) => {
    const last = tokens.at(-1);
    if (text === '') return;
    if (last?.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + text };
    else tokens.push({ kind, text });
  };
  for (const match of python.matchAll(TOKEN)) {
    const [text] = match;
    push('', python.slice(at, match.index));
    at = match.index + text.length;
    const { comment, string, number } = match.groups ?? {};
    if (comment) push('comment', text);
    else if (string) push('string', text);
    else if (number) push('number', text);
    else if (KEYWORDS.has(text)) push('keyword', text);
    else if (/^[A-Z][a-z]/.test(text)) push('class', text);
    else push(python[at] === '(' ? 'function' : '', text);
  }
  push('', python.slice(at));
  return tokens;
}
