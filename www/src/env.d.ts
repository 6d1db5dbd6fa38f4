// Kinds of files that TypeScript does not know by itself.

declare module '*.css';
declare module '*.js?raw' {
  const text: string;
  export default text;
}
declare module 'virtual:api-docs' {
  const docs: import('./editor/api.ts').ApiDocs;
  export default docs;
}

/** The version of the package, as its package.json has it. */
declare const __VERSION__: string;
