//! `Semaphore`, `BoundedSemaphore`, `Lock` and `Event` for the coroutines of one event loop. They are fair: first come, first
//! served, and who is cancelled while waiting hands its turn on.

use std::cell::Cell;
use std::fmt;
use std::future::Future as Coroutine;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::rc::Rc;

use super::line::{Line, stand};
use crate::error::Error;

/// What semaphores and locks are.
struct Places {
    free: Cell<usize>,
    /// The number that a release must not exceed.
    most: usize,
    line: Line,
}

impl Places {
    fn new(free: usize, most: usize) -> Rc<Self> {
        Rc::new(Self {
            free: Cell::new(free),
            most,
            line: Line::default(),
        })
    }

    fn locked(&self) -> bool {
        self.free.get() == 0 || !self.line.is_empty()
    }

    fn try_take(&self) -> bool {
        let taken = !self.locked();
        if taken {
            self.free.set(self.free.get() - 1);
        }
        taken
    }

    async fn take(&self) {
        if !self.try_take() {
            stand(&self.line, || self.give_back()).await;
        }
    }

    /// To the first in line, who has it from now on; or to whoever comes.
    fn give_back(&self) {
        if !self.line.tell_first() {
            // A permit whose place was released by hand, too, has none to give back.
            self.free
                .set(self.free.get().saturating_add(1).min(self.most));
        }
    }
}

/// A place in a semaphore, given back when this is dropped.
///
/// ```
/// use concurrent_futures::asyncio::{Permit, Semaphore};
///
/// let semaphore = Semaphore::new(1);
/// let permit: Permit = concurrent_futures::run(semaphore.acquire());
/// assert!(semaphore.locked());
/// drop(permit);
/// assert!(!semaphore.locked());
/// ```
#[must_use = "the place is given back when the permit is dropped"]
pub struct Permit(Rc<Places>);

impl Permit {
    /// Keeps the place: it is given back by `release`, or never.
    ///
    /// ```
    /// use concurrent_futures::asyncio::Semaphore;
    ///
    /// let semaphore = Semaphore::new(1);
    /// concurrent_futures::run(semaphore.acquire()).forget();
    /// assert!(semaphore.locked());
    /// semaphore.release();
    /// assert!(!semaphore.locked());
    /// ```
    pub fn forget(self) {
        let mut this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the permit is not used again, nor dropped.
        unsafe { std::ptr::drop_in_place(&raw mut this.0) };
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// At most so many at a time: a throttle. Clones are handles to the same places.
///
/// ```
/// use concurrent_futures::asyncio::{Semaphore, sleep};
/// use std::time::Duration;
///
/// async fn polite(throttle: Semaphore) {
///     let _permit = throttle.acquire().await;   // async with throttle:
///     sleep(Duration::from_millis(1)).await;
/// }
///
/// let throttle = Semaphore::new(0);
/// assert!(throttle.locked());
/// throttle.release();
/// concurrent_futures::run(polite(throttle.clone()));
/// assert!(!throttle.locked());
/// ```
#[derive(Clone)]
pub struct Semaphore(Rc<Places>);

impl Semaphore {
    /// A semaphore with `value` places; Python's default is 1.
    pub fn new(value: usize) -> Self {
        Self(Places::new(value, usize::MAX))
    }

    /// Waits in line until a place is ours.
    pub fn acquire(&self) -> impl Coroutine<Output = Permit> + UnwindSafe + use<> {
        acquire(&self.0)
    }

    /// Whether a place cannot be had at once.
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    /// Adds a place: that of a permit that was forgotten, or a new one.
    pub fn release(&self) {
        self.0.give_back();
    }
}

/// A semaphore that refuses to be released more often than it was acquired.
///
/// ```
/// use concurrent_futures::asyncio::BoundedSemaphore;
///
/// let semaphore = BoundedSemaphore::new(1);
/// concurrent_futures::run(semaphore.acquire()).forget();
/// assert!(semaphore.locked());
/// semaphore.release()?;
/// let error = semaphore.release().unwrap_err();
/// assert_eq!(error.to_string(), "a BoundedSemaphore of 1 was released too many times");
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct BoundedSemaphore(Rc<Places>);

impl BoundedSemaphore {
    /// A semaphore with `value` places; Python's default is 1.
    pub fn new(value: usize) -> Self {
        Self(Places::new(value, value))
    }

    /// Waits in line until a place is ours.
    pub fn acquire(&self) -> impl Coroutine<Output = Permit> + UnwindSafe + use<> {
        acquire(&self.0)
    }

    /// Whether a place cannot be had at once.
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    /// Gives the place of a permit back that was forgotten.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where all places are free.
    pub fn release(&self) -> Result<(), Error> {
        if self.0.free.get() >= self.0.most {
            let most = self.0.most;
            return Err(Error::Value(format!(
                "a BoundedSemaphore of {most} was released too many times"
            )));
        }
        self.0.give_back();
        Ok(())
    }
}

fn acquire(places: &Rc<Places>) -> impl Coroutine<Output = Permit> + UnwindSafe + use<> {
    let places = Rc::clone(places);
    AssertUnwindSafe(async move {
        places.take().await;
        Permit(places)
    })
}

/// One at a time. Clones are handles to the same lock.
///
/// ```
/// use concurrent_futures::asyncio::Lock;
///
/// let lock = Lock::new();
/// concurrent_futures::run(async {
///     let guard = lock.acquire().await;   // async with lock:
///     assert!(lock.locked());
///     drop(guard);
///     assert!(!lock.locked());
/// });
/// ```
#[derive(Clone)]
pub struct Lock(Rc<Places>);

/// A lock that is held; it is released when this is dropped.
///
/// ```
/// use concurrent_futures::asyncio::{Lock, LockGuard};
///
/// let lock = Lock::new();
/// let guard: LockGuard = concurrent_futures::run(lock.acquire());
/// assert!(lock.locked());
/// drop(guard);
/// assert!(!lock.locked());
/// ```
#[must_use = "the lock is released when the guard is dropped"]
pub struct LockGuard(Rc<Places>);

impl Lock {
    /// A lock that nobody holds.
    #[expect(clippy::new_without_default, reason = "as all others of Python's")]
    pub fn new() -> Self {
        Self(Places::new(1, 1))
    }

    /// Waits in line until the lock is ours.
    pub fn acquire(&self) -> impl Coroutine<Output = LockGuard> + UnwindSafe + use<> {
        let places = Rc::clone(&self.0);
        AssertUnwindSafe(async move {
            places.take().await;
            LockGuard(places)
        })
    }

    /// Whether somebody holds it.
    pub fn locked(&self) -> bool {
        self.0.free.get() == 0
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// Something happened: whoever waits goes on, until [`Event::clear`]. Clones are handles to the same event.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{Event, create_task};
///
/// concurrent_futures::run(async {
///     let event = Event::new();
///     let waiter = create_task(event.wait())?;
///     event.set();
///     waiter.await?;
///     assert!(event.is_set());
///     event.clear();
///     assert!(!event.is_set());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Event(Rc<Happening>);

struct Happening {
    set: Cell<bool>,
    line: Line,
}

impl Event {
    /// An event that did not happen yet.
    #[expect(clippy::new_without_default, reason = "as all others of Python's")]
    pub fn new() -> Self {
        Self(Rc::new(Happening {
            set: Cell::new(false),
            line: Line::default(),
        }))
    }

    /// Whether it happened.
    pub fn is_set(&self) -> bool {
        self.0.set.get()
    }

    /// It happened: all who wait go on.
    pub fn set(&self) {
        self.0.set.set(true);
        self.0.line.tell_all();
    }

    /// It did not happen yet. Who was told already goes on all the same.
    pub fn clear(&self) {
        self.0.set.set(false);
    }

    /// Waits until it happens.
    pub fn wait(&self) -> impl Coroutine<Output = ()> + UnwindSafe + use<> {
        let happening = Rc::clone(&self.0);
        AssertUnwindSafe(async move {
            if !happening.set.get() {
                // Whoever else waits was told as well.
                stand(&happening.line, || {}).await;
            }
        })
    }
}

macro_rules! debug {
    ($($name:ident: $state:expr,)*) => {$(
        /// As Python prints it.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let waiting = self.0.line.len();
                write!(f, "<{} [{}", stringify!($name), $state(&self.0))?;
                if waiting > 0 {
                    write!(f, ", waiters:{waiting}")?;
                }
                f.write_str("]>")
            }
        }
    )*};
}

debug! {
    Semaphore: of_semaphore,
    BoundedSemaphore: of_semaphore,
    Permit: of_semaphore,
    Lock: of_lock,
    LockGuard: of_lock,
    Event: of_event,
}

fn of_semaphore(places: &Places) -> String {
    if places.locked() {
        "locked".to_owned()
    } else {
        format!("unlocked, value:{}", places.free.get())
    }
}

fn of_lock(places: &Places) -> &'static str {
    if places.free.get() == 0 {
        "locked"
    } else {
        "unlocked"
    }
}

fn of_event(happening: &Happening) -> &'static str {
    if happening.set.get() { "set" } else { "unset" }
}
