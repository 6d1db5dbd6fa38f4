// What the page remembers between visits. Private windows may refuse storage: then it remembers nothing, silently.

type Key =
  | 'theme'
  | 'experiment'
  | 'plain-editor'
  | 'wide'
  | `code.${string}`
  | `network.${string}`;

const full = (key: Key) => `playground.${key}`;

export function recall(key: Key): string | undefined {
  try {
    return localStorage.getItem(full(key)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: Key, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(full(key));
    else localStorage.setItem(full(key), value);
  } catch {
    // Full or forbidden: see above.
  }
}
