//! What the calls of this module can fail with, besides what every wait can.

use std::fmt;

use crate::error::Error;

/// What a lock, a queue or another of this module refuses, and why: the value of [`Error::Sync`].
///
/// | Python                         | here                                     |
/// |--------------------------------|------------------------------------------|
/// | `queue.Empty`, `queue.Full`    | [`Empty`](Self::Empty), [`Full`](Self::Full) |
/// | `queue.ShutDown`               | [`ShutDown`](Self::ShutDown)             |
/// | `threading.BrokenBarrierError` | [`BrokenBarrier`](Self::BrokenBarrier)   |
/// | `RuntimeError` of a release    | [`NotHeld`](Self::NotHeld)               |
/// | waits for ever                 | [`HolderDied`](Self::HolderDied)         |
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::sync::{Queue, SyncError};
///
/// let queue = Queue::<u32>::new(0);
/// let error = queue.get_nowait().unwrap_err();
/// assert!(matches!(error, Error::Sync(SyncError::Empty)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncError {
    /// No item came in time.
    Empty,
    /// No place for the item was free in time.
    Full,
    /// The queue was shut down: it takes no more, and has no more.
    ShutDown,
    /// The barrier was aborted or reset, or somebody did not come in time.
    BrokenBarrier,
    /// What was to be released or waited with is not held by the caller.
    NotHeld(&'static str),
    /// The agent of this name was ended while it held the lock, so whatever the lock guards may be half done. It stays
    /// so for every later waiter, until somebody calls `release`.
    HolderDied(String),
}

impl SyncError {
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::Full => "Full",
            Self::ShutDown => "ShutDown",
            Self::BrokenBarrier => "BrokenBarrierError",
            Self::NotHeld(_) => "RuntimeError",
            Self::HolderDied(_) => "HolderDiedError",
        }
    }
}

impl fmt::Display for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the queue is empty"),
            Self::Full => f.write_str("the queue is full"),
            Self::ShutDown => f.write_str("the queue was shut down"),
            Self::BrokenBarrier => f.write_str("the barrier is broken"),
            Self::NotHeld(what) => f.write_str(what),
            Self::HolderDied(name) => write!(
                f,
                "{name} was ended while it held the lock; release() makes the lock usable again"
            ),
        }
    }
}

impl std::error::Error for SyncError {}

impl From<SyncError> for Error {
    fn from(error: SyncError) -> Self {
        Self::Sync(error)
    }
}

/// An item that a queue did not take, and why. It turns into an [`Error`] by `?`, which drops the item.
///
/// ```
/// use concurrent_futures::sync::Queue;
///
/// let queue = Queue::new(1);
/// queue.put_nowait("one")?;
/// let refused = queue.put_nowait("two").unwrap_err();
/// assert_eq!(refused.to_string(), "the queue is full");
/// assert_eq!(refused.item, "two");
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PutError<T> {
    /// What was not taken.
    pub item: T,
    /// Why.
    pub error: Error,
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T: fmt::Debug> std::error::Error for PutError<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl<T> From<PutError<T>> for Error {
    fn from(refused: PutError<T>) -> Self {
        refused.error
    }
}
