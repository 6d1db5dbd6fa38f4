// Functions in Rust that go wrong on Rust's own executors: the module of tests/faults/rust.

import { counts } from './ledger.js';
import { same, until, within } from './scene.js';

/** What each does: the error of its call, by executor. */
const ERRORS = {
  panic: { threads: /no luck, at .*, in w_0;/, processes: /no luck, at .*, in w_0;/ },
  trap: {
    threads: /the task trapped: .*unreachable/,
    processes: /^broken: its instance trapped: .*unreachable.*; worker w_0; task true$/,
  },
  overflow: {
    threads: /the task trapped: /,
    processes: /^broken: its instance trapped: .*; worker w_0; task true$/,
  },
  exhausts: {
    threads: /the task trapped: /,
    processes: /^broken: its instance trapped: .*; worker w_0; task true$/,
  },
};

async function play(kind, fault) {
  const glue = await import('./rust/pkg/faults.js');
  await glue.default();
  const [error, after] = (await within(5000, glue.outcome(kind, fault), 'the call in Rust')).split(
    '\n',
  );
  same(ERRORS[fault][kind].test(error) || error, true);
  same(after, fault === 'panic' ? 'goes on' : 'is broken');
  let left;
  const empty = until(async () => {
    left = await counts();
    // A page with Rust on it listens to its bell for as long as it lives.
    left.waits = Math.max(0, left.waits - 1);
    return Object.values(left).every(count => count === 0);
  });
  await within(3000, empty, 'nothing to be left').catch(problem => {
    throw new Error(`${problem.message}: ${JSON.stringify(left)}`);
  });
}

/** They bring their own pool, and have ended it. */
export const rust = Object.fromEntries(
  Object.keys(ERRORS).map(fault => [`rust-${fault}`, scene => play(scene.kind, fault)]),
);
