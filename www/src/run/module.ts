// Makes a module that workers can import from the text of the editor.
//
// Import maps do not reach workers, so the names that user code imports are replaced by addresses. Nothing else
// changes, and no line moves: the places in error stacks are places in the editor.

/** The names that user code may import, and where they are. */
export type Addresses = Readonly<Record<string, string>>;

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])([\w./-]+)\2/g;

/** The text with every known name in an import replaced. `first` is an address that is imported before all others. */
export function rewriteImports(text: string, addresses: Addresses, first: string): string {
  const rewritten = text.replace(IMPORT, (whole, keyword: string, quote: string, name: string) =>
    Object.hasOwn(addresses, name) ? `${keyword}${quote}${addresses[name]}${quote}` : whole,
  );
  return `import ${JSON.stringify(first)};${rewritten}`;
}

/** The address of a module with that text. Whoever makes it keeps it alive: it dies with its maker's page or worker. */
export function moduleAddress(text: string): string {
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
}
