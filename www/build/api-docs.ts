// Reads the documentation of the package's public API out of its declarations: what the editor completes and explains.
//
// TypeScript itself resolves what a module exports and what a class inherits, so nothing here is written by hand.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Plugin } from 'vite';
import type { ApiDocs, ApiEntry, ApiMember } from '../src/editor/api.ts';

const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.OmitParameterModifiers;

/** Where a doc comment's example begins; the editor shows what stands before it. */
const EXAMPLE = /\n*```[\s\S]*?```\n*/g;

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === 'param' || name === 'returns' || name === 'throws')
    .map(({ name, text: parts }) => {
      const said = ts.displayPartsToString(parts).trim();
      return name === 'param' ? said : `${name === 'returns' ? 'Gives' : 'Throws'} ${said}`;
    });
  return [text.replace(EXAMPLE, '\n').trim(), ...tags].filter(Boolean).join('\n');
}

function exampleOf(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return /```(?:js|ts)[^\n]*\n([\s\S]*?)```/.exec(text)?.[1]?.trim();
}

const isInternal = (symbol: ts.Symbol) =>
  symbol.getJsDocTags().some(({ name }) => name === 'internal') ||
  symbol.name.startsWith('__') ||
  symbol.name.startsWith('#');

function isHidden(symbol: ts.Symbol): boolean {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
  const flags = declaration ? ts.getCombinedModifierFlags(declaration) : 0;
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}

/** `submit(fn, ...args): Future<R>`, or `done: boolean`. */
function signatureOf(name: string, type: ts.Type, checker: ts.TypeChecker): string {
  const [signature] = type.getCallSignatures();
  return signature
    ? name + checker.signatureToString(signature, undefined, FLAGS).replace(/^<.*?>(?=\()/s, '')
    : `${name}: ${checker.typeToString(type, undefined, FLAGS)}`;
}

function membersOf(symbol: ts.Symbol, checker: ts.TypeChecker, place: ts.Node): ApiMember[] {
  return checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .filter(member => !isInternal(member) && !isHidden(member))
    .map(member => ({
      name: member.name,
      signature: signatureOf(
        member.name,
        checker.getTypeOfSymbolAtLocation(member, place),
        checker,
      ),
      doc: docOf(member, checker),
    }));
}

function entryOf(
  exported: ts.Symbol,
  checker: ts.TypeChecker,
  place: ts.Node,
): ApiEntry | undefined {
  const symbol =
    exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const { name } = exported;
  const said = { name, doc: docOf(symbol, checker), example: exampleOf(symbol, checker) };
  if (symbol.flags & ts.SymbolFlags.Class) {
    const made = checker.getTypeOfSymbolAtLocation(symbol, place).getConstructSignatures()[0];
    const args = made
      ? checker.signatureToString(made, undefined, FLAGS).replace(/\): .*$/s, ')')
      : '()';
    return {
      ...said,
      kind: 'class',
      signature: `new ${name}${args.replace(/^<.*?>(?=\()/s, '')}`,
      members: membersOf(symbol, checker, place),
    };
  }
  if (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias))
    return symbol.flags & ts.SymbolFlags.Interface
      ? { ...said, kind: 'type', signature: name, members: membersOf(symbol, checker, place) }
      : undefined;
  const type = checker.getTypeOfSymbolAtLocation(symbol, place);
  return {
    ...said,
    kind: type.getCallSignatures().length > 0 ? 'function' : 'constant',
    signature: signatureOf(name, type, checker),
    members: [],
  };
}

/** The documentation of modules, by the names that programs import. */
export function readApi(files: Readonly<Record<string, string>>): ApiDocs {
  const program = ts.createProgram({
    rootNames: Object.values(files),
    options: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: [],
      lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    },
  });
  const checker = program.getTypeChecker();
  return Object.fromEntries(
    Object.entries(files).map(([module, file]) => {
      const source = program.getSourceFile(file);
      const symbol = source && checker.getSymbolAtLocation(source);
      if (!source || !symbol) throw new Error(`${file} is no module; build the package first`);
      const entries = checker
        .getExportsOfModule(symbol)
        .filter(exported => !isInternal(exported))
        .flatMap(exported => entryOf(exported, checker, source) ?? []);
      return [module, entries];
    }),
  );
}

/** The package's subpaths for programs: those with declarations. */
export function subpathsOf(root: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types?: string }>;
  };
  return Object.entries(exports)
    .filter(([, to]) => typeof to === 'object' && to.types !== undefined)
    .map(([path]) => path.slice(2))
    .filter(name => name !== '');
}

/** Which declarations hold the documentation of which module. */
export function apiFiles(root: string): Record<string, string> {
  const subpaths = subpathsOf(root).map(name => [
    `concurrent-futures/${name}`,
    join(root, 'dist', `${name}.d.ts`),
  ]);
  return {
    'concurrent-futures': join(root, 'dist', 'index.d.ts'),
    ...Object.fromEntries(subpaths),
    playground: join(root, 'www', 'src', 'playground', 'index.ts'),
  };
}

const ID = 'virtual:api-docs';

/** Gives the editor `virtual:api-docs`. */
export function apiDocs(root: string): Plugin {
  return {
    name: 'api-docs',
    resolveId: id => (id === ID ? `\0${ID}` : undefined),
    load: id =>
      id === `\0${ID}`
        ? `export default JSON.parse(${JSON.stringify(JSON.stringify(readApi(apiFiles(root))))})`
        : undefined,
  };
}
