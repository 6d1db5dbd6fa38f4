// Objects of options: what is misspelt, or given in another form, is an error at the call, as in Python.

/** Throws where `options` is no object, or has a property that is not among `known`. */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${what} takes options such as { ${known[0]} }, not ${String(options)}`);
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw new TypeError(`${what} has no option ${key}; it has ${known.join(', ')}`);
}

/** An integer from 1 on: TypeError where it is none, RangeError where it is less. */
export function checkCount(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new TypeError(`${name} must be an integer, not ${String(value)}`);
  if (value < 1) throw new RangeError(`${name} must be at least 1, not ${value}`);
  return value;
}
