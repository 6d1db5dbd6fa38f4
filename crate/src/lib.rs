//! Python's `concurrent.futures` for Rust and WebAssembly: executors, futures, `map`, `wait`, `as_completed`, on real
//! threads; in a browser on Web Workers.
//!
//! | you want                                  | take                                              |
//! |-------------------------------------------|---------------------------------------------------|
//! | any closure on another core               | [`ThreadPoolExecutor`]                            |
//! | work that may crash, or must not see you  | [`ProcessPoolExecutor`]                           |
//! | thousands of coroutines on one thread     | [`AsyncExecutor`]                                 |
//! | no concurrency, for a test or comparison  | [`InlineExecutor`]                                |
//! | code that runs on any of them             | the trait [`Executor`]                            |
//! | Python's `with`                           | [`with_executor`], [`with_executor_async`]        |
//! | several futures at once                   | [`wait`](fn@wait), [`as_completed`]               |
//! | rayon inside a task, in a browser         | the feature `rayon`, and `init_rayon`             |
//! | locks, queues and barriers between them   | [`sync`]                                          |
//! | tasks that can be cancelled, `gather`, throttles | the module [`asyncio`]                     |
//! | coroutines inside workers                 | [`ThreadPoolExecutor::submit_async`], [`ProcessPoolExecutor::submit_async`] |
//! | Python's `Pool`, which replaces the dead  | [`multiprocessing`]                               |
//!
//! # Blocking and awaiting
//!
//! A [`Future`] can be waited for in both ways: [`Future::result`] blocks, `.await` does not. The page of a browser must
//! never block; there blocking calls give [`Error::BlockingNotAllowed`] at once. In workers, in tasks, and natively,
//! both work.
//!
//! # In a browser
//!
//! For threads and blocking calls the page must be cross-origin isolated, so the server sends
//! `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`; without, they give
//! [`Error::NotIsolated`], and a [`ProcessPoolExecutor`] works by messages, to be awaited. The module is built with threads, see the error that this crate gives
//! where it is not, and bound by wasm-bindgen with `--target web`. Workers start from a file that comes with this crate,
//! which imports your module again; with a bundler, make that file yourself and call `set_worker_factory`.
//!
//! Importing your module in a worker does not run `#[wasm_bindgen(start)]` again for a thread, but does so in every
//! process worker, since that is a new program: ask [`is_main`] there, as you would ask for `__name__ == "__main__"`.

#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(
        dead_code,
        reason = "only JavaScript uses all of it; clippy for wasm finds what nobody uses"
    )
)]
#![cfg_attr(
    all(target_arch = "wasm32", target_feature = "atomics"),
    feature(stdarch_wasm_atomic_wait)
)]

#[cfg(all(target_arch = "wasm32", not(loom)))]
mod abi;
mod agent;
mod alarm;
mod awaited;
#[cfg(all(target_arch = "wasm32", not(loom)))]
mod bindings;
mod bytes;
mod call;
mod callbacks;
mod crowd;
#[cfg(not(loom))]
mod deadlock;
#[cfg(loom)]
#[path = "deadlock/model.rs"]
mod deadlock;
mod error;
mod event_loop;
mod executor;
mod future;
#[cfg(all(any(test, fuzzing), not(target_arch = "wasm32"), not(loom)))]
#[doc(hidden)]
pub mod fuzz;
mod initializer;
mod inline_executor;
mod list;
mod map;
pub mod multiprocessing;
mod panics;
mod platform;
mod pool;
mod pool_handle;
mod pool_options;
mod process_pool;
mod queue;
mod report;
mod scope;
mod state;
pub mod sync;
mod termination;
mod thread_pool;
mod trace;
mod unwind;
mod wait;
mod work;
mod worker;

#[cfg(loom)]
mod models;

#[cfg(all(target_arch = "wasm32", not(loom), feature = "rayon"))]
pub use bindings::rayon::init_rayon;
#[cfg(all(target_arch = "wasm32", not(loom)))]
pub use bindings::sync::{InJavaScript, sync_classes};
#[cfg(all(target_arch = "wasm32", not(loom)))]
pub use bindings::{ready, set_worker_factory};
pub use error::{BrokenExecutor, Deadlock, Error, InvalidState, TaskError, Timeout};
pub use event_loop::{AsyncExecutor, asyncio};
pub use executor::{Executor, Shutdown};
pub use future::{Future, Promise, Snapshot, Times};
pub use initializer::Initializer;
pub use inline_executor::InlineExecutor;
pub use map::{Exhausted, Map, MapOptions, Source};
pub use platform::is_main;
#[cfg(all(not(target_arch = "wasm32"), not(loom)))]
pub use platform::run;
#[cfg(all(target_arch = "wasm32", not(loom), feature = "allocator"))]
pub use platform::web_allocator::PatientAllocator;
pub use pool_options::PoolOptions;
pub use process_pool::ProcessPoolExecutor;
pub use report::set_reporter;
pub use scope::{with_executor, with_executor_async};
#[cfg(all(target_arch = "wasm32", not(loom)))]
pub use sync::shared::JsItem;
pub use thread_pool::ThreadPoolExecutor;
pub use wait::{AsCompleted, DoneAndNotDone, ReturnWhen, as_completed, wait, wait_async};
