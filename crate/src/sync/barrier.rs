//! `Barrier`: a number of parties wait for each other.
//!
//! One word: the state, and how many are inside. It goes through Python's own states, with ACTING for the time in which
//! Python runs the action under the lock:
//!
//! ```text
//!            the last comes          action done           the last leaves
//!  FILLING ────────────────▶ ACTING ────────────▶ DRAINING ────────────────▶ FILLING
//!     │  └─ reset, some inside ─▶ RESETTING ─ the last leaves ─▶ FILLING
//!     └─ abort, time over ─▶ BROKEN ─ reset ─▶ RESETTING, or FILLING where nobody is inside
//! ```
//!
//! Who comes while the barrier empties waits until it is FILLING again, so no one can meet another round's state.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::SyncError;
use super::gate::Gate;
use crate::error::Error;
use crate::platform::{self, AtomicU32, Deadline};

const FILLING: u32 = 0;
const ACTING: u32 = 1;
const DRAINING: u32 = 2;
const RESETTING: u32 = 3;
const BROKEN: u32 = 4;
/// One that is inside; the state stands below.
const ONE: u32 = 8;
const STATE: u32 = ONE - 1;

/// What a barrier is. `repr(C)`: JavaScript waits on the gate by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct RawBarrier {
    gate: Gate,
    word: AtomicU32,
    parties: u32,
}

/// Somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// As the one with this number: waits for the rest.
    Waits(u32),
    /// As the last one: runs the action, then says so.
    Acts(u32),
}

impl RawBarrier {
    /// The most parties that the word can count.
    pub(crate) const MOST: u32 = u32::MAX / ONE - 1;

    pub(crate) fn new(parties: u32) -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(),
            word: AtomicU32::new(FILLING),
            parties: parties.clamp(1, Self::MOST),
        })
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn parties(&self) -> u32 {
        self.parties
    }

    /// Changes the word, and wakes everybody whom that may concern.
    fn change(&self, to: impl FnMut(u32) -> Option<u32>) -> Result<u32, u32> {
        // AcqRel: what each did before it came is seen by all who pass. Acquire on failure: why it cannot be is read.
        let changed = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, to);
        if changed.is_ok() {
            self.gate.open_for_all();
        }
        changed
    }

    /// Comes in, if the barrier is filling.
    pub(crate) fn try_arrive(&self) -> Result<Option<Arrival>, Error> {
        let last = self.parties - 1;
        // AcqRel: as in `change`; nobody waits for one more to be inside, unless it is the last.
        let before = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
                let to = if word / ONE == last { ACTING } else { FILLING };
                (word & STATE == FILLING).then_some(word + ONE + to)
            });
        match before {
            Ok(word) if word / ONE == last => Ok(Some(Arrival::Acts(last))),
            Ok(word) => Ok(Some(Arrival::Waits(word / ONE))),
            Err(word) if word & STATE == BROKEN => Err(SyncError::BrokenBarrier.into()),
            Err(_) => Ok(None),
        }
    }

    /// Lets everybody go, as the last one, and leaves; `ok` says whether the action ended well.
    pub(crate) fn acted(&self, ok: bool) -> Result<(), Error> {
        let to = if ok { DRAINING } else { BROKEN };
        // The failure is an abort in between.
        let _ = self.change(|word| (word & STATE == ACTING).then_some(word - ACTING + to));
        self.try_leave().map(drop)
    }

    /// Leaves, if everybody has come, or nobody will.
    pub(crate) fn try_leave(&self) -> Result<Option<()>, Error> {
        // AcqRel: as in `change`; those outside only wait for the last one to leave.
        let left = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
                match word & STATE {
                    FILLING | ACTING => None,
                    DRAINING | RESETTING if word / ONE == 1 => Some(FILLING),
                    _ => Some(word - ONE),
                }
            });
        let Ok(word) = left else { return Ok(None) };
        if word / ONE == 1 {
            self.gate.open_for_all();
        }
        if word & STATE == DRAINING {
            Ok(Some(()))
        } else {
            Err(SyncError::BrokenBarrier.into())
        }
    }

    /// The time of one that waits is over: breaks the barrier, unless everybody has come meanwhile.
    pub(crate) fn give_up(&self) {
        let _ = self.change(|word| (word & STATE == FILLING).then_some(word + BROKEN));
    }

    pub(crate) fn abort(&self) {
        let _ = self.change(|word| (word & STATE != BROKEN).then_some(word & !STATE | BROKEN));
    }

    pub(crate) fn reset(&self) {
        let _ = self.change(|word| match word & STATE {
            FILLING | BROKEN if word / ONE == 0 => Some(FILLING),
            FILLING | BROKEN => Some(word & !STATE | RESETTING),
            _ => None,
        });
    }

    pub(crate) fn waiting(&self) -> u32 {
        match self.look() {
            word if word & STATE == FILLING => word / ONE,
            _ => 0,
        }
    }

    pub(crate) fn broken(&self) -> bool {
        self.look() & STATE == BROKEN
    }

    fn look(&self) -> u32 {
        // Relaxed: a look, which orders nothing.
        self.word.load(Ordering::Relaxed)
    }
}

type Action = dyn Fn() + Send + Sync;

/// Python's `threading.Barrier`: so many parties wait for each other. Clones are handles to the same barrier.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
/// use concurrent_futures::sync::Barrier;
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let barrier = Barrier::new(3);
/// let futures = [(); 2].map(|()| {
///     let barrier = barrier.clone();
///     pool.submit(move || barrier.wait(None)).unwrap()
/// });
/// let mut numbers = vec![barrier.wait(None)?];
/// for future in futures {
///     numbers.push(future.result(None)??);
/// }
/// numbers.sort_unstable();
/// assert_eq!(numbers, [0, 1, 2]);
/// assert_eq!((barrier.parties(), barrier.n_waiting()), (3, 0));
/// barrier.abort();
/// assert!(barrier.broken());
/// barrier.reset();
/// assert!(!barrier.broken());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct Barrier {
    raw: Arc<RawBarrier>,
    action: Option<Arc<Action>>,
}

#[cfg(all(target_arch = "wasm32", not(loom)))]
impl Barrier {
    /// What JavaScript can share; `None` where there is an action, which is a function of Rust's.
    pub(crate) fn raw(&self) -> Option<&Arc<RawBarrier>> {
        self.action.is_none().then_some(&self.raw)
    }

    pub(crate) fn of(raw: Arc<RawBarrier>) -> Self {
        Self { raw, action: None }
    }
}

impl Barrier {
    /// A barrier for so many parties; none counts as one.
    #[must_use]
    pub fn new(parties: u32) -> Self {
        Self {
            raw: RawBarrier::new(parties),
            action: None,
        }
    }

    /// A barrier whose last party runs `action` before all go on. If it panics, the barrier is broken.
    ///
    /// ```
    /// use concurrent_futures::sync::Barrier;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// let rounds = Arc::new(AtomicU32::new(0));
    /// let counting = Arc::clone(&rounds);
    /// let barrier = Barrier::with_action(1, move || {
    ///     counting.fetch_add(1, Ordering::Relaxed);
    /// });
    /// barrier.wait(None)?;
    /// barrier.wait(None)?;
    /// assert_eq!(rounds.load(Ordering::Relaxed), 2);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[must_use]
    pub fn with_action(parties: u32, action: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            raw: RawBarrier::new(parties),
            action: Some(Arc::new(action)),
        }
    }

    /// Waits, blocking, until all parties wait, and says as which of them this came, from zero. `None` waits without end;
    /// where the time is over first, the barrier breaks for everybody.
    ///
    /// # Errors
    ///
    /// [`SyncError::BrokenBarrier`] where the barrier is broken, or breaks or is reset meanwhile;
    /// [`Error::BlockingNotAllowed`] on a page.
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<u32, Error> {
        // Before it comes in: leaving again would break the barrier for the others.
        if !platform::can_block() {
            return Err(super::gate::cannot_block());
        }
        let deadline = Deadline::after(timeout.into());
        let arrived = self.raw.gate().pass(deadline, || self.raw.try_arrive())?;
        match arrived.ok_or(SyncError::BrokenBarrier)? {
            Arrival::Acts(number) => self.act().map(|()| number),
            Arrival::Waits(number) => {
                let leave = || self.raw.try_leave();
                if self.raw.gate().pass(deadline, leave)?.is_none() {
                    // Where the action runs right now, it ends first.
                    self.raw.give_up();
                    self.raw.gate().pass(Deadline::after(None), leave)?;
                }
                Ok(number)
            }
        }
    }

    /// As [`Barrier::wait`], awaited. Dropped in the middle, it breaks the barrier.
    ///
    /// # Errors
    ///
    /// As there, but the last.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::Barrier;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let barrier = Barrier::new(2);
    /// let other = barrier.clone();
    /// let future = pool.submit(move || other.wait(None))?;
    /// let number = concurrent_futures::run(async move { barrier.wait_async(None).await })?;
    /// assert_eq!(number + future.result(None)??, 1);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn wait_async(&self, timeout: impl Into<Option<Duration>>) -> Result<u32, Error> {
        /// Leaves for one that does not come back.
        struct Leave<'a>(&'a RawBarrier);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.give_up();
                // While the action runs, nobody can leave; it breaks then.
                if let Ok(None) = self.0.try_leave() {
                    self.0.abort();
                    let _ = self.0.try_leave();
                }
            }
        }
        let deadline = Deadline::after(timeout.into());
        let raw = &*self.raw;
        let arrived = raw.gate().passed(deadline, || raw.try_arrive()).await?;
        match arrived.ok_or(SyncError::BrokenBarrier)? {
            Arrival::Acts(number) => self.act().map(|()| number),
            Arrival::Waits(number) => {
                let leave = Leave(raw);
                let mut left = raw.gate().passed(deadline, || raw.try_leave()).await;
                if matches!(left, Ok(None)) {
                    raw.give_up();
                    left = raw
                        .gate()
                        .passed(Deadline::after(None), || raw.try_leave())
                        .await;
                }
                std::mem::forget(leave);
                left.map(|_| number)
            }
        }
    }

    fn act(&self) -> Result<(), Error> {
        let acted = catch_unwind(AssertUnwindSafe(|| {
            if let Some(action) = &self.action {
                action();
            }
        }));
        let left = self.raw.acted(acted.is_ok());
        match acted {
            Ok(()) => left,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Sends who waits away with [`SyncError::BrokenBarrier`], and makes the barrier, broken or not, as new.
    pub fn reset(&self) {
        self.raw.reset();
    }

    /// Breaks the barrier for who waits and for who comes, until a [`Barrier::reset`].
    pub fn abort(&self) {
        self.raw.abort();
    }

    /// How many must come.
    pub fn parties(&self) -> u32 {
        self.raw.parties()
    }

    /// How many wait now.
    pub fn n_waiting(&self) -> u32 {
        self.raw.waiting()
    }

    /// Whether the barrier is broken.
    pub fn broken(&self) -> bool {
        self.raw.broken()
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.broken() {
            return f.write_str("<Barrier: broken>");
        }
        let (waiting, parties) = (self.n_waiting(), self.parties());
        write!(f, "<Barrier: waiters={waiting}/{parties}>")
    }
}
