//! What wakes a coroutine that is polled by whoever waits on a word: a worker's loop, in JavaScript or natively.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Wake;

use crate::platform::Word;

/// Not zero once it has rung since the last reset. JavaScript waits on the word by its address.
#[derive(Debug)]
pub(crate) struct WordAlarm(Word);

impl WordAlarm {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Word::new(0)))
    }

    /// Before each poll.
    pub(crate) fn reset(&self) {
        // AcqRel, by a swap: what whoever rang did before is seen by the poll that follows.
        self.0.swap(0, Ordering::AcqRel);
    }

    /// Blocks until it rings.
    #[cfg(any(loom, not(target_arch = "wasm32")))]
    pub(crate) fn wait(&self) {
        // Acquire: as in `reset`.
        while self.0.load(Ordering::Acquire) == 0 {
            self.0.wait(0, None);
        }
    }

    /// The word that JavaScript waits on.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn address(&self) -> *const u32 {
        self.0.as_ptr()
    }
}

impl Wake for WordAlarm {
    fn wake(self: Arc<Self>) {
        // Release: see `reset`. Nobody waits where it has rung already.
        if self.0.swap(1, Ordering::Release) == 0 {
            self.0.wake_all();
        }
    }
}
