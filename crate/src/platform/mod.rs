//! The only door to what differs between a browser and a native machine: waiting on a word, waking its waiters,
//! the clock, starting workers, and where reports go.
//!
//! | file        | machine                                  |
//! |-------------|------------------------------------------|
//! | `web.rs`    | wasm32 with atomics, in a browser agent  |
//! | `native.rs` | everything else, over `std::thread`      |
//! | `model.rs`  | loom, for model checking                 |
//!
//! All of them offer the same names: [`Word`], [`UnsafeCell`], [`AtomicPtr`], [`AtomicU32`], [`AtomicU64`],
//! [`can_block`], [`isolated`], [`now`], [`start_worker`], [`end_workers`], [`report`], [`messenger`], [`current_agent`], [`callbacks_run_here`],
//! [`cores`], [`prepare`], [`Alarm`], [`spawn_local`], [`has_event_loop`], [`drive`], [`stack`], [`is_main`].

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
compile_error!(
    "concurrent-futures needs WebAssembly threads: build with `-Z build-std=std,panic_unwind` and \
     RUSTFLAGS=\"-C panic=unwind -C target-feature=+atomics,+bulk-memory,+mutable-globals,-reference-types -C link-arg=--shared-memory \
     -C link-arg=--import-memory -C link-arg=--max-memory=1073741824 -C link-arg=--export=__wasm_init_tls \
     -C link-arg=--export=__tls_size -C link-arg=--export=__tls_align -C link-arg=--export=__tls_base \
     -C link-arg=--export=__stack_pointer\""
);

#[cfg(loom)]
mod model;
#[cfg(loom)]
pub use model::is_main;
#[cfg(loom)]
pub(crate) use model::*;

#[cfg(all(not(loom), target_arch = "wasm32"))]
pub(crate) mod web;
#[cfg(all(not(loom), target_arch = "wasm32", feature = "allocator"))]
pub(crate) mod web_allocator;
#[cfg(all(not(loom), target_arch = "wasm32"))]
pub(crate) mod web_runtime;
#[cfg(all(not(loom), target_arch = "wasm32"))]
pub use web::is_main;
#[cfg(all(not(loom), target_arch = "wasm32"))]
pub(crate) use web::*;

#[cfg(all(not(loom), not(target_arch = "wasm32")))]
mod native;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
mod native_alarm;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
mod native_loop;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
pub use native::is_main;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
pub(crate) use native::*;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
pub(crate) use native_alarm::Alarm;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
pub use native_loop::run;
#[cfg(all(not(loom), not(target_arch = "wasm32")))]
pub(crate) use native_loop::{drive, has_event_loop, spawn_local};

#[cfg(not(loom))]
mod cell;
#[cfg(not(loom))]
pub(crate) use cell::UnsafeCell;
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, fence};

/// Why a wait on a [`Word`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Somebody woke the waiters, or the word had another value already: look at it again.
    Look,
    /// The time is over.
    TimedOut,
    /// The memory this agent works on is poisoned: nothing in it will ever move again.
    Poisoned,
}

/// How much time a blocking call has left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Option<f64>);

impl Deadline {
    /// As good as no end at all; clocks cannot count much further.
    const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

    /// `None` waits without end.
    pub(crate) fn after(timeout: Option<Duration>) -> Self {
        let timeout = timeout.filter(|timeout| *timeout < Self::NEVER);
        Self(timeout.map(|timeout| now() + timeout.as_secs_f64() * 1000.0))
    }

    /// What is left, never negative; `None` without end.
    pub(crate) fn left(self) -> Option<Duration> {
        self.0
            .map(|at| Duration::from_secs_f64((at - now()).max(0.0) / 1000.0))
    }

    /// Whether the time is over.
    pub(crate) fn passed(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }
}

/// Awaits `future`, but not beyond `deadline`. What is ready is given even after it.
pub(crate) async fn within<T>(deadline: Deadline, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut alarm = None;
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        let alarm = alarm.get_or_insert_with(|| Alarm::at(deadline));
        alarm.poll(context).map(|()| None)
    })
    .await
}
