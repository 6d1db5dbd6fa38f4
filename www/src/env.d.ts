// Kinds of files that TypeScript does not know by itself.

declare module '*.css';
declare module '*.js?raw' {
  const text: string;
  export default text;
}
