//! The rows of Python's own tests for `concurrent.futures`, as `tests/conformance/rows.tsv` numbers them: each is written
//! once, and stamped on every executor and every way of waiting that it applies to.
//!
//! A row is a generic function, `row_001_submit::<World, Executor>()`. [`rows!`] makes a module of that name out of it, with
//! one test for each stamp, so `conformance::executor::row_001_submit::threads_blocking` is what the matrix reads. The
//! same files run natively, and in a browser by `conformance_page.rs` and `conformance_worker.rs`; the file that
//! includes this one says how `blocking!` and `awaited!` make a test.
//!
//! Rows that are missing here have no meaning in Rust. A wrong type does not compile (6, 13), nor does a task of a process
//! pool that captures something (133, 137 to 139, 147; a doc test of `ProcessPoolExecutor` shows it); no task can ask its
//! process to exit (113, 117, 120). Two need what only JavaScript's suite has: a worker that cannot be started (82), and a
//! signal from a process that is ended (88). Without isolation (150) there are engine tests.
//!
//! Rows from m01 on are those of `multiprocessing`: stamped on executors, they take the pool that is made of that one. Of
//! these, too, one needs a worker that cannot be started (m34), and two what only JavaScript has: an input that is taken bit by
//! bit (m58), and a task that asks its worker to exit (m60).

#![allow(
    dead_code,
    reason = "some rows are for browsers only, and no file that includes this has all worlds"
)]

// By textual scope, so that the rows need not import them.
/// Makes the tests of rows: `row_001_submit: threads, processes, coroutines, inline;`.
macro_rules! rows {
    ($($row:ident: $($stamp:ident),+;)+) => {
        $(
            mod $row {
                $(stamp! { $stamp $row })+
            }
        )+
    };
}

/// The tests of one row on one executor.
macro_rules! stamp {
    (threads $row:ident) => {
        blocking! { threads_blocking, super::$row::<crate::conformance::kit::Blocking, concurrent_futures::ThreadPoolExecutor>() }
        awaited! { threads_awaited, super::$row::<crate::conformance::kit::Awaited, concurrent_futures::ThreadPoolExecutor>() }
    };
    (processes $row:ident) => {
        blocking! { processes_blocking, super::$row::<crate::conformance::kit::Blocking, concurrent_futures::ProcessPoolExecutor>() }
        awaited! { processes_awaited, super::$row::<crate::conformance::kit::Awaited, concurrent_futures::ProcessPoolExecutor>() }
    };
    // In a browser a task in a process has no memory in common with the test, so it cannot signal.
    (processes_natively $row:ident) => {
        #[cfg(not(target_arch = "wasm32"))]
        stamp! { processes $row }
    };
    // Natively a process is a thread, which does not survive a crash.
    (processes_in_browsers $row:ident) => {
        #[cfg(target_arch = "wasm32")]
        stamp! { processes $row }
    };
    // Nobody may block an event loop for what only itself can end.
    (coroutines $row:ident) => {
        awaited! { async_awaited, super::$row::<crate::conformance::kit::Awaited, concurrent_futures::AsyncExecutor>() }
    };
    (inline $row:ident) => {
        blocking! { inline_blocking, super::$row::<crate::conformance::kit::Blocking, concurrent_futures::InlineExecutor>() }
        awaited! { inline_awaited, super::$row::<crate::conformance::kit::Awaited, concurrent_futures::InlineExecutor>() }
    };
    // Futures that no executor made.
    (future $row:ident) => {
        blocking! { future_blocking, super::$row::<crate::conformance::kit::Blocking>() }
        awaited! { future_awaited, super::$row::<crate::conformance::kit::Awaited>() }
    };
}

mod as_completed;
mod deadlock;
mod executor;
mod future;
mod init;
mod interpreter_pool;
mod kit;
mod map;
mod more_executors;
mod more_futures;
mod multiprocessing;
mod multiprocessing_workers;
mod process_pool;
mod shutdown;
mod tasks;
mod thread_pool;
mod wait;

#[cfg_attr(
    target_arch = "wasm32",
    allow(
        unused_imports,
        reason = "only the native tests have one place for reports"
    )
)]
pub(crate) use self::kit::note_report;
