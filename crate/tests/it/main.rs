//! The core on a native machine, as its users see it. One file per subject; `support` holds what they share.
//!
//! No test sleeps for luck: what must happen first is waited for, by a `Promise` and its `Future`, a channel or a
//! barrier. Only what must *not* happen is given a short time, and only where no signal could tell.
#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "natively a test may wait"
)]

/// A test of the rows: each runs on an event loop of its own.
macro_rules! awaited {
    ($name:ident, $row:expr) => {
        #[test]
        fn $name() {
            crate::support::in_time(|| concurrent_futures::run($row));
        }
    };
}

/// As `awaited!`; a row that blocks needs no event loop, but an `async` function has to be run by something.
macro_rules! blocking {
    ($name:ident, $row:expr) => {
        awaited! { $name, $row }
    };
}

mod as_completed;
mod async_executor;
mod asyncio;
mod auto_traits;
mod awaiting;
mod callbacks;
mod conformance;
mod deadlock;
mod future;
mod initializer;
mod inline_executor;
mod map;
mod max_tasks;
mod panics;
mod process_pool;
mod report;
mod scope;
mod shutdown;
mod support;
mod sync_condition;
mod sync_locks;
mod sync_queue;
mod terminate;
mod thread_pool;
mod wait;
