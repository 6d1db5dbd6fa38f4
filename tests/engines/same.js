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

/** What `call` throws. */
export function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it should have thrown');
}

/** All values of an async iterator. */
export async function all(values) {
  const list = [];
  for await (const value of values) list.push(value);
  return list;
}

/** Resolves when `condition` holds; looks again with every turn of the event loop. */
export async function until(condition) {
  while (!condition()) await new Promise(resolve => setTimeout(resolve));
}

/** Resolves when no worker lives: each holds a lock for as long as it does. */
export async function noWorkerLives() {
  while ((await navigator.locks.query()).held.length > 0);
}
