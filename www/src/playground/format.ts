// Turns what user code hands to `console` into text, as a browser's own console does for plain text.

const DEEPEST = 3;
const MOST = 50;
/** Characters of one line; a page full of one string helps nobody. */
const LONGEST = 20_000;

/** Whether the value's class says itself how it is printed, as a future does. */
const speaks = (value: object) =>
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value) &&
  typeof value.toString === 'function' &&
  value.toString !== Object.prototype.toString;

const isPlain = (value: object) =>
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

function formatError(error: Error): string {
  const head = `${error.name}: ${error.message}`;
  const stack = error.stack ?? '';
  // Chromium's stacks open with name and message, those of the others do not.
  return stack.startsWith(error.name) ? stack : stack ? `${head}\n${stack}` : head;
}

function list(items: string[], open: string, close: string, total: number): string {
  const more = total > items.length ? [`… ${total - items.length} more`] : [];
  const all = [...items, ...more];
  return all.length === 0 ? open + close : `${open} ${all.join(', ')} ${close}`;
}

function formatObject(value: object, depth: number, seen: readonly object[]): string {
  if (value instanceof Error) return formatError(value);
  if (value instanceof Date) return Number.isNaN(+value) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (seen.includes(value)) return '[circular]';
  if (speaks(value)) return String(value);
  const inside = [...seen, value];
  const each = (item: unknown) => inspect(item, depth + 1, inside);
  const name = isPlain(value) || Array.isArray(value) ? '' : (value.constructor?.name ?? '');
  if (depth >= DEEPEST) return Array.isArray(value) ? '[…]' : `${name || 'Object'} {…}`;

  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const items = value as unknown as ArrayLike<unknown>;
    const shown = Array.from({ length: Math.min(items.length, MOST) }, (_, i) => each(items[i]));
    const body = list(shown, '[', ']', items.length).replace(/^\[ /, '[').replace(/ \]$/, ']');
    return name ? `${name}(${items.length}) ${body}` : body;
  }
  if (value instanceof Map) {
    const shown = [...value].slice(0, MOST).map(([key, item]) => `${each(key)} → ${each(item)}`);
    return list(shown, `Map(${value.size}) {`, '}', value.size);
  }
  if (value instanceof Set)
    return list([...value].slice(0, MOST).map(each), `Set(${value.size}) {`, '}', value.size);

  const keys = Object.keys(value);
  const shown = keys.slice(0, MOST).map(key => `${key}: ${each(Reflect.get(value, key))}`);
  return list(shown, name ? `${name} {` : '{', '}', keys.length);
}

function inspect(value: unknown, depth: number, seen: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return depth === 0 ? value : `'${value}'`;
    case 'bigint':
      return `${value}n`;
    case 'function':
      return `ƒ ${value.name || '(anonymous)'}`;
    case 'object':
      if (value === null) return 'null';
      try {
        return formatObject(value, depth, seen);
      } catch {
        // A getter or a proxy of the user's threw; the object is still worth a word.
        return '[object]';
      }
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

/** One line of output, from the arguments of one `console` call. */
export function format(values: readonly unknown[]): string {
  const text = values.map(value => inspect(value, 0, [])).join(' ');
  const rest = text.length - LONGEST;
  return rest > 0 ? `${text.slice(0, LONGEST)}… ${rest} more characters` : text;
}
