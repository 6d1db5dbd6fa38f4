// What the checks of these tests share.

/** Throws where the two are not equal as JSON. */
export function same(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${left} instead of ${right}`);
}

/** The error of an async iterator, which must come within `steps` steps; or that of a promise. */
export async function rejection(source, steps = 0) {
  try {
    if (steps === 0) await source;
    for (let step = 0; step < steps; step++) await source.next();
  } catch (error) {
    return error;
  }
  throw new Error('it should have failed');
}
