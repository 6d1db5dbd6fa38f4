// `using` and `await using`: their symbols, also where the engine does not know them yet.

interface Shutdown {
  shutdown(): Promise<void>;
  shutdownSync(): void;
}

/** A base class whose methods under these symbols call the shutdowns of the class that extends it. */
export interface Disposal {
  /** What `await using` calls at the end: `shutdown`. */
  [Symbol.asyncDispose](): Promise<void>;
  /** What `using` calls at the end: `shutdownSync`, in workers only. */
  [Symbol.dispose](): void;
}

/** That base class. A function makes it, so that bundlers can leave it out: computed names look like side effects. */
export function disposal(): new () => Disposal {
  const asyncDispose: typeof Symbol.asyncDispose =
    Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);
  const dispose: typeof Symbol.dispose =
    Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
  return class {
    [asyncDispose](this: Shutdown): Promise<void> {
      return this.shutdown();
    }
    [dispose](this: Shutdown): void {
      this.shutdownSync();
    }
  } as unknown as new () => Disposal;
}
