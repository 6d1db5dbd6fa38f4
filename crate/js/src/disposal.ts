// `using` and `await using`: their symbols, also where the engine does not know them yet.

/** A base class with the methods under these symbols. */
export interface Disposal {
  /** What `await using` calls at the end. */
  [Symbol.asyncDispose](): Promise<void>;
  /** What `using` calls at the end. */
  [Symbol.dispose](): void;
}

/**
 * That base class, for objects that these functions end. A function makes it, so that bundlers can leave it out: computed
 * names look like side effects.
 */
export function disposal<T>(
  endAsync: (it: T) => Promise<void>,
  end: (it: T) => void,
): new () => Disposal {
  const asyncDispose: typeof Symbol.asyncDispose =
    Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);
  const dispose: typeof Symbol.dispose =
    Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
  return class {
    [asyncDispose](this: T): Promise<void> {
      return endAsync(this);
    }
    [dispose](this: T): void {
      end(this);
    }
  } as unknown as new () => Disposal;
}
