//! What runs on the caller's own event loop: coroutines, in turn with everything else there.
//!
//! In a browser every agent has an event loop, which turns by itself. Natively a thread has one for as long as [`run`]
//! drives it.
//!
//! [`run`]: crate::run

mod async_executor;
pub mod asyncio;

use std::sync::atomic::{AtomicU32, Ordering};

pub use self::async_executor::AsyncExecutor;
use crate::error::Error;

/// A number for the event loop of this thread, never zero.
pub(crate) fn id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    thread_local! {
        // Relaxed: only unique.
        static ID: u32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    ID.with(|id| *id)
}

/// What a blocking call gets that only this thread's own event loop could end.
pub(crate) fn would_wait_for_itself() -> Error {
    Error::BlockingNotAllowed(
        "its own event loop has to run the coroutine, so `.await` the future instead",
    )
}
