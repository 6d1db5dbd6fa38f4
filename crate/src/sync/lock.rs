//! `Lock` and `RLock`: one agent at a time.
//!
//! The word is the number of the agent that holds the lock, zero while nobody does. An agent that is ended by force
//! cannot release it; whoever then waits finds that the holder is gone, and gets an error instead of waiting for ever.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::SyncError;
use super::gate::Gate;
use super::holder;
use crate::deadlock::{Need, Watch};
use crate::error::Error;
use crate::platform::{AtomicU32, Deadline};

/// Nobody holds the lock.
const FREE: u32 = 0;

const NOT_LOCKED: SyncError = SyncError::NotHeld("release of a lock that nobody holds");
const NOT_OURS: SyncError =
    SyncError::NotHeld("release of an RLock that this agent does not hold; its holder must");

/// What both locks are. `repr(C)`: JavaScript waits on the gate by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct RawLock {
    gate: Gate,
    holder: AtomicU32,
    /// How often the holder has it; only the holder touches it.
    depth: AtomicU32,
    /// Whether the holder may take it again.
    reentrant: bool,
}

impl RawLock {
    pub(crate) fn new(reentrant: bool) -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(),
            holder: AtomicU32::new(FREE),
            depth: AtomicU32::new(0),
            reentrant,
        })
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Takes the lock for `me`, if it is free, or its own and reentrant.
    pub(crate) fn try_acquire(&self, me: u32) -> Result<Option<()>, Error> {
        self.try_acquire_times(me, 1)
    }

    /// The same, as often as [`RawLock::release_all`] gave it back.
    pub(crate) fn try_acquire_times(&self, me: u32, times: u32) -> Result<Option<()>, Error> {
        // Acquire: takes over what the last holder did. Relaxed on failure: where it is ours, we stored it; otherwise
        // it is only asked whether the holder lives.
        match self
            .holder
            .compare_exchange(FREE, me, Ordering::Acquire, Ordering::Relaxed)
        {
            Ok(_) => {}
            Err(holder) if holder == me && self.reentrant => {}
            Err(holder) if holder::is_alive(holder) => return Ok(None),
            Err(holder) => return Err(SyncError::HolderDied(holder::name(holder)).into()),
        }
        // Relaxed: the depth is the holder's alone.
        self.depth.fetch_add(times, Ordering::Relaxed);
        Ok(Some(()))
    }

    /// Gives the lock back once, as `me`. A lock that is not reentrant is given back whoever holds it.
    pub(crate) fn release(&self, me: u32) -> Result<(), SyncError> {
        if self.reentrant {
            // Relaxed: where it is ours, we stored it.
            let holder = self.holder.load(Ordering::Relaxed);
            // Of a dead holder anybody may release it, or it would be lost.
            if holder != me && (holder == FREE || holder::is_alive(holder)) {
                return Err(if holder == FREE { NOT_LOCKED } else { NOT_OURS });
            }
            // Relaxed: the depth is the holder's alone.
            if holder == me && self.depth.fetch_sub(1, Ordering::Relaxed) > 1 {
                return Ok(());
            }
        }
        self.free()
    }

    /// Gives the lock back for good, however often `me` holds it.
    pub(crate) fn release_all(&self, me: u32) -> Result<(), SyncError> {
        self.check_held(me)?;
        self.free()
    }

    /// How often the holder has it; for the holder.
    pub(crate) fn depth(&self) -> u32 {
        // Relaxed: the depth is the holder's alone.
        self.depth.load(Ordering::Relaxed)
    }

    fn free(&self) -> Result<(), SyncError> {
        // Relaxed: nobody else touches it before the swap.
        self.depth.store(0, Ordering::Relaxed);
        // Release: hands on what was done under the lock.
        if self.holder.swap(FREE, Ordering::Release) == FREE {
            return Err(NOT_LOCKED);
        }
        self.gate.open_for_one();
        Ok(())
    }

    /// Whether `me` may use what the lock guards.
    pub(crate) fn check_held(&self, me: u32) -> Result<(), SyncError> {
        // Relaxed: where it is ours, we stored it.
        if self.holder.load(Ordering::Relaxed) == me {
            return Ok(());
        }
        Err(SyncError::NotHeld(
            "the lock of the condition is not held here: acquire the condition first",
        ))
    }

    /// The name of the holder, where that is dead.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn dead_holder(&self) -> Option<String> {
        // Relaxed: a look, which orders nothing.
        let holder = self.holder.load(Ordering::Relaxed);
        (holder != FREE && !holder::is_alive(holder)).then(|| holder::name(holder))
    }

    pub(crate) fn locked(&self) -> bool {
        // Relaxed: a look, which orders nothing.
        self.holder.load(Ordering::Relaxed) != FREE
    }

    /// The number of who holds it.
    #[cfg(not(loom))]
    pub(crate) fn holder(&self) -> Option<u32> {
        // Relaxed: a look, which orders nothing.
        Some(self.holder.load(Ordering::Relaxed)).filter(|holder| *holder != FREE)
    }

    pub(crate) fn acquire(self: &Arc<Self>, timeout: Option<Duration>) -> Result<u32, Error> {
        let me = holder::here();
        let mut watch = Watch::new();
        let taken = self.gate.pass_looking(
            Deadline::after(timeout),
            || self.try_acquire(me),
            || watch.look(false, vec![Need::Lock(Arc::clone(self))]),
        )?;
        if let Err(error) = watch.end() {
            // It was given back by somebody else in the circle; this one gets the error, too, and nothing else.
            if taken.is_some() {
                self.release(me)?;
            }
            return Err(error);
        }
        in_time(taken, timeout).map(|()| me)
    }

    pub(crate) async fn acquire_async(&self, timeout: Option<Duration>) -> Result<u32, Error> {
        let me = holder::here();
        let taken = self
            .gate
            .passed(Deadline::after(timeout), || self.try_acquire(me))
            .await?;
        in_time(taken, timeout).map(|()| me)
    }
}

/// What was waited for, or the error that says that it did not come in time.
pub(super) fn in_time<T>(found: Option<T>, timeout: Option<Duration>) -> Result<T, Error> {
    found.ok_or_else(|| Error::timeout(timeout.unwrap_or_default(), 0, 0))
}

/// Python's `threading.Lock`: one holder at a time, and not twice the same. Clones are handles to the same lock.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
/// use concurrent_futures::sync::Lock;
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let lock = Lock::new();
/// let held = lock.acquire(None)?;
/// let other = lock.clone();
/// let taken = pool.submit(move || other.try_acquire().unwrap().is_some())?;
/// assert!(!taken.result(None)?);
/// drop(held);
/// assert!(!lock.locked());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct Lock(pub(crate) Arc<RawLock>);

/// Python's `threading.RLock`: who holds it may take it again, and gives it back as often. The holder is the thread, in
/// a browser the agent: two async tasks that take turns on one event loop are the same holder.
///
/// ```
/// use concurrent_futures::sync::RLock;
///
/// let lock = RLock::new();
/// let once = lock.acquire(None)?;
/// let twice = lock.acquire(None)?;
/// drop(once);
/// assert!(lock.locked());
/// drop(twice);
/// assert!(!lock.locked());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct RLock(pub(crate) Arc<RawLock>);

/// The lock is held for as long as this lives.
///
/// It may move to another thread. In a browser the holder stays the agent that took the lock: if that one is ended,
/// waiters are told so.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
/// use concurrent_futures::sync::Lock;
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let lock = Lock::new();
/// let held = lock.acquire(None)?;
/// pool.submit(move || drop(held))?.result(None)?;
/// assert!(!lock.locked());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[must_use = "the lock is released when the guard is dropped"]
#[derive(Debug)]
pub struct LockGuard {
    lock: Arc<RawLock>,
    me: u32,
}

/// The lock is held, or held once more, for as long as this lives. It stays on its thread.
///
/// ```
/// use concurrent_futures::sync::RLock;
///
/// let lock = RLock::new();
/// {
///     let _held = lock.acquire(None)?;
///     assert!(lock.locked());
/// }
/// assert!(!lock.locked());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[must_use = "the lock is released when the guard is dropped"]
#[derive(Debug)]
pub struct RLockGuard {
    lock: Arc<RawLock>,
    me: u32,
    here: PhantomData<*const ()>,
}

impl Lock {
    /// A lock that nobody holds.
    #[must_use]
    pub fn new() -> Self {
        Self(RawLock::new(false))
    }

    /// Waits, blocking, until the lock is ours. `None` waits without end, zero only tries.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] when the time is over first, which is Python's `False`; [`SyncError::HolderDied`] where the
    /// holder was ended by force; [`Error::BlockingNotAllowed`] on a page, where the lock is not free.
    pub fn acquire(&self, timeout: impl Into<Option<Duration>>) -> Result<LockGuard, Error> {
        let me = self.0.acquire(timeout.into())?;
        Ok(self.guard(me))
    }

    /// As [`Lock::acquire`], awaited.
    ///
    /// # Errors
    ///
    /// As there, but the last.
    ///
    /// ```
    /// use concurrent_futures::sync::Lock;
    /// use std::time::Duration;
    ///
    /// let lock = Lock::new();
    /// concurrent_futures::run(async move {
    ///     let held = lock.acquire_async(None).await?;
    ///     let late = lock.acquire_async(Duration::from_millis(1)).await;
    ///     assert!(late.is_err_and(|error| error.is_timeout()));
    ///     drop(held);
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn acquire_async(
        &self,
        timeout: impl Into<Option<Duration>>,
    ) -> Result<LockGuard, Error> {
        let me = self.0.acquire_async(timeout.into()).await?;
        Ok(self.guard(me))
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    ///
    /// [`SyncError::HolderDied`] where the holder was ended by force.
    pub fn try_acquire(&self) -> Result<Option<LockGuard>, Error> {
        let me = holder::here();
        Ok(self.0.try_acquire(me)?.map(|()| self.guard(me)))
    }

    /// Releases the lock without its guard, which was forgotten or belongs to another thread: as in Python, whoever holds
    /// the lock.
    ///
    /// # Errors
    ///
    /// [`SyncError::NotHeld`] where nobody holds it.
    ///
    /// ```
    /// use concurrent_futures::sync::Lock;
    ///
    /// let lock = Lock::new();
    /// std::mem::forget(lock.acquire(None)?);
    /// lock.release()?;
    /// assert!(lock.release().is_err());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn release(&self) -> Result<(), Error> {
        Ok(self.0.release(holder::here())?)
    }

    /// Whether somebody holds it.
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    fn guard(&self, me: u32) -> LockGuard {
        LockGuard {
            lock: Arc::clone(&self.0),
            me,
        }
    }
}

impl RLock {
    /// A lock that nobody holds.
    #[must_use]
    pub fn new() -> Self {
        Self(RawLock::new(true))
    }

    /// Waits, blocking, until the lock is ours, which it may be already. `None` waits without end, zero only tries.
    ///
    /// # Errors
    ///
    /// As [`Lock::acquire`].
    pub fn acquire(&self, timeout: impl Into<Option<Duration>>) -> Result<RLockGuard, Error> {
        let me = self.0.acquire(timeout.into())?;
        Ok(self.guard(me))
    }

    /// As [`RLock::acquire`], awaited. The guard stays on its thread, so the task that holds it must, too.
    ///
    /// # Errors
    ///
    /// As [`Lock::acquire_async`].
    ///
    /// ```
    /// use concurrent_futures::sync::RLock;
    ///
    /// let lock = RLock::new();
    /// concurrent_futures::run(async move {
    ///     let held = lock.acquire_async(None).await?;
    ///     assert!(lock.try_acquire()?.is_some(), "it is ours");
    ///     drop(held);
    ///     assert!(!lock.locked());
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub async fn acquire_async(
        &self,
        timeout: impl Into<Option<Duration>>,
    ) -> Result<RLockGuard, Error> {
        let me = self.0.acquire_async(timeout.into()).await?;
        Ok(self.guard(me))
    }

    /// Takes the lock if it is free, or ours already.
    ///
    /// # Errors
    ///
    /// As [`Lock::try_acquire`].
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::RLock;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let lock = RLock::new();
    /// let held = lock.try_acquire()?.expect("nobody has it");
    /// let other = lock.clone();
    /// let taken = pool.submit(move || other.try_acquire().unwrap().is_some())?;
    /// assert!(!taken.result(None)?);
    /// # drop(held);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn try_acquire(&self) -> Result<Option<RLockGuard>, Error> {
        let me = holder::here();
        Ok(self.0.try_acquire(me)?.map(|()| self.guard(me)))
    }

    /// Whether somebody holds it.
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    fn guard(&self, me: u32) -> RLockGuard {
        RLockGuard {
            lock: Arc::clone(&self.0),
            me,
            here: PhantomData,
        }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        // It fails where somebody called `release` meanwhile, which is theirs to answer for.
        let _ = self.lock.release(self.me);
    }
}

impl Drop for RLockGuard {
    fn drop(&mut self) {
        // It cannot fail: the guard has not left its thread.
        let _ = self.lock.release(self.me);
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for RLock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.locked() {
            "<locked Lock>"
        } else {
            "<unlocked Lock>"
        })
    }
}

impl fmt::Debug for RLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.locked() {
            "<locked RLock>"
        } else {
            "<unlocked RLock>"
        })
    }
}
