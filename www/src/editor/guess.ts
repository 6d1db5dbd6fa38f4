// Guesses what a name in the program stands for, by how it came about: enough for the words that our API uses.
//
// Where nothing can be guessed, the members of executors and futures are offered, which programs use most.

import type { ApiDocs, ApiEntry, ApiMember } from './api.ts';

/** Which class a call gives, by the last word of what is called. */
const GIVES: Readonly<Record<string, string>> = {
  submit: 'Future',
  submitWith: 'Future',
  createTask: 'Task',
  ensureFuture: 'Future',
  runInExecutor: 'Future',
  applyAsync: 'AsyncResult',
  mapAsync: 'AsyncResult',
};

/** What was written last holds. */
const last = (pattern: string, text: string) => [...text.matchAll(new RegExp(pattern, 'g'))].at(-1);

const escaped = (name: string) => name.replaceAll('$', '\\$');

/** The class of what `name` stands for, if the text tells. */
export function classOf(name: string, text: string): string | undefined {
  const its = `(?<![\\w$.])${escaped(name)}`;
  const made = last(`${its}\\s*=\\s*(?:await\\s+)?new\\s+(?:[\\w$]+\\.)*([A-Z]\\w*)`, text);
  if (made) return made[1];
  const called = last(`${its}\\s*=\\s*(?:await\\s+)?(?:[\\w$]+\\.)*(\\w+)\\(`, text);
  const given = called?.[1] && GIVES[called[1]];
  if (given) return given;
  if (
    new RegExp(`for\\s+(?:await\\s*)?\\(const\\s+${escaped(name)}\\s+of\\s[^\\n]*asCompleted`).test(
      text,
    )
  )
    return 'Future';
  // What withExecutor hands to its body.
  const body = new RegExp(
    `withExecutor\\(\\s*(?:new\\s+(?:\\w+\\.)*([A-Z]\\w*)|(\\w+))[\\s\\S]{0,160}?[(\\s]${escaped(name)}\\)?\\s*=>`,
  ).exec(text);
  if (body) return body[1] ?? (body[2] ? (classOf(body[2], text) ?? 'Executor') : 'Executor');
  if (/^(executor|pool)$/.test(name)) return 'Executor';
  if (/^(future|fut|f|done)$/.test(name)) return 'Future';
  return undefined;
}

/** The modules of our API that the text imports from; with what it names, or under one name as a whole. */
export function importsOf(text: string): { module: string; names: string[]; whole?: string }[] {
  const found: { module: string; names: string[]; whole?: string }[] = [];
  const pattern = /import\s+(?:\*\s+as\s+([\w$]+)|\{([^}]*)\})\s+from\s*['"]([^'"]+)['"]/g;
  for (const [, whole, names, module] of text.matchAll(pattern))
    found.push({
      module: module as string,
      names: (names ?? '').split(',').flatMap(part => part.trim().split(/\s+as\s+/)[0] || []),
      ...(whole !== undefined && { whole }),
    });
  return found;
}

const all = (docs: ApiDocs) => Object.values(docs).flat();

/** An entry by its name: of a module that the text imports if there is one, else of any. */
export function entryNamed(docs: ApiDocs, name: string, text: string): ApiEntry | undefined {
  const imported = importsOf(text).flatMap(({ module }) => docs[module] ?? []);
  return [...imported, ...all(docs)].find(entry => entry.name === name);
}

export interface Offer extends ApiMember {
  readonly kind: ApiEntry['kind'] | 'member';
  readonly example?: string | undefined;
  /** Where it belongs: a class, or a module. */
  readonly of: string;
}

const members = (entry: ApiEntry): Offer[] =>
  entry.members.map(member => ({ ...member, kind: 'member', of: entry.name }));

/** What may stand after `name.`: the members of its class, or of executors and futures where that is not known. */
export function membersAfter(docs: ApiDocs, name: string, text: string): Offer[] {
  const whole = importsOf(text).find(each => each.whole === name);
  if (whole) return (docs[whole.module] ?? []).map(entry => ({ ...entry, of: whole.module }));
  const guess = classOf(name, text);
  const entry = guess === undefined ? undefined : entryNamed(docs, guess, text);
  if (entry) return members(entry);
  const core = docs['concurrent-futures'] ?? [];
  const offers = core
    .filter(({ name: each }) => each === 'Future' || each === 'ProcessPoolExecutor')
    .flatMap(members);
  return offers.filter((offer, i) => offers.findIndex(each => each.name === offer.name) === i);
}

/** What the cursor is on: `name`, or a member of `before`. */
export function explain(
  docs: ApiDocs,
  name: string,
  before: string | undefined,
  text: string,
): Offer | undefined {
  if (before !== undefined)
    return membersAfter(docs, before, text).find(offer => offer.name === name);
  const entry = entryNamed(docs, name, text);
  const module = Object.keys(docs).find(each => entry && docs[each]?.includes(entry)) ?? '';
  return entry && { ...entry, of: module };
}
