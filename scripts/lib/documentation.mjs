// What the JavaScript documentation says of every public item: the exports of each entry in package.json, with their
// members and doc comments, and the examples that stand in those. Read from the sources with TypeScript's compiler.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../toolchain.mjs';

const SOURCE = join(ROOT, 'crate', 'js', 'src');

/** The package's entries: subpath and source file. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([subpath, { types }]) =>
    types === undefined
      ? []
      : [{ subpath, file: join(SOURCE, types.replace(/^.*\/(.*)\.d\.ts$/, '$1.ts')) }],
  );
}

function programOf(files) {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return ts.createProgram(files, options);
}

/** A doc comment, with its place. Those marked `@internal` are none. */
function docsOf(declarations) {
  return declarations.flatMap(declaration =>
    ts
      .getJSDocCommentsAndTags(declaration)
      .filter(ts.isJSDoc)
      .map(doc => {
        const source = doc.getSourceFile();
        const line = source.getLineAndCharacterOfPosition(doc.getStart()).line + 1;
        return { file: relative(ROOT, source.fileName), line, text: doc.getText() };
      }),
  );
}

const isInternal = docs => docs.some(({ text }) => text.includes('@internal'));
const isOurs = declaration => declaration.getSourceFile().fileName.startsWith(SOURCE);
const isHidden = declaration =>
  (ts.getCombinedModifierFlags(declaration) &
    (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !==
    0 ||
  (declaration.name !== undefined && ts.isPrivateIdentifier(declaration.name));

function placeOf(declaration) {
  const source = declaration.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
  return `${relative(ROOT, source.fileName)}:${line + 1}`;
}

function kindOf(declaration) {
  if (ts.isGetAccessor(declaration) || ts.isSetAccessor(declaration)) return 'getter';
  if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) return 'method';
  return 'property';
}

/** What is given in a unit of time, of the parameters and properties of these declarations. */
function timesOf(declarations) {
  const isTime = node =>
    ts.isIdentifier(node.name) &&
    /^(timeout|delay|seconds|interval|mininterval|elapsed|remaining)$/.test(node.name.text);
  return declarations
    .flatMap(declaration => [declaration, ...(declaration.parameters ?? [])])
    .filter(
      node => node.name !== undefined && (ts.isParameter(node) || ts.isPropertySignature(node)),
    )
    .filter(isTime)
    .map(({ name }) => name.text);
}

class Reader {
  constructor(checker) {
    this.checker = checker;
  }

  /** An item that an entry exports. */
  item(subpath, exported) {
    const symbol =
      exported.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(exported) : exported;
    const { declarations } = symbol;
    const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
    const docs = docsOf(declarations);
    const type = this.checker.getDeclaredTypeOfSymbol(symbol);
    const item = {
      subpath,
      name: exported.name,
      kind: isClass ? 'class' : isValue ? 'value' : 'type',
      place: placeOf(declarations[0]),
      symbol,
      docs,
      times: timesOf(declarations),
      /** Those of the classes that it extends, too. */
      familyDocs: [
        ...docs,
        ...this.bases(type).flatMap(({ symbol }) => docsOf(symbol.declarations)),
      ],
      members: [],
    };
    const shaped = isClass || (!isValue && (symbol.flags & ts.SymbolFlags.Interface) !== 0);
    if (shaped) item.members.push(...this.members(type, type.getProperties()));
    if (isClass) {
      const statics = this.checker.getTypeOfSymbol(symbol).getProperties();
      item.members.push(...this.members(undefined, statics));
    }
    return item;
  }

  /** The classes and interfaces of ours that a type extends, the nearest first. */
  bases(type) {
    if (!type.isClassOrInterface()) return [];
    return this.checker
      .getBaseTypes(type)
      .filter(base => base.symbol?.declarations?.some(isOurs))
      .flatMap(base => {
        const target = base.target ?? base;
        return [target, ...this.bases(target)];
      });
  }

  /** Whether a class of the language, which this one extends, has the member. */
  isBuiltIn(type, name) {
    return (
      type?.isClassOrInterface() === true &&
      this.checker
        .getBaseTypes(type)
        .some(
          base =>
            base.getProperty(name)?.declarations?.some(found => !isOurs(found)) === true ||
            this.isBuiltIn(base.target ?? base, name),
        )
    );
  }

  members(type, properties) {
    return properties.flatMap(property => {
      const declarations = (property.declarations ?? []).filter(isOurs);
      if (declarations.length === 0 || declarations.some(isHidden)) return [];
      let docs = docsOf(declarations);
      // What overrides something and says nothing is as it is there.
      for (const base of type === undefined ? [] : this.bases(type)) {
        if (docs.length > 0) break;
        docs = docsOf(base.getProperty(property.name)?.declarations?.filter(isOurs) ?? []);
      }
      if (isInternal(docs) || property.name === 'prototype') return [];
      const [declaration] = declarations;
      const name = declaration.name?.getText() ?? property.name;
      // Under a symbol that only this package has, nobody else can call it.
      if (/^\[(enter|begin|exit)\]$/.test(name)) return [];
      // What an error has anyway, such as its name, needs no words.
      if (docs.length === 0 && this.isBuiltIn(type, property.name)) return [];
      return [
        {
          name,
          kind: kindOf(declaration),
          place: placeOf(declaration),
          docs,
          times: timesOf(declarations),
        },
      ];
    });
  }
}

/** Every item that an entry exports, once: `{ subpath, name, kind, place, docs, times, familyDocs, members }`. */
export function publicItems() {
  const all = entries();
  const program = programOf(all.map(({ file }) => file));
  const checker = program.getTypeChecker();
  const reader = new Reader(checker);
  const items = all.flatMap(({ subpath, file }) =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
      .map(exported => reader.item(subpath, exported)),
  );
  return items.filter(
    ({ symbol }, index) => items.findIndex(other => other.symbol === symbol) === index,
  );
}

/** The examples in a doc comment: their code, without the stars. */
export function examplesIn({ file, line, text }) {
  return [...text.matchAll(/^ *\* ```js\n([\s\S]*?)^ *\* ```$/gm)].map(({ 1: body, index }) => ({
    place: `${file}:${line + text.slice(0, index).split('\n').length - 1}`,
    code: body.replace(/^ *\* ?/gm, ''),
  }));
}

/** Every example of the public items, once, with the subpath whose names it may use. */
export function publicExamples(items = publicItems()) {
  const found = new Map();
  for (const { subpath, familyDocs, members } of items)
    for (const doc of [...familyDocs, ...members.flatMap(({ docs }) => docs)])
      for (const { place, code } of examplesIn(doc))
        if (!found.has(place)) found.set(place, { subpath, place, code });
  return [...found.values()];
}
