// What counts as an example, on a crate as rustdoc would describe it.

import { expect, test } from 'vitest';
import { withoutExamples } from '../rust-docs.mjs';

const EXAMPLE = 'What it is.\n\n```\nthing.turn();\nThing::new();\n```\n';

/** A crate with a module of these items, and with the items that they refer to. */
function crate(items) {
  const index = {
    root: { name: 'crate', visibility: 'public', inner: { module: { items: ['m'] } } },
  };
  index.m = { name: 'm', visibility: 'public', inner: { module: { items: [] } } };
  const put = (id, { visibility = 'public', ...item }) => {
    index[id] = { visibility, ...item };
  };
  for (const [id, item] of Object.entries(items)) {
    put(id, item);
    if (item.listed !== false) index.m.inner.module.items.push(id);
  }
  return { root: 'root', index };
}

const func = (name, docs, more = {}) => ({ name, docs, inner: { function: {} }, ...more });
const struct = (docs, items) => ({
  Thing: { name: 'Thing', docs, inner: { struct: { impls: ['impl'] } } },
  impl: { listed: false, inner: { impl: { trait: null, items } } },
});

test('a function, a constant or a type without an example is found', () => {
  const found = withoutExamples(
    crate({
      a: func('with', EXAMPLE),
      b: func('without', 'What it is.'),
      c: { name: 'C', docs: null, inner: { constant: {} } },
      d: func('own', null, { visibility: 'crate' }),
      ...struct('What it is.', []),
    }),
  );
  expect(found).toEqual(['crate::m::without', 'crate::m::C', 'crate::m::Thing']);
});

test("a method is shown by its own example, or by a call in its type's", () => {
  const methods = {
    turn: func('turn', null, { listed: false }),
    new: func('new', null, { listed: false }),
    own: func('own', EXAMPLE, { listed: false }),
    turned: func('turned', 'Says so.', { listed: false }),
    inside: func('inside', null, { listed: false, visibility: 'crate' }),
  };
  const found = withoutExamples(crate({ ...struct(EXAMPLE, Object.keys(methods)), ...methods }));
  expect(found).toEqual(['crate::m::Thing::turned']);
});

test('what is exported from a private module counts, once', () => {
  const described = crate({ a: func('bare', null, { listed: false }) });
  for (const id of ['one', 'two']) {
    described.index[id] = { visibility: 'public', inner: { use: { id: 'a', is_glob: false } } };
    described.index.root.inner.module.items.push(id);
  }
  expect(withoutExamples(described)).toEqual(['crate::bare']);
});
