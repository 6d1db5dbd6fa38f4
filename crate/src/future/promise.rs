//! `Promise`: the end of a future that settles it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Future;
use super::cell::{Cell, NOWHERE};
use crate::error::{BrokenExecutor, Error};
use crate::event_loop;
use crate::pool::PoolTag;
use crate::state;
use crate::trace::Mark;

/// The end of a future that settles it: for people who write executors, and for tests.
///
/// A promise that is dropped before it settled breaks its future, so that nobody waits for ever.
///
/// ```
/// use concurrent_futures::Promise;
///
/// let (promise, future) = Promise::new();
/// assert!(promise.set_running_or_notify_cancel()?);
/// promise.set_result("done")?;
/// assert_eq!(future.result(None)?, "done");
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub struct Promise<T> {
    cell: Arc<Cell<T>>,
}
// SAFETY: a promise only ever writes its value, once, so `Send` is enough to carry it to another thread.
unsafe impl<T: Send> Send for Promise<T> {}
// SAFETY: through a shared promise a value can only be moved in, by whoever wins the claim; nobody gets to see it.
unsafe impl<T: Send> Sync for Promise<T> {}

impl<T> Promise<T> {
    /// A pending future and its promise.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// std::thread::spawn(move || promise.set_result(7));
    /// assert_eq!(future.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn new() -> (Self, Future<T>) {
        Self::of_cell(Cell::new(None, NOWHERE, Mark::NONE))
    }

    /// The same, for a call of a pool.
    pub(crate) fn of_pool(pool: PoolTag, mark: Mark) -> (Self, Future<T>) {
        Self::of_cell(Cell::new(Some(pool), NOWHERE, mark))
    }

    /// The same, for what only the event loop of this thread can end.
    pub(crate) fn of_this_event_loop() -> (Self, Future<T>) {
        Self::of_cell(Cell::new(None, event_loop::id(), Mark::NONE))
    }

    fn of_cell(cell: Arc<Cell<T>>) -> (Self, Future<T>) {
        (
            Self {
                cell: Arc::clone(&cell),
            },
            Future {
                cell,
                awaiting: None,
            },
        )
    }

    /// The call starts now: it can no longer be cancelled. False where it was cancelled before; then it must not run.
    /// Executors call this once, before they run it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] where it runs or is finished already.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::<u32>::new();
    /// assert!(future.cancel());
    /// assert!(!promise.set_running_or_notify_cancel()?);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[must_use = "a call that was cancelled must not run"]
    pub fn set_running_or_notify_cancel(&self) -> Result<bool, Error> {
        if self.begin() {
            return Ok(true);
        }
        match self.cell.head.state.get() {
            state::CANCELLED => Ok(false),
            state => Err(self.cell.forbids(state)),
        }
    }

    /// PENDING → RUNNING; false where that cannot be.
    pub(crate) fn begin(&self) -> bool {
        let begun = self.cell.head.state.begin();
        if begun {
            self.cell.clock.start();
        }
        begun
    }

    /// As [`Promise::begin`], noting which worker it is.
    pub(crate) fn begin_on(&self, worker: u32) -> bool {
        // Relaxed: a number for display; there as soon as the call shows as running.
        self.cell.head.worker.store(worker + 1, Ordering::Relaxed);
        let begun = self.begin();
        if begun {
            self.cell.mark.started(worker);
        } else {
            self.cell.head.worker.store(0, Ordering::Relaxed);
        }
        begun
    }

    /// Ends the future with a value: wakes whoever waits, then runs the callbacks, here and now.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] where it is finished or was cancelled: then it stays as it is, and the value is dropped.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// promise.set_result(1)?;
    /// let error = promise.set_result(2).unwrap_err();
    /// assert_eq!(error.to_string(), "the future is finished already: <Future state=finished returned i32>");
    /// assert_eq!(future.result(None)?, 1);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn set_result(&self, value: T) -> Result<(), Error> {
        self.cell.settle(Ok(value))
    }

    /// Ends the future with an error, as [`Promise::set_result`] does with a value.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::{Error, Promise};
    ///
    /// let (promise, future) = Promise::<u32>::new();
    /// promise.set_exception(Error::Value("too big".to_owned()))?;
    /// assert_eq!(future.result(None).unwrap_err().to_string(), "too big");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn set_exception(&self, error: Error) -> Result<(), Error> {
        self.cell.settle(Err(error))
    }

    /// Ends the future and lets go of it: where nobody else holds it, the outcome is dropped in here.
    pub(crate) fn settle(self, outcome: Result<T, Error>) -> Result<(), Error> {
        self.cell.settle(outcome)
    }

    /// An error in it is reported by somebody else, if at all.
    pub(crate) fn note_asked(&self) {
        self.cell.note_asked();
    }

    /// Cancels the future if it has not begun, and lets go of it.
    pub(crate) fn cancel(self) {
        self.cell.cancel();
    }

    /// Cancels the future, or ends it with `error` where it has begun; and lets go of it.
    pub(crate) fn cancel_or(self, error: impl FnOnce() -> Error) {
        if !self.cell.cancel() {
            // It has ended, then.
            let _ = self.cell.settle(Err(error()));
        }
    }

    /// The name of the worker that began the call.
    pub(crate) fn worker(&self) -> Option<String> {
        self.cell.worker_name()
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        if self.cell.head.state.get() < state::SETTLING {
            let broken = BrokenExecutor {
                pool: "executor",
                reason: "the call was dropped before it was done".to_owned(),
                worker: self.cell.worker_name(),
                task: None,
            };
            // A cancel that comes in between has ended the future as well.
            let _ = self.cell.settle(Err(Error::Broken(broken)));
        }
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Promise")
            .field(&format_args!("{}", self.cell))
            .finish()
    }
}
