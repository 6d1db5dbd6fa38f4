// Finds out what an error of user code says, and on which line of the editor it arose.

import type { Failure } from '../protocol.ts';

/** A place in the user's module, as all engines write it: its address, line and column. */
function placeIn(stack: string, module: string): { line: number; column: number } | undefined {
  const at = stack.indexOf(`${module}:`);
  const found = at < 0 ? null : /^:(\d+)(?::(\d+))?/.exec(stack.slice(at + module.length));
  return found?.[1] ? { line: Number(found[1]), column: Number(found[2] ?? 1) } : undefined;
}

/** Where a syntax error is: only Firefox says so. */
function placeOfSyntaxError(error: object): { line: number; column: number } | undefined {
  const { lineNumber, columnNumber } = error as { lineNumber?: unknown; columnNumber?: unknown };
  if (typeof lineNumber !== 'number' || lineNumber < 1) return undefined;
  return { line: lineNumber, column: typeof columnNumber === 'number' ? columnNumber : 1 };
}

/** Describes whatever was thrown. `module` is the address of the user's module. */
export function describeFailure(thrown: unknown, module: string): Failure {
  if (typeof thrown !== 'object' || thrown === null)
    return { name: 'Uncaught', message: String(thrown), stack: '' };
  const { name, message, stack } = thrown as { name?: unknown; message?: unknown; stack?: unknown };
  const text = typeof stack === 'string' ? stack : '';
  const place =
    placeIn(text, module) ??
    (thrown instanceof SyntaxError ? placeOfSyntaxError(thrown) : undefined);
  return {
    name: typeof name === 'string' && name ? name : 'Error',
    message: typeof message === 'string' ? message : String(thrown),
    // The module's address says nothing to a person; its lines do.
    stack: text.replaceAll(module, 'experiment'),
    ...place,
  };
}
