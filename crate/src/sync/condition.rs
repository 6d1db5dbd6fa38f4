//! `Condition`: waiting for a change to what a lock guards.
//!
//! ```text
//!  who waits, with the lock                     who notifies, with the lock
//!  ────────────────────────                     ───────────────────────────
//!  a waiter of its own, at the end of the line
//!  release the lock, wait for the word   ◀───── from the front: WAITING → NOTIFIED, wake; n times
//!  time over: WAITING → ABANDONED               what is ABANDONED, or dead, does not count
//!  take the lock again
//! ```
//!
//! So `notify(n)` wakes exactly n of those that wait, oldest first, and nobody wakes without cause.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::SyncError;
use super::gate::Gate;
use super::holder;
use super::lock::{Lock, RLock, RawLock};
use crate::error::Error;
use crate::platform::{self, AtomicU32, Deadline, UnsafeCell};

const WAITING: u32 = 0;
const NOTIFIED: u32 = 1;
const ABANDONED: u32 = 2;

/// One that waits. `repr(C)`: JavaScript waits on the gate by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Waiter {
    gate: Gate,
    word: AtomicU32,
    /// Who it is.
    agent: u32,
    /// How often it held the lock.
    depth: u32,
}

impl Waiter {
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    pub(crate) fn notified(&self) -> Option<()> {
        // Acquire: what was done before the notification is seen.
        (self.word.load(Ordering::Acquire) == NOTIFIED).then_some(())
    }

    /// Gives up; false where it was notified before.
    pub(crate) fn abandon(&self) -> bool {
        self.leave(ABANDONED)
    }

    fn leave(&self, to: u32) -> bool {
        // AcqRel: one of the two that try this wins, and sees what the other did before.
        self.word
            .compare_exchange(WAITING, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// What a condition is.
pub(crate) struct RawCondition {
    lock: Arc<RawLock>,
    /// Not zero while somebody touches `line`. It is never waited for: only a lock that was released behind its holder's
    /// back lets two of them in at once.
    busy: AtomicU32,
    line: UnsafeCell<VecDeque<Arc<Waiter>>>,
}

// SAFETY: `line` is touched only by who swapped `busy` from zero; all else is shared by design.
unsafe impl Send for RawCondition {}
// SAFETY: as above.
unsafe impl Sync for RawCondition {}

impl RawCondition {
    pub(crate) fn new(lock: Arc<RawLock>) -> Arc<Self> {
        Arc::new(Self {
            lock,
            busy: AtomicU32::new(0),
            line: UnsafeCell::new(VecDeque::new()),
        })
    }

    pub(crate) fn lock(&self) -> &Arc<RawLock> {
        &self.lock
    }

    /// Puts `me`, who holds the lock, into the line, and releases the lock.
    pub(crate) fn enter(&self, me: u32) -> Result<Arc<Waiter>, SyncError> {
        self.lock.check_held(me)?;
        let waiter = Arc::new(Waiter {
            gate: Gate::new(),
            word: AtomicU32::new(WAITING),
            agent: me,
            depth: self.lock.depth(),
        });
        self.with_line(|line| line.push_back(Arc::clone(&waiter)))?;
        self.lock.release_all(me)?;
        Ok(waiter)
    }

    /// Takes one that gave up out of the line; with the lock.
    pub(crate) fn forget(&self, waiter: &Arc<Waiter>) {
        // Failing, it leaves an entry that the next `notify` skips.
        let _ = self.with_line(|line| line.retain(|other| !Arc::ptr_eq(other, waiter)));
    }

    /// Wakes up to `n` that wait; `me` holds the lock.
    pub(crate) fn notify(&self, me: u32, n: usize) -> Result<(), SyncError> {
        self.lock.check_held(me)?;
        for _ in 0..n {
            let woken = self.with_line(|line| {
                std::iter::from_fn(|| line.pop_front())
                    .find(|waiter| holder::is_alive(waiter.agent) && waiter.leave(NOTIFIED))
            })?;
            match woken {
                Some(waiter) => waiter.gate.open_for_all(),
                None => break,
            }
        }
        Ok(())
    }

    fn with_line<R>(
        &self,
        change: impl FnOnce(&mut VecDeque<Arc<Waiter>>) -> R,
    ) -> Result<R, SyncError> {
        // Acquire, and Release below: whoever comes next sees the line as it was left.
        if self.busy.swap(1, Ordering::Acquire) != 0 {
            return Err(SyncError::NotHeld(
                "the lock of the condition was released while it was in use",
            ));
        }
        let result = self.line.with_mut(|line| {
            // SAFETY: we swapped `busy` from zero, and `change` is code of this file that does not panic.
            change(unsafe { &mut *line })
        });
        self.busy.store(0, Ordering::Release);
        Ok(result)
    }
}

/// Python's `threading.Condition`: waits for a change to what its lock guards. Clones are handles to the same condition.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
/// use concurrent_futures::sync::Condition;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let (changed, count) = (Condition::new(), Arc::new(AtomicU32::new(0)));
/// pool.submit({
///     let (changed, count) = (changed.clone(), Arc::clone(&count));
///     move || {
///         let held = changed.acquire(None).unwrap();
///         count.store(3, Ordering::Relaxed);
///         changed.notify_all(&held).unwrap();
///     }
/// })?;
/// let mut held = changed.acquire(None)?;
/// let in_time = changed.wait_for(&mut held, None, || count.load(Ordering::Relaxed) == 3)?;
/// assert!(in_time);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct Condition(pub(crate) Arc<RawCondition>);

/// The lock of a condition is held for as long as this lives, but for the time of a wait. It stays on its thread.
///
/// ```
/// use concurrent_futures::sync::{Condition, Lock};
///
/// let lock = Lock::new();
/// let changed = Condition::with_lock(&lock);
/// let held = changed.acquire(None)?;
/// assert!(lock.try_acquire()?.is_none());
/// drop(held);
/// assert!(lock.try_acquire()?.is_some());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[must_use = "the lock is released when the guard is dropped"]
#[derive(Debug)]
pub struct ConditionGuard {
    lock: Arc<RawLock>,
    me: u32,
    /// False while a wait has given the lock back, and after one that could not take it again.
    held: bool,
    here: PhantomData<*const ()>,
}

/// Gives up a wait that is dropped in the middle.
struct Abandon<'a>(&'a Waiter);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl Condition {
    /// A condition with an [`RLock`] of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::with_rlock(&RLock::new())
    }

    /// A condition over a lock that others use too, other conditions among them.
    ///
    /// ```
    /// use concurrent_futures::sync::{Condition, Lock};
    ///
    /// let lock = Lock::new();
    /// let changed = Condition::with_lock(&lock);
    /// let held = changed.acquire(None)?;
    /// assert!(lock.locked());
    /// # drop(held);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[must_use]
    pub fn with_lock(lock: &Lock) -> Self {
        Self(RawCondition::new(Arc::clone(&lock.0)))
    }

    /// As [`Condition::with_lock`].
    ///
    /// ```
    /// use concurrent_futures::sync::{Condition, RLock};
    ///
    /// let lock = RLock::new();
    /// let changed = Condition::with_rlock(&lock);
    /// let twice = (lock.acquire(None)?, changed.acquire(None)?);
    /// assert!(lock.locked());
    /// # drop(twice);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[must_use]
    pub fn with_rlock(lock: &RLock) -> Self {
        Self(RawCondition::new(Arc::clone(&lock.0)))
    }

    /// Takes the lock, blocking. `None` waits without end, zero only tries.
    ///
    /// # Errors
    ///
    /// As [`Lock::acquire`].
    pub fn acquire(&self, timeout: impl Into<Option<Duration>>) -> Result<ConditionGuard, Error> {
        let me = self.0.lock().acquire(timeout.into())?;
        Ok(self.guard(me))
    }

    /// As [`Condition::acquire`], awaited.
    ///
    /// # Errors
    ///
    /// As [`Lock::acquire_async`].
    ///
    /// ```
    /// use concurrent_futures::sync::{Condition, Lock};
    ///
    /// let lock = Lock::new();
    /// let changed = Condition::with_lock(&lock);
    /// concurrent_futures::run(async move {
    ///     let held = changed.acquire_async(None).await?;
    ///     assert!(lock.locked());
    ///     drop(held);
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn acquire_async(
        &self,
        timeout: impl Into<Option<Duration>>,
    ) -> Result<ConditionGuard, Error> {
        let me = self.0.lock().acquire_async(timeout.into()).await?;
        Ok(self.guard(me))
    }

    /// Gives the lock back, waits, blocking, until it is notified, and takes the lock again; false where the time is
    /// over first. `None` waits without end.
    ///
    /// # Errors
    ///
    /// [`SyncError::NotHeld`] where `held` is of another lock; [`SyncError::HolderDied`] where the lock cannot be taken
    /// again: then `held` holds nothing any more; [`Error::BlockingNotAllowed`] on a page.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::Condition;
    /// use std::time::Duration;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let changed = Condition::new();
    /// let mut held = changed.acquire(None)?;
    /// let other = changed.clone();
    /// pool.submit(move || {
    ///     let held = other.acquire(None).unwrap();
    ///     other.notify(&held, 1).unwrap();
    /// })?;
    /// assert!(changed.wait(&mut held, Duration::from_secs(60))?);
    /// assert!(!changed.wait(&mut held, Duration::from_millis(1))?, "nobody notifies again");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn wait(
        &self,
        held: &mut ConditionGuard,
        timeout: impl Into<Option<Duration>>,
    ) -> Result<bool, Error> {
        self.check(held)?;
        if !platform::can_block() {
            return Err(super::gate::cannot_block());
        }
        let deadline = Deadline::after(timeout.into());
        let (lock, me) = (self.0.lock(), held.me);
        let waiter = self.0.enter(me)?;
        held.held = false;
        let passed = waiter.gate().pass(deadline, || Ok(waiter.notified()));
        let in_time = !waiter.abandon();
        lock.gate().pass(Deadline::after(None), || {
            lock.try_acquire_times(me, waiter.depth())
        })?;
        held.held = true;
        self.after(&waiter, in_time);
        passed.map(|_| in_time)
    }

    /// As [`Condition::wait`], awaited. Dropped in the middle, it leaves `held` without the lock.
    ///
    /// # Errors
    ///
    /// As there, but the last.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::Condition;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let changed = Condition::new();
    /// concurrent_futures::run(async move {
    ///     let mut held = changed.acquire_async(None).await?;
    ///     let other = changed.clone();
    ///     pool.submit(move || {
    ///         let held = other.acquire(None).unwrap();
    ///         other.notify_all(&held).unwrap();
    ///     })?;
    ///     assert!(changed.wait_async(&mut held, None).await?);
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn wait_async(
        &self,
        held: &mut ConditionGuard,
        timeout: impl Into<Option<Duration>>,
    ) -> Result<bool, Error> {
        self.check(held)?;
        let deadline = Deadline::after(timeout.into());
        let (lock, me) = (self.0.lock(), held.me);
        let waiter = self.0.enter(me)?;
        held.held = false;
        let abandon = Abandon(&waiter);
        let passed = waiter
            .gate()
            .passed(deadline, || Ok(waiter.notified()))
            .await;
        drop(abandon);
        let in_time = waiter.notified().is_some();
        lock.gate()
            .passed(Deadline::after(None), || {
                lock.try_acquire_times(me, waiter.depth())
            })
            .await?;
        held.held = true;
        self.after(&waiter, in_time);
        passed.map(|_| in_time)
    }

    /// Waits until `predicate` is true, which it looks at first and after each notification; gives what it said last, so
    /// false where the time is over first.
    ///
    /// # Errors
    ///
    /// As [`Condition::wait`].
    pub fn wait_for(
        &self,
        held: &mut ConditionGuard,
        timeout: impl Into<Option<Duration>>,
        mut predicate: impl FnMut() -> bool,
    ) -> Result<bool, Error> {
        let deadline = Deadline::after(timeout.into());
        while !predicate() {
            if deadline.passed() || !self.wait(held, deadline.left())? {
                return Ok(predicate());
            }
        }
        Ok(true)
    }

    /// As [`Condition::wait_for`], awaited.
    ///
    /// # Errors
    ///
    /// As [`Condition::wait_async`].
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::Condition;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let (changed, ready) = (Condition::new(), Arc::new(AtomicBool::new(false)));
    /// concurrent_futures::run(async move {
    ///     let mut held = changed.acquire_async(None).await?;
    ///     let (other, telling) = (changed.clone(), Arc::clone(&ready));
    ///     pool.submit(move || {
    ///         let held = other.acquire(None).unwrap();
    ///         telling.store(true, Ordering::Relaxed);
    ///         other.notify_all(&held).unwrap();
    ///     })?;
    ///     assert!(changed.wait_for_async(&mut held, None, || ready.load(Ordering::Relaxed)).await?);
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn wait_for_async(
        &self,
        held: &mut ConditionGuard,
        timeout: impl Into<Option<Duration>>,
        mut predicate: impl FnMut() -> bool,
    ) -> Result<bool, Error> {
        let deadline = Deadline::after(timeout.into());
        while !predicate() {
            if deadline.passed() || !self.wait_async(held, deadline.left()).await? {
                return Ok(predicate());
            }
        }
        Ok(true)
    }

    /// Wakes up to `n` that wait, those first that have waited longest. They go on once they have the lock.
    ///
    /// # Errors
    ///
    /// [`SyncError::NotHeld`] where `held` is of another lock.
    ///
    /// ```
    /// use concurrent_futures::sync::Condition;
    ///
    /// let (changed, other) = (Condition::new(), Condition::new());
    /// let held = changed.acquire(None)?;
    /// changed.notify(&held, 1)?;
    /// assert!(other.notify(&held, 1).is_err());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn notify(&self, held: &ConditionGuard, n: usize) -> Result<(), Error> {
        self.check(held)?;
        Ok(self.0.notify(held.me, n)?)
    }

    /// Wakes all that wait.
    ///
    /// # Errors
    ///
    /// As [`Condition::notify`].
    pub fn notify_all(&self, held: &ConditionGuard) -> Result<(), Error> {
        self.notify(held, usize::MAX)
    }

    fn check(&self, held: &ConditionGuard) -> Result<(), SyncError> {
        if held.held && Arc::ptr_eq(&held.lock, self.0.lock()) {
            Ok(())
        } else {
            Err(SyncError::NotHeld(
                "the guard does not hold the lock of this condition",
            ))
        }
    }

    fn after(&self, waiter: &Arc<Waiter>, in_time: bool) {
        if !in_time {
            self.0.forget(waiter);
        }
    }

    fn guard(&self, me: u32) -> ConditionGuard {
        ConditionGuard {
            lock: Arc::clone(self.0.lock()),
            me,
            held: true,
            here: PhantomData,
        }
    }
}

impl Drop for ConditionGuard {
    fn drop(&mut self) {
        if self.held {
            // It fails where somebody released the lock meanwhile, which is theirs to answer for.
            let _ = self.lock.release(self.me);
        }
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.lock().locked() {
            "<Condition, locked>"
        } else {
            "<Condition, unlocked>"
        })
    }
}
