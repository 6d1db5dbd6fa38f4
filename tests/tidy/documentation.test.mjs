// Every public item of the JavaScript face says what it means, in which unit, and shows itself at work. The examples are
// run by tests/engines/examples.js; here is that none is missing, and that each says what comes out.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  entries,
  examplesIn,
  publicExamples,
  publicItems,
} from '../../scripts/lib/documentation.mjs';
import { ROOT } from '../../scripts/toolchain.mjs';

const items = publicItems();
const examples = publicExamples(items);

/** Every item and every member of one, with its own doc comments. */
const all = items.flatMap(item => [
  { ...item, title: `${item.subpath} ${item.name}` },
  ...item.members.map(member => ({
    ...member,
    title: `${item.subpath} ${item.name}.${member.name}`,
  })),
]);

const titles = list => list.map(({ title, place }) => `${title} (${place})`);
const withoutExamples = text => text.replace(/```[\s\S]*?```/g, '');
const codeIn = docs => docs.flatMap(examplesIn).map(({ code }) => code);

/** What the language itself calls, so that no example does: for `await`, `for`, `using`, and template strings. */
const calledByTheLanguage = ({ name }) =>
  name.startsWith('[') || ['then', 'toString'].includes(name);

test('every entry of the package exports something that is found here', () => {
  for (const { subpath } of entries())
    expect([subpath, items.some(item => item.subpath === subpath)]).toEqual([subpath, true]);
});

test('every public item and member has a doc comment', () => {
  const bare = all.filter(({ docs }) => !docs.some(({ text }) => /\w/.test(withoutExamples(text))));
  expect(titles(bare)).toEqual([]);
});

test('every length of time is given with its unit', () => {
  const unclear = all.filter(
    ({ docs, times }) => times.length > 0 && !docs.some(({ text }) => /seconds/i.test(text)),
  );
  expect(titles(unclear)).toEqual([]);
});

test('every exported class, function and constant has an example', () => {
  const bare = items.filter(({ kind, docs }) => kind !== 'type' && codeIn(docs).length === 0);
  expect(titles(bare.map(item => ({ ...item, title: `${item.subpath} ${item.name}` })))).toEqual(
    [],
  );
});

test('every method and getter of a class has an example, its own or in that of the class', () => {
  const bare = items
    .filter(({ kind }) => kind === 'class')
    .flatMap(({ subpath, name, familyDocs, members }) => {
      const shown = codeIn(familyDocs);
      return members
        .filter(member => member.kind !== 'property' && !calledByTheLanguage(member))
        .filter(member => {
          const use = new RegExp(`\\.${member.name}\\b${member.kind === 'method' ? '\\(' : ''}`);
          return ![...shown, ...codeIn(member.docs)].some(code => use.test(code));
        })
        .map(member => ({ ...member, title: `${subpath} ${name}.${member.name}` }));
    });
  expect(titles(bare)).toEqual([]);
});

test('every example says what it prints, so that it can be wrong', () => {
  const silent = examples.filter(({ code }) => !/console\.log\(.* {3}\/\/ \S/.test(code));
  expect(silent.map(({ place }) => place)).toEqual([]);
});

test('no example stands where nobody runs it', () => {
  const folder = join(ROOT, 'crate', 'js', 'src');
  const blocks = readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.ts'))
    .flatMap(name =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          /^ *\* ```\S/.test(line) ? [`crate/js/src/${name}:${index + 1}`] : [],
        ),
    );
  expect(blocks.toSorted()).toEqual(examples.map(({ place }) => place).toSorted());
});
