//! `Future`: the handle to a call that may not have happened yet; `Promise`: the other end of it.
//!
//! ```text
//!  Promise ──begin, settle──▶ ┌───────── Cell ──────────┐ ◀──result, await, cancel, callbacks── Future (any number)
//!                             │ state · outcome · times │
//!                             └─────────────────────────┘
//! ```
//!
//! The order at the end is Python's: the outcome is stored, whoever blocks is woken, waiters are told, then callbacks
//! run in the order in which they were added, on the thread that ended the future.

mod cell;
mod promise;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use atomic_waker::AtomicWaker;

use self::cell::Cell;
pub use self::cell::Times;
pub(crate) use self::cell::{Clock, Head};
pub use self::promise::Promise;
use crate::callbacks::{Callback, Observer};
use crate::deadlock::{LOOK_EVERY, Need, Watch};
use crate::error::{BrokenExecutor, Error};
use crate::event_loop;
use crate::platform::{self, Deadline, Wake};
use crate::state;
use crate::trace::Blocked;

/// A call that may not have happened yet, as Python's `concurrent.futures.Future`.
///
/// Handles are cheap to clone, and every clone shows the same call. A value can be asked for any number of times, so
/// reading it needs `T: Clone`; put a large one into an [`Arc`].
///
/// A future is also a [`std::future::Future`] of `Result<T, Error>`: `.await` it where you must not block.
///
/// A task's error that nobody has asked for when the last handle is dropped is reported, as
/// [`set_reporter`](crate::set_reporter) says.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let future = pool.submit(|| 6 * 7)?;
/// assert_eq!(future.result(None)?, 42);
/// assert!(future.done());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub struct Future<T> {
    cell: Arc<Cell<T>>,
    /// What wakes the task that awaits this very handle.
    awaiting: Option<Arc<Awaiting>>,
}

/// What a future was at one moment: see [`Future::snapshot`].
///
/// ```
/// use concurrent_futures::{Promise, Snapshot};
///
/// let (promise, future) = Promise::new();
/// promise.set_result(42)?;
/// let Snapshot::Finished(outcome) = future.snapshot() else { panic!("it is finished") };
/// assert_eq!(outcome?, 42);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone)]
pub enum Snapshot<T> {
    /// Submitted; nobody has begun it.
    Pending,
    /// A worker is at it.
    Running,
    /// It was cancelled before it ran.
    Cancelled,
    /// It has ended, with this.
    Finished(Result<T, Error>),
}

impl<T> Future<T> {
    /// Tries to cancel the call. True if it was cancelled, now or before; false if it runs or is finished. Running
    /// code is never interrupted. Callbacks run here and now.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::<u32>::new();
    /// assert!(future.cancel());
    /// assert!(future.result(None).unwrap_err().is_cancelled());
    ///
    /// let (promise, future) = Promise::<u32>::new();
    /// assert!(promise.set_running_or_notify_cancel()?);
    /// assert!(!future.cancel());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn cancel(&self) -> bool {
        self.cell.cancel()
    }

    /// Whether the call was cancelled.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u32>::new();
    /// assert!(!future.cancelled());
    /// future.cancel();
    /// assert!(future.cancelled() && future.done());
    /// ```
    pub fn cancelled(&self) -> bool {
        self.cell.head.state.get() == state::CANCELLED
    }

    /// Whether a worker is at it right now: it can no longer be cancelled.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::<u32>::new();
    /// assert!(!future.running());
    /// assert!(promise.set_running_or_notify_cancel()?);
    /// assert!(future.running());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn running(&self) -> bool {
        matches!(self.cell.head.state.get(), state::RUNNING | state::SETTLING)
    }

    /// Whether the call is finished or was cancelled.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| ())?;
    /// future.result(None)?;
    /// assert!(future.done());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn done(&self) -> bool {
        self.cell.head.state.get() >= state::FINISHED
    }

    /// When it was submitted, started, and finished or cancelled.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| ())?;
    /// future.result(None)?;
    /// let times = future.times();
    /// let waited = times.started.expect("it ran") - times.submitted;
    /// assert!(waited >= 0.0, "milliseconds in the queue");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn times(&self) -> Times {
        self.cell.clock.read()
    }

    /// The name of the worker that ran it or runs it.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| ())?;
    /// future.result(None)?;
    /// assert!(future.worker().is_some_and(|name| name.starts_with("ThreadPoolExecutor-")));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn worker(&self) -> Option<String> {
        self.cell.worker_name()
    }

    /// Waits, blocking, until the call is done, and says how it failed; `None` if it did not.
    ///
    /// # Errors
    ///
    /// As [`Future::result`], but not the error of the task itself, which is the value here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let fine = pool.submit(|| 1)?;
    /// assert!(fine.exception(None)?.is_none());
    /// let failing = pool.submit(|| -> u32 { panic!("no luck") })?;
    /// let error = failing.exception(Duration::from_secs(10))?.expect("it failed");
    /// assert_eq!(error.task().map(|error| error.message()), Some("no luck"));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn exception(&self, timeout: impl Into<Option<Duration>>) -> Result<Option<Error>, Error> {
        self.block(timeout.into())?;
        self.cell.note_asked();
        Ok(self
            .cell
            .outcome()
            .and_then(|outcome| outcome.as_ref().err().cloned()))
    }

    /// Cancels the call if it has not begun; nobody will ask how it ended.
    pub(crate) fn abandon(&self) {
        self.cell.note_asked();
        self.cancel();
    }

    /// Ends the call with `error`, running or not, unless it has ended: nobody need ask for that error. What runs goes on,
    /// and its value is dropped.
    pub(crate) fn end_by_force(&self, error: Error) {
        if self.cell.settle(Err(error)).is_ok() {
            self.cell.note_asked();
        }
    }

    /// Whether the call has failed: not cancelled, and its outcome an error.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.cell.outcome(), Some(Err(_)))
    }

    /// The event loop that alone can end the call; blocking for it there would be for ever.
    pub(crate) fn home(&self) -> Option<u32> {
        Some(self.cell.home).filter(|home| *home != cell::NOWHERE)
    }

    /// Has `observer` told under `key` when this is done.
    pub(crate) fn watch(&self, observer: &Arc<impl Observer + 'static>, key: usize) {
        let observer: Arc<dyn Observer> = Arc::clone(observer) as _;
        self.cell.callbacks.watch(Arc::downgrade(&observer), key);
    }

    /// Whether both are handles to the same call.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let [one, two] = [1, 2].map(|n| pool.submit(move || n));
    /// let (one, two) = (one?, two?);
    /// assert!(one.is_same(&one.clone()));
    /// assert!(!one.is_same(&two));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell)
    }

    /// A number that no other living future has.
    pub(crate) fn key(&self) -> usize {
        Arc::as_ptr(&self.cell).addr()
    }

    /// Blocks until done; an error where it was cancelled or takes too long.
    pub(crate) fn block(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let state = match self.cell.head.state.get() {
            state @ (state::FINISHED | state::CANCELLED) => state,
            _ if timeout.is_some_and(|timeout| timeout.is_zero()) => {
                return Err(Error::timeout(Duration::ZERO, 1, 1));
            }
            _ if self.home() == Some(event_loop::id()) => {
                return Err(event_loop::would_wait_for_itself());
            }
            _ if !platform::can_block() => {
                return Err(Error::may_not_block(
                    "on the page, `.await` the future instead",
                ));
            }
            _ => self.sleep(timeout)?,
        };
        if state == state::CANCELLED {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

impl<T> Future<T> {
    /// Blocks until done, and says how.
    fn sleep(&self, timeout: Option<Duration>) -> Result<u32, Error> {
        let mut watch = Watch::new();
        let _blocked = (!self.cell.head.is_done()).then(|| Blocked::on("a future"));
        loop {
            let deadline = Deadline::after(timeout.or(LOOK_EVERY));
            match (self.cell.head.state.wait(deadline), timeout) {
                (Ok(state), _) => return watch.end().map(|()| state),
                (Err(Wake::Poisoned), _) => return Err(poisoned()),
                (Err(_), Some(timeout)) => return Err(Error::timeout(timeout, 1, 1)),
                (Err(_), None) => watch.look(false, vec![self.need()])?,
            }
        }
    }

    /// What a wait for this needs.
    pub(crate) fn need(&self) -> Need {
        Need::Call(&raw const self.cell.head)
    }
}

/// What waiters get when the memory they wait in is dead.
pub(crate) fn poisoned() -> Error {
    Error::Broken(BrokenExecutor {
        pool: "thread pool",
        reason: "a worker trapped or was lost while it worked on the pool's memory".to_owned(),
        worker: None,
        task: None,
    })
}

impl<T: Clone> Future<T> {
    /// Waits, blocking, until the call is done, and gives its value or its error. `None` waits without end, zero only
    /// looks.
    ///
    /// # Errors
    ///
    /// The task's own error; [`Error::Cancelled`]; [`Error::Timeout`] when `timeout` is over first, the call goes on;
    /// [`Error::Broken`] where its pool broke; [`Error::BlockingNotAllowed`] on the page, and for a coroutine of an
    /// [`AsyncExecutor`](crate::AsyncExecutor) on that one's own event loop.
    ///
    /// ```
    /// use concurrent_futures::{Error, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
    /// let Err(Error::Task(error)) = future.result(None) else { panic!("it should have failed") };
    /// assert_eq!(error.message(), "no luck");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn result(&self, timeout: impl Into<Option<Duration>>) -> Result<T, Error> {
        self.block(timeout.into())?;
        self.value()
    }

    /// What the call is at this moment: its state, and what it ended with, as one look at it. Never waits.
    ///
    /// ```
    /// use concurrent_futures::{Promise, Snapshot};
    ///
    /// let (promise, future) = Promise::new();
    /// assert!(matches!(future.snapshot(), Snapshot::Pending));
    /// promise.set_result(42)?;
    /// assert!(matches!(future.snapshot(), Snapshot::Finished(Ok(42))));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot<T> {
        match self.cell.head.state.get() {
            state::PENDING => Snapshot::Pending,
            state::RUNNING | state::SETTLING => Snapshot::Running,
            state::CANCELLED => Snapshot::Cancelled,
            _ => Snapshot::Finished(self.value()),
        }
    }

    /// The outcome of a call that is done.
    pub(crate) fn value(&self) -> Result<T, Error> {
        self.cell.note_asked();
        self.cell
            .outcome()
            .cloned()
            .unwrap_or(Err(Error::Cancelled))
    }
}

impl<T: Send + Sync + 'static> Future<T> {
    /// Has `callback` run when the call is done or cancelled: at once if it is. Callbacks run in the order in which
    /// they were added, on the thread that ends the call; a panic in one is reported, and the next one runs.
    ///
    /// In a browser, a call that a process pool ends has its callbacks run on the event loop of the agent that added
    /// them, since the pool side of a process worker cannot use web APIs.
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let (sender, receiver) = mpsc::channel();
    /// pool.submit(|| 7)?.add_done_callback(move |future| sender.send(future.result(None)).unwrap());
    /// assert_eq!(receiver.recv().unwrap()?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn add_done_callback(&self, callback: impl FnOnce(&Self) + Send + 'static) {
        let future = self.clone();
        self.cell
            .callbacks
            .add(Callback::new(move || callback(&future)));
    }
}

/// Wakes the task that awaits one handle.
#[derive(Debug, Default)]
pub(crate) struct Awaiting(AtomicWaker);

impl Observer for Awaiting {
    fn done(&self, _key: usize, _failed: bool) {
        self.0.wake();
    }
}

impl<T> Future<T> {
    /// Ready once the call is done; the task of `context` is woken for it.
    pub(crate) fn poll_done(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.done() {
            return Poll::Ready(());
        }
        let known = self.awaiting.is_some();
        let awaiting = Arc::clone(self.awaiting.get_or_insert_default());
        awaiting.0.register(context.waker());
        if !known {
            self.watch(&awaiting, 0);
        }
        // It may have ended between the first look and the registration.
        if self.done() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl<T: Clone> std::future::Future for Future<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_done(context).map(|()| self.value())
    }
}

// The handle points to the call; nothing in it is pinned.
impl<T> Unpin for Future<T> {}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Self {
            cell: Arc::clone(&self.cell),
            awaiting: None,
        }
    }
}

impl<T> fmt::Debug for Future<T> {
    /// As Python prints it: the state, and for a finished one the type of what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.cell, f)
    }
}
