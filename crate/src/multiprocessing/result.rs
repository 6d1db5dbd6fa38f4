//! `AsyncResult`: what the `…_async` methods of a pool give.
//!
//! ```text
//!   all its calls are done ─▶ callback, or error_callback ─▶ ready, and whoever waits goes on
//! ```
//!
//! Callbacks run where done callbacks of futures run. Whoever waits, blocking, for a result whose callback has not run
//! yet runs it itself: its own event loop may be where it is to run.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::crew::Call;
use crate::error::Error;
use crate::future::{Future, Promise};
use crate::list::PushList;
use crate::panics;
use crate::platform::{AtomicU32, Deadline};
use crate::wait::{ReturnWhen, wait_async};

/// What is told, once, how a call of a pool ended, before whoever waits for it goes on.
///
/// ```
/// use std::sync::mpsc;
/// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
///
/// let (sender, receiver) = mpsc::channel();
/// with_pool(Pool::new(1)?, |pool| {
///     let callbacks = Callbacks::new().callback(move |value| sender.send(value).unwrap());
///     pool.apply_async_with(|n: u32| n + 1, 6, callbacks)?.wait(None)
/// })??;
/// assert_eq!(receiver.try_recv(), Ok(7));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub struct Callbacks<T> {
    callback: Option<Box<dyn FnOnce(T) + Send>>,
    error_callback: Option<ErrorCallback>,
}

type ErrorCallback = Box<dyn FnOnce(&Error) + Send>;

impl<T> Callbacks<T> {
    /// Nobody is told.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
    ///
    /// let value = with_pool(Pool::new(1)?, |pool| {
    ///     pool.apply_async_with(|n: u32| n + 1, 6, Callbacks::new())?.get(None)
    /// })?;
    /// assert_eq!(value?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn new() -> Self {
        Self {
            callback: None,
            error_callback: None,
        }
    }

    /// Has `callback` called with the value. A panic in it is reported; the result is there all the same.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
    ///
    /// let value = with_pool(Pool::new(1)?, |pool| {
    ///     let callbacks = Callbacks::new().callback(|seven| assert_eq!(seven, 7));
    ///     pool.apply_async_with(|n: u32| n + 1, 6, callbacks)?.get(None)
    /// })?;
    /// assert_eq!(value?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[must_use]
    pub fn callback(mut self, callback: impl FnOnce(T) + Send + 'static) -> Self {
        self.callback = Some(Box::new(callback));
        self
    }

    /// Has `callback` called with the error, if there is one instead of a value.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
    ///
    /// let failed = with_pool(Pool::new(1)?, |pool| {
    ///     let callbacks = Callbacks::new().error_callback(|error| assert!(error.task().is_some()));
    ///     pool.apply_async_with(|n: u32| 1 / n, 0, callbacks)?.get(None)
    /// })?;
    /// assert!(failed.is_err());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[must_use]
    pub fn error_callback(mut self, callback: impl FnOnce(&Error) + Send + 'static) -> Self {
        self.error_callback = Some(Box::new(callback));
        self
    }

    fn call(self, outcome: Result<T, Error>) {
        panics::contain("a callback of an AsyncResult", || match outcome {
            Ok(value) => {
                if let Some(callback) = self.callback {
                    callback(value);
                }
            }
            Err(error) => {
                if let Some(callback) = self.error_callback {
                    callback(&error);
                }
            }
        });
    }

    /// Whether it wants to hear of such an end: reading it counts as asking for an error.
    fn wants(&self, failed: bool) -> bool {
        if failed {
            self.error_callback.is_some()
        } else {
            self.callback.is_some()
        }
    }
}

impl<T> Default for Callbacks<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Callbacks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks")
            .field("callback", &self.callback.is_some())
            .field("error_callback", &self.error_callback.is_some())
            .finish()
    }
}

/// Python's `multiprocessing.pool.AsyncResult`: the value of a call, or of a whole map, that may not be there yet. Unlike
/// a [`Future`] it cannot be cancelled.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::multiprocessing::{Pool, with_pool};
///
/// let value = with_pool(Pool::new(2)?, |pool| {
///     let result = pool.map_async(|n: u64| n * n, 1..4, None)?;
///     result.wait(Duration::from_secs(60))?;
///     assert!(result.ready() && result.successful()?);
///     result.get(None)
/// })?;
/// assert_eq!(value?, [1, 4, 9]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct AsyncResult<T> {
    outcome: Arc<dyn Outcome<T>>,
}

type Pending<'a, R> = Pin<Box<dyn std::future::Future<Output = R> + 'a>>;

/// What an [`AsyncResult`] knows, whatever its calls give.
trait Outcome<T>: Send + Sync {
    fn ready(&self) -> bool;
    fn failed(&self) -> bool;
    fn block(&self, timeout: Option<Duration>) -> Result<(), Error>;
    fn wait(&self, timeout: Option<Duration>) -> Pending<'_, ()>;
    fn value(&self) -> Result<T, Error>;
}

impl<T> AsyncResult<T> {
    /// The result of `calls`, whose values `combine` makes into one.
    pub(super) fn of<R, C>(calls: Vec<Arc<Call<R>>>, combine: C, callbacks: Callbacks<T>) -> Self
    where
        R: Clone + Send + Sync + 'static,
        T: 'static,
        C: Fn(Vec<R>) -> Option<T> + Send + Sync + 'static,
    {
        let (told, heard) = Promise::new();
        let parts = Arc::new(Parts {
            left: AtomicU32::new(u32::try_from(calls.len()).unwrap_or(u32::MAX)),
            first_failed: AtomicU32::new(NONE),
            finishing: AtomicU32::new(0),
            callbacks: PushList::new(),
            calls,
            combine,
            told,
            heard,
        });
        if parts.calls.is_empty() {
            // A map over nothing is ready at once, without a call of its callback.
            parts.finish();
        } else {
            parts.callbacks.push(callbacks);
        }
        for (index, call) in (0..).zip(&parts.calls) {
            let parts = Arc::clone(&parts);
            call.future
                .add_done_callback(move |future| parts.one_done(index, future.failed()));
        }
        Self { outcome: parts }
    }

    /// Whether the value or the error is there. Only looks.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// with_pool(Pool::new(1)?, |pool| {
    ///     let result = pool.apply_async(|n: u32| n, 7)?;
    ///     result.wait(None)?;
    ///     assert!(result.ready());
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn ready(&self) -> bool {
        self.outcome.ready()
    }

    /// Whether there is a value, and no error.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where neither is there yet.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// with_pool(Pool::new(1)?, |pool| {
    ///     let result = pool.apply_async(|n: u32| 1 / n, 0)?;
    ///     result.wait(None)?;
    ///     assert!(!result.successful()?);
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn successful(&self) -> Result<bool, Error> {
        if self.ready() {
            Ok(!self.outcome.failed())
        } else {
            Err(Error::Value(
                "the result is not ready: wait() for it first".to_owned(),
            ))
        }
    }

    /// Waits, blocking, until the value or the error is there, or the time is over, which is no error. `None` waits without
    /// end.
    ///
    /// # Errors
    ///
    /// [`Error::BlockingNotAllowed`] on the page: see [`AsyncResult::wait_async`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// with_pool(Pool::new(1)?, |pool| {
    ///     let result = pool.apply_async(|n: u32| n, 7)?;
    ///     result.wait(Duration::from_secs(60))?;
    ///     assert!(result.successful()?);
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<(), Error> {
        match self.outcome.block(timeout.into()) {
            Err(Error::Timeout(_)) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// As [`AsyncResult::wait`], awaited.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool_async};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = Pool::new(1)?;
    ///     with_pool_async(pool, async |pool| {
    ///         let result = pool.apply_async(|n: u32| n, 7)?;
    ///         result.wait_async(None).await;
    ///         assert!(result.ready());
    ///         Ok::<(), Error>(())
    ///     })
    ///     .await?
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn wait_async(&self, timeout: impl Into<Option<Duration>>) {
        self.outcome.wait(timeout.into()).await;
    }

    /// Waits, blocking, for the value. `None` waits without end, zero only looks. The value can be asked for again.
    ///
    /// # Errors
    ///
    /// The task's own error; [`Error::Timeout`] when the time is over first, the call goes on; [`Error::Broken`] where the
    /// worker died that had the call, or the pool was terminated; [`Error::Codec`] where argument or value cannot be sent;
    /// [`Error::BlockingNotAllowed`] on the page.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let value = with_pool(Pool::new(1)?, |pool| {
    ///     pool.apply_async(|n: u32| n, 7)?.get(Duration::from_secs(60))
    /// })?;
    /// assert_eq!(value?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn get(&self, timeout: impl Into<Option<Duration>>) -> Result<T, Error> {
        self.outcome.block(timeout.into())?;
        self.outcome.value()
    }

    /// As [`AsyncResult::get`], awaited.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool_async};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = Pool::new(1)?;
    ///     let value = with_pool_async(pool, async |pool| {
    ///         pool.apply_async(|n: u32| n, 7)?.get_async(None).await
    ///     });
    ///     assert_eq!(value.await??, 7);
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn get_async(&self, timeout: impl Into<Option<Duration>>) -> Result<T, Error> {
        let timeout = timeout.into();
        self.outcome.wait(timeout).await;
        if self.ready() {
            self.outcome.value()
        } else {
            Err(Error::timeout(timeout.unwrap_or_default(), 1, 1))
        }
    }
}

impl<T> fmt::Debug for AsyncResult<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResult")
            .field("ready", &self.ready())
            .finish()
    }
}

/// No call has failed.
const NONE: u32 = u32::MAX;

/// The calls of a result, and what is to happen when all are done.
struct Parts<R, T, C> {
    calls: Vec<Arc<Call<R>>>,
    combine: C,
    /// How many calls are not done.
    left: AtomicU32,
    /// The number of the call that failed first, or [`NONE`].
    first_failed: AtomicU32,
    /// Not zero once somebody calls back.
    finishing: AtomicU32,
    /// One, until it is called; or none.
    callbacks: PushList<Callbacks<T>>,
    /// Settled when that is over.
    told: Promise<()>,
    heard: Future<()>,
}

impl<R, T, C> Parts<R, T, C>
where
    R: Clone + Send + Sync + 'static,
    C: Fn(Vec<R>) -> Option<T>,
{
    fn one_done(&self, index: u32, failed: bool) {
        if failed {
            // Relaxed: only who was first matters.
            let _ = self.first_failed.compare_exchange(
                NONE,
                index,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
        // AcqRel: the last one sees what all before it did.
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.finish();
        }
    }

    fn all_done(&self) -> bool {
        self.calls.iter().all(|call| call.future.done())
    }

    /// The call whose error is shown, once all are done.
    fn culprit(&self) -> Option<&Arc<Call<R>>> {
        let first = self.first_failed.load(Ordering::Relaxed);
        let known = usize::try_from(first)
            .ok()
            .and_then(|first| self.calls.get(first));
        // Whoever waited may be earlier than the one who notes it.
        known.or_else(|| self.calls.iter().find(|call| call.future.failed()))
    }

    fn combined(&self) -> Result<T, Error> {
        if let Some(call) = self.culprit() {
            return Err(call.future.value().err().unwrap_or(Error::Cancelled));
        }
        let values: Result<Vec<R>, Error> =
            self.calls.iter().map(|call| call.future.value()).collect();
        (self.combine)(values?).ok_or(Error::Cancelled)
    }

    /// All calls are done: calls back, once. Others come back before that is over.
    fn finish(&self) {
        // Relaxed: only who was first matters; `told` hands on what the callback did.
        if self.finishing.swap(1, Ordering::Relaxed) != 0 {
            return;
        }
        let culprit = self.culprit();
        // One error is shown; nobody can ask for the others.
        for call in &self.calls {
            if culprit.is_some_and(|culprit| !Arc::ptr_eq(culprit, call)) {
                call.future.abandon();
            }
        }
        for callbacks in self.callbacks.take() {
            if callbacks.wants(culprit.is_some()) {
                callbacks.call(self.combined());
            }
        }
        // Only this one settles it.
        let _ = self.told.set_result(());
    }
}

impl<R, T, C> Outcome<T> for Parts<R, T, C>
where
    R: Clone + Send + Sync + 'static,
    C: Fn(Vec<R>) -> Option<T> + Send + Sync,
{
    fn ready(&self) -> bool {
        if !self.heard.done() && self.all_done() {
            self.finish();
        }
        self.heard.done()
    }

    fn failed(&self) -> bool {
        self.culprit().is_some()
    }

    fn block(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let deadline = Deadline::after(timeout);
        let late = |error| match error {
            Error::Timeout(_) => Error::timeout(timeout.unwrap_or_default(), 1, 1),
            other => other,
        };
        for call in &self.calls {
            match call.future.block(deadline.left()) {
                Ok(()) | Err(Error::Cancelled) => {}
                Err(error) => return Err(late(error)),
            }
        }
        self.finish();
        self.heard.block(deadline.left()).map_err(late)
    }

    fn wait(&self, timeout: Option<Duration>) -> Pending<'_, ()> {
        Box::pin(async move {
            let all = ReturnWhen::AllCompleted;
            wait_async([self.heard.clone()], timeout, all).await;
        })
    }

    fn value(&self) -> Result<T, Error> {
        self.combined()
    }
}
