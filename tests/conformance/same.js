// Comparing what was expected with what came.

/** Throws where the two differ: by Object.is, in arrays and plain objects item by item. */
export function same(actual, expected) {
  if (!equal(actual, expected)) throw new Error(`${show(actual)} instead of ${show(expected)}`);
}

function equal(a, b) {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return left.length === right.length && left.every(key => key in b && equal(a[key], b[key]));
}

function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function show(value) {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value instanceof Error) return `${value.name}(${JSON.stringify(value.message)})`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (isPlain(value))
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${show(item)}`)
      .join(', ')} }`;
  return String(value);
}

/** Throws where `condition` does not hold. */
export function holds(condition, what) {
  if (!condition) throw new Error(`it should hold: ${what}`);
}
