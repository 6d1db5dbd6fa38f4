//! `Event`: a flag that many wait for.
//!
//! The word's lowest bit is the flag; the bits above count how often it was set. A waiter passes if the flag is set, or if
//! that count has moved since it came: so a `clear` right after a `set` loses nobody, as in Python.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::gate::Gate;
use crate::error::Error;
use crate::platform::{AtomicU32, Deadline};

const SET: u32 = 1;
/// One more time set.
const TIME: u32 = 2;

/// What an event is. `repr(C)`: JavaScript waits on the gate by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct RawEvent {
    gate: Gate,
    word: AtomicU32,
}

impl RawEvent {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(),
            word: AtomicU32::new(0),
        })
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// What a waiter notes when it comes.
    pub(crate) fn arrive(&self) -> u32 {
        // Acquire: whoever finds the flag set sees what came before `set`.
        self.word.load(Ordering::Acquire)
    }

    /// Whether a waiter who noted `arrived` may pass.
    pub(crate) fn passed(&self, arrived: u32) -> Option<()> {
        let word = self.arrive();
        (word & SET != 0 || word / TIME != arrived / TIME).then_some(())
    }

    pub(crate) fn is_set(&self) -> bool {
        self.arrive() & SET != 0
    }

    pub(crate) fn set(&self) {
        // AcqRel: what was done before comes before what waiters do.
        let changed = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
                (word & SET == 0).then_some(word.wrapping_add(TIME) | SET)
            });
        if changed.is_ok() {
            self.gate.open_for_all();
        }
    }

    pub(crate) fn clear(&self) {
        // AcqRel: as above.
        self.word.fetch_and(!SET, Ordering::AcqRel);
    }
}

/// Python's `threading.Event`: a flag that is set and cleared, and waited for. Clones are handles to the same flag.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
/// use concurrent_futures::sync::Event;
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let (started, go) = (Event::new(), Event::new());
/// let future = pool.submit({
///     let (started, go) = (started.clone(), go.clone());
///     move || {
///         started.set();
///         go.wait(None)
///     }
/// })?;
/// assert!(started.wait(None)?);
/// go.set();
/// assert!(future.result(None)??);
/// assert!(go.is_set());
/// go.clear();
/// assert!(!go.is_set());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct Event(pub(crate) Arc<RawEvent>);

impl Event {
    /// An event that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self(RawEvent::new())
    }

    /// Whether the flag is set.
    pub fn is_set(&self) -> bool {
        self.0.is_set()
    }

    /// Sets the flag, and wakes everybody who waits for it.
    pub fn set(&self) {
        self.0.set();
    }

    /// Clears the flag: who comes from now on waits for the next `set`.
    pub fn clear(&self) {
        self.0.clear();
    }

    /// Waits, blocking, until the flag is set, or was set since the call; false where the time is over first. `None`
    /// waits without end, zero only looks.
    ///
    /// # Errors
    ///
    /// [`Error::BlockingNotAllowed`] on a page, where the flag is not set.
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool, Error> {
        let arrived = self.0.arrive();
        let deadline = Deadline::after(timeout.into());
        let step = || Ok(self.0.passed(arrived));
        Ok(self.0.gate().pass(deadline, step)?.is_some())
    }

    /// As [`Event::wait`], awaited.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] where the memory is lost in which it is.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::Event;
    /// use std::time::Duration;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let event = Event::new();
    /// let other = event.clone();
    /// pool.submit(move || other.set())?;
    /// let in_time = concurrent_futures::run(async move { event.wait_async(Duration::from_secs(60)).await })?;
    /// assert!(in_time);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn wait_async(&self, timeout: impl Into<Option<Duration>>) -> Result<bool, Error> {
        let arrived = self.0.arrive();
        let deadline = Deadline::after(timeout.into());
        let step = || Ok(self.0.passed(arrived));
        Ok(self.0.gate().passed(deadline, step).await?.is_some())
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() {
            "<Event: set>"
        } else {
            "<Event: unset>"
        })
    }
}
