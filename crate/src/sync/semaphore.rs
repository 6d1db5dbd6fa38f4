//! `Semaphore` and `BoundedSemaphore`: so many at a time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::gate::Gate;
use super::lock::in_time;
use crate::error::Error;
use crate::platform::{AtomicU32, Deadline};

/// What both semaphores are. `repr(C)`: JavaScript waits on the gate by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct RawSemaphore {
    gate: Gate,
    value: AtomicU32,
    /// The value that a release must not exceed.
    most: u32,
}

impl RawSemaphore {
    /// `bounded`: never more than the value at the start.
    pub(crate) fn new(value: u32, bounded: bool) -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(),
            value: AtomicU32::new(value),
            most: if bounded { value } else { u32::MAX },
        })
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn try_acquire(&self) -> Option<()> {
        // Acquire: takes over what was done before the release. Relaxed on failure: nothing is taken over.
        self.value
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |value| {
                value.checked_sub(1)
            })
            .ok()
            .map(drop)
    }

    pub(crate) fn release(&self, n: u32) -> Result<(), Error> {
        if n == 0 {
            return Err(Error::Value("n must be one or more".to_owned()));
        }
        // Release: hands on what was done before. Relaxed on failure: nothing is changed.
        let released = self
            .value
            .fetch_update(Ordering::Release, Ordering::Relaxed, |value| {
                value.checked_add(n).filter(|value| *value <= self.most)
            });
        if released.is_err() {
            return Err(Error::Value("Semaphore released too many times".to_owned()));
        }
        if n == 1 {
            self.gate.open_for_one();
        } else {
            self.gate.open_for_all();
        }
        Ok(())
    }

    pub(crate) fn value(&self) -> u32 {
        // Relaxed: a look, which orders nothing.
        self.value.load(Ordering::Relaxed)
    }
}

/// A place in a semaphore, given back when this is dropped.
///
/// ```
/// use concurrent_futures::sync::Semaphore;
///
/// let places = Semaphore::new(1);
/// let permit = places.acquire(None)?;
/// assert_eq!(places.value(), 0);
/// drop(permit);
/// assert_eq!(places.value(), 1);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[must_use = "the place is given back when the permit is dropped"]
#[derive(Debug)]
pub struct Permit(Arc<RawSemaphore>);

impl Permit {
    /// Keeps the place: it is given back by `release`, or never.
    ///
    /// ```
    /// use concurrent_futures::sync::Semaphore;
    ///
    /// let places = Semaphore::new(1);
    /// places.acquire(None)?.forget();
    /// assert_eq!(places.value(), 0);
    /// places.release(1)?;
    /// assert_eq!(places.value(), 1);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn forget(self) {
        let mut this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the permit is not used again, nor dropped.
        unsafe { std::ptr::drop_in_place(&raw mut this.0) };
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // It fails only where somebody released a bounded semaphore too often, which they were told.
        let _ = self.0.release(1);
    }
}

macro_rules! semaphore {
    ($(#[$doc:meta])* $name:ident, $bounded:literal, $release:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(pub(crate) Arc<RawSemaphore>);

        impl $name {
            /// A semaphore with `value` places; Python's default is 1.
            #[must_use]
            pub fn new(value: u32) -> Self {
                Self(RawSemaphore::new(value, $bounded))
            }

            /// Waits, blocking, until a place is ours. `None` waits without end, zero only tries.
            ///
            /// # Errors
            ///
            /// [`Error::Timeout`] when the time is over first, which is Python's `False`;
            /// [`Error::BlockingNotAllowed`] on a page, where no place is free.
            pub fn acquire(&self, timeout: impl Into<Option<Duration>>) -> Result<Permit, Error> {
                let timeout = timeout.into();
                let step = || Ok(self.0.try_acquire());
                let taken = self.0.gate().pass(Deadline::after(timeout), step)?;
                in_time(taken, timeout).map(|()| self.permit())
            }

            /// As
            #[doc = concat!("[`", stringify!($name), "::acquire`], awaited.")]
            ///
            /// # Errors
            ///
            /// As there, but the last.
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::sync::", stringify!($name), ";")]
            ///
            #[doc = concat!("let places = ", stringify!($name), "::new(1);")]
            /// concurrent_futures::run(async move {
            ///     let permit = places.acquire_async(None).await?;
            ///     assert_eq!(places.value(), 0);
            ///     drop(permit);
            ///     Ok::<(), concurrent_futures::Error>(())
            /// })?;
            /// # Ok::<(), concurrent_futures::Error>(())
            /// ```
            pub async fn acquire_async(
                &self,
                timeout: impl Into<Option<Duration>>,
            ) -> Result<Permit, Error> {
                let timeout = timeout.into();
                let step = || Ok(self.0.try_acquire());
                let taken = self.0.gate().passed(Deadline::after(timeout), step).await?;
                in_time(taken, timeout).map(|()| self.permit())
            }

            /// Takes a place if one is free.
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::sync::", stringify!($name), ";")]
            ///
            #[doc = concat!("let places = ", stringify!($name), "::new(1);")]
            /// let permit = places.try_acquire();
            /// assert!(permit.is_some() && places.try_acquire().is_none());
            /// ```
            #[must_use]
            pub fn try_acquire(&self) -> Option<Permit> {
                self.0.try_acquire().map(|()| self.permit())
            }

            /// Adds `n` places: those of permits that were forgotten, or new ones.
            ///
            /// # Errors
            ///
            #[doc = $release]
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::sync::", stringify!($name), ";")]
            ///
            #[doc = concat!("let places = ", stringify!($name), "::new(2);")]
            /// for _ in 0..2 {
            ///     places.acquire(None)?.forget();
            /// }
            /// places.release(2)?;
            /// assert_eq!(places.value(), 2);
            /// # Ok::<(), concurrent_futures::Error>(())
            /// ```
            pub fn release(&self, n: u32) -> Result<(), Error> {
                self.0.release(n)
            }

            /// How many places are free.
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::sync::", stringify!($name), ";")]
            ///
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(3).value(), 3);")]
            /// ```
            pub fn value(&self) -> u32 {
                self.0.value()
            }

            fn permit(&self) -> Permit {
                Permit(Arc::clone(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "<{}, value: {}>", stringify!($name), self.value())
            }
        }
    };
}

semaphore!(
    /// Python's `threading.Semaphore`: so many at a time. Clones are handles to the same places.
    ///
    /// ```
    /// use concurrent_futures::sync::Semaphore;
    ///
    /// let connections = Semaphore::new(2);
    /// let one = connections.acquire(None)?;
    /// let two = connections.acquire(None)?;
    /// assert!(connections.try_acquire().is_none());
    /// drop(one);
    /// assert_eq!(connections.value(), 1);
    /// # drop(two);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    Semaphore,
    false,
    "[`Error::Value`] where `n` is zero."
);

semaphore!(
    /// Python's `threading.BoundedSemaphore`: a semaphore that refuses to be released more often than it was acquired.
    ///
    /// ```
    /// use concurrent_futures::sync::BoundedSemaphore;
    ///
    /// let places = BoundedSemaphore::new(1);
    /// places.acquire(None)?.forget();
    /// places.release(1)?;
    /// let error = places.release(1).unwrap_err();
    /// assert_eq!(error.to_string(), "Semaphore released too many times");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    BoundedSemaphore,
    true,
    "[`Error::Value`] where `n` is zero, or more than were acquired."
);
