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

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use atomic_waker::AtomicWaker;

use crate::callbacks::{Callback, Callbacks, Observer};
use crate::error::{BrokenExecutor, Error, InvalidState};
use crate::platform::{self, AtomicU32, Deadline, UnsafeCell, Wake};
use crate::state::{self, State};

/// A call that may not have happened yet, as Python's `concurrent.futures.Future`.
///
/// Handles are cheap to clone, and every clone shows the same call. A value can be asked for any number of times, so
/// reading it needs `T: Clone`; put a large one into an [`Arc`].
///
/// A future is also a [`std::future::Future`] of `Result<T, Error>`: `.await` it where you must not block.
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

/// The end of a future that settles it: for people who write executors, and for tests.
///
/// A promise that is dropped before it settled breaks its future, so that nobody waits for ever.
///
/// ```
/// use concurrent_futures::Promise;
///
/// let (promise, future) = Promise::new();
/// assert!(promise.begin());
/// promise.set_result("done")?;
/// assert_eq!(future.result(None)?, "done");
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub struct Promise<T> {
    cell: Arc<Cell<T>>,
    settled: bool,
}

/// When a call went through its states, in milliseconds of one clock, the same for all agents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// When it was submitted.
    pub submitted: f64,
    /// When a worker began it.
    pub started: Option<f64>,
    /// When it ended.
    pub finished: Option<f64>,
}

struct Cell<T> {
    state: State,
    /// Written once, by whoever won `State::claim`; read after FINISHED.
    outcome: UnsafeCell<Option<Result<T, Error>>>,
    callbacks: Callbacks,
    clock: Clock,
    /// What workers of the pool are called, and the number of the one that began this, plus one.
    worker_prefix: Option<Arc<str>>,
    worker: AtomicU32,
}

// SAFETY: the outcome is written by one agent before FINISHED is released, and after that only shared, which `Sync`
// allows; dropping it on another thread needs `Send`. All else is atomic.
unsafe impl<T: Send + Sync> Send for Cell<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Cell<T> {}
// SAFETY: a promise only ever writes its value, once, so `Send` is enough to carry it to another thread.
unsafe impl<T: Send> Send for Promise<T> {}

/// Times as bits of `f64`, so that any agent may look at any moment; zero is "not yet".
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Clock {
    submitted: AtomicU64,
    started: AtomicU64,
    finished: AtomicU64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            submitted: AtomicU64::new(platform::now().to_bits()),
            started: AtomicU64::new(0),
            finished: AtomicU64::new(0),
        }
    }

    pub(crate) fn start(&self) {
        // Relaxed here and below: a time orders nothing.
        self.started
            .store(platform::now().to_bits(), Ordering::Relaxed);
    }

    pub(crate) fn finish(&self) {
        self.finished
            .store(platform::now().to_bits(), Ordering::Relaxed);
    }

    fn read(&self) -> Times {
        let read = |bits: &AtomicU64| f64::from_bits(bits.load(Ordering::Relaxed));
        let seen = |time: f64| (time > 0.0).then_some(time);
        Times {
            submitted: read(&self.submitted),
            started: seen(read(&self.started)),
            finished: seen(read(&self.finished)),
        }
    }
}

impl<T> Cell<T> {
    fn outcome(&self) -> Option<&Result<T, Error>> {
        match self.state.get() {
            state::FINISHED => self.outcome.with(|outcome| {
                // SAFETY: FINISHED was read with acquire, so the outcome is written, and nobody writes it again.
                unsafe { (*outcome).as_ref() }
            }),
            _ => None,
        }
    }

    fn settle(&self, outcome: Result<T, Error>) -> Result<(), Error> {
        self.state.claim().map_err(|state| {
            Error::InvalidState(InvalidState {
                state: state::word_for(state),
            })
        })?;
        self.outcome.with_mut(|slot| {
            // SAFETY: we won the claim, so nobody else writes, and nobody reads before FINISHED.
            unsafe { *slot = Some(outcome) };
        });
        self.clock.finish();
        self.state.finish();
        self.callbacks.done();
        Ok(())
    }

    fn cancel(&self) -> bool {
        if self.state.cancel() {
            self.callbacks.done();
            return true;
        }
        self.state.get() == state::CANCELLED
    }
}

impl<T> Promise<T> {
    /// A pending future and its promise.
    pub fn new() -> (Self, Future<T>) {
        Self::of_pool(None)
    }

    /// The same, for a pool whose workers are called `worker_prefix_0`, `_1`, …
    pub(crate) fn of_pool(worker_prefix: Option<Arc<str>>) -> (Self, Future<T>) {
        let cell = Arc::new(Cell {
            state: State::new(),
            outcome: UnsafeCell::new(None),
            callbacks: Callbacks::new(),
            clock: Clock::new(),
            worker_prefix,
            worker: AtomicU32::new(0),
        });
        (
            Self {
                cell: Arc::clone(&cell),
                settled: false,
            },
            Future {
                cell,
                awaiting: None,
            },
        )
    }

    /// The call starts now. False where it was cancelled before: then it must not run. This is Python's
    /// `set_running_or_notify_cancel`.
    #[must_use = "a call that was cancelled must not run"]
    pub fn begin(&self) -> bool {
        let begun = self.cell.state.begin();
        if begun {
            self.cell.clock.start();
        }
        begun
    }

    /// As [`Promise::begin`], noting which worker it is.
    pub(crate) fn begin_on(&self, worker: u32) -> bool {
        // Relaxed: a number for display; there as soon as the call shows as running.
        self.cell.worker.store(worker + 1, Ordering::Relaxed);
        let begun = self.begin();
        if !begun {
            self.cell.worker.store(0, Ordering::Relaxed);
        }
        begun
    }

    /// Ends the future with a value.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] where it was cancelled; the value is dropped.
    pub fn set_result(self, value: T) -> Result<(), Error> {
        self.settle(Ok(value))
    }

    /// Ends the future with an error.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] where it was cancelled.
    pub fn set_exception(self, error: Error) -> Result<(), Error> {
        self.settle(Err(error))
    }

    pub(crate) fn settle(mut self, outcome: Result<T, Error>) -> Result<(), Error> {
        self.settled = true;
        self.cell.settle(outcome)
    }

    /// Cancels the future if it has not begun; the promise is done with either way.
    pub(crate) fn cancel(mut self) {
        self.settled = true;
        self.cell.cancel();
    }

    /// The name of the worker that began the call.
    pub(crate) fn worker(&self) -> Option<String> {
        self.cell.worker_name()
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        if !self.settled && self.cell.state.get() < state::SETTLING {
            let broken = BrokenExecutor {
                pool: "executor",
                reason: "the call was dropped before it was done".to_owned(),
                worker: self.cell.worker_name(),
            };
            // A cancel that comes in between has ended the future as well.
            let _ = self.cell.settle(Err(Error::Broken(broken)));
        }
    }
}

impl<T> Cell<T> {
    fn worker_name(&self) -> Option<String> {
        // Relaxed: a number for display.
        match (self.worker.load(Ordering::Relaxed), &self.worker_prefix) {
            (1.., Some(prefix)) => Some(format!(
                "{prefix}_{}",
                self.worker.load(Ordering::Relaxed) - 1
            )),
            _ => None,
        }
    }
}

impl<T> Future<T> {
    /// Tries to cancel the call. True if it was cancelled, now or before; false if it runs or is finished. Running
    /// code is never interrupted. Callbacks run here and now.
    pub fn cancel(&self) -> bool {
        self.cell.cancel()
    }

    /// Whether the call was cancelled.
    pub fn cancelled(&self) -> bool {
        self.cell.state.get() == state::CANCELLED
    }

    /// Whether a worker is at it right now: it can no longer be cancelled.
    pub fn running(&self) -> bool {
        matches!(self.cell.state.get(), state::RUNNING | state::SETTLING)
    }

    /// Whether the call is finished or was cancelled.
    pub fn done(&self) -> bool {
        self.cell.state.get() >= state::FINISHED
    }

    /// When it was submitted, started and finished.
    pub fn times(&self) -> Times {
        self.cell.clock.read()
    }

    /// The name of the worker that ran it or runs it.
    pub fn worker(&self) -> Option<String> {
        self.cell.worker_name()
    }

    /// Waits, blocking, until the call is done, and says how it failed; `None` if it did not.
    ///
    /// # Errors
    ///
    /// As [`Future::result`], but not the error of the task itself, which is the value here.
    pub fn exception(&self, timeout: impl Into<Option<Duration>>) -> Result<Option<Error>, Error> {
        self.block(timeout.into())?;
        Ok(self
            .cell
            .outcome()
            .and_then(|outcome| outcome.as_ref().err().cloned()))
    }

    /// Whether the call has failed: not cancelled, and its outcome an error.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.cell.outcome(), Some(Err(_)))
    }

    /// Has `observer` told under `key` when this is done.
    pub(crate) fn watch(&self, observer: &Arc<impl Observer + 'static>, key: usize) {
        let observer: Arc<dyn Observer> = Arc::clone(observer) as _;
        self.cell.callbacks.watch(Arc::downgrade(&observer), key);
    }

    /// Whether both are handles to the same call.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell)
    }

    /// A number that no other living future has.
    pub(crate) fn key(&self) -> usize {
        Arc::as_ptr(&self.cell).addr()
    }

    /// Blocks until done; an error where it was cancelled or takes too long.
    fn block(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let state = match self.cell.state.get() {
            state @ (state::FINISHED | state::CANCELLED) => state,
            _ if timeout.is_some_and(|timeout| timeout.is_zero()) => {
                return Err(Error::timeout(Duration::ZERO, 1, 1));
            }
            _ if !platform::can_block() => {
                return Err(Error::BlockingNotAllowed(
                    "on the page, `.await` the future instead",
                ));
            }
            _ => self
                .cell
                .state
                .wait(Deadline::after(timeout))
                .map_err(|why| match why {
                    Wake::Poisoned => poisoned(),
                    Wake::Look | Wake::TimedOut => {
                        Error::timeout(timeout.unwrap_or_default(), 1, 1)
                    }
                })?,
        };
        if state == state::CANCELLED {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// What waiters get when the memory they wait in is dead.
pub(crate) fn poisoned() -> Error {
    Error::Broken(BrokenExecutor {
        pool: "thread pool",
        reason: "a worker trapped or was lost while it worked on the pool's memory".to_owned(),
        worker: None,
    })
}

impl<T: Clone> Future<T> {
    /// Waits, blocking, until the call is done, and gives its value or its error. `None` waits without end, zero only
    /// looks.
    ///
    /// # Errors
    ///
    /// The task's own error; [`Error::Cancelled`]; [`Error::Timeout`] when `timeout` is over first, the call goes on;
    /// [`Error::Broken`] where its pool broke; [`Error::BlockingNotAllowed`] on the page.
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

    /// The outcome of a call that is done.
    pub(crate) fn value(&self) -> Result<T, Error> {
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
    fn done(&self, _key: usize) {
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
    /// As Python prints it: the state, and for a finished one what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<Future state={}",
            state::word_for(self.cell.state.get())
        )?;
        match self.cell.outcome() {
            Some(Ok(_)) => write!(f, " returned {}>", std::any::type_name::<T>()),
            Some(Err(error)) => write!(f, " raised {error}>"),
            None => f.write_str(">"),
        }
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<Promise state={}>",
            state::word_for(self.cell.state.get())
        )
    }
}
