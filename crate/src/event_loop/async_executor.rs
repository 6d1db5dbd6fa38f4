//! `AsyncExecutor`: coroutines on the caller's event loop, at most so many at a time, first in, first out.
//!
//! ```text
//!  submit ──▶ waiting ──start: begin, if not cancelled──▶ running, at most `max_workers` ──▶ future settled
//!                 ▲          in a turn of the event loop            │
//!                 └───────────────── its place is free ─────────────┘
//! ```
//!
//! All of it belongs to one thread, and nothing is locked. A call stays in `waiting` until a turn of the event loop begins
//! it, so what was submitted in this turn can still be cancelled.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future as Coroutine, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{BrokenExecutor, Error};
use crate::executor::{Executor, Shutdown};
use crate::future::{Future, Promise};
use crate::map::{self, Map, MapOptions, Source};
use crate::panics;
use crate::platform;

/// Runs coroutines, which are futures of Rust, on the caller's event loop: Python's `asyncio`, with the face of an
/// executor. Thousands at once are ordinary.
///
/// They begin in the order in which they were submitted, in the next turn of the event loop, and not before one of at
/// most `max_workers` places is free. A panic fails its own future. A coroutine that has begun cannot be cancelled by its
/// future, as a call in a thread pool cannot.
///
/// The futures that it gives may be sent to other threads and waited for there. On the event loop's own thread `.await`
/// them: a blocking call there would wait for itself, and is [`Error::BlockingNotAllowed`] at once.
///
/// Natively the thread needs an event loop: submit inside [`run`](crate::run). Dropping the executor lets what is queued
/// run.
///
/// ```
/// use concurrent_futures::{AsyncExecutor, Error};
///
/// let sum = concurrent_futures::run(async {
///     let executor = AsyncExecutor::new(10)?;
///     let futures: Vec<_> = (0..100)
///         .map(|n| executor.submit(async move { n * n }))
///         .collect::<Result<_, _>>()?;
///     let mut sum = 0;
///     for future in futures {
///         sum += future.await?;
///     }
///     Ok::<_, Error>(sum)
/// })?;
/// assert_eq!(sum, 328_350);
/// # Ok::<(), Error>(())
/// ```
pub struct AsyncExecutor {
    shared: Rc<Shared>,
}

struct Shared {
    max_workers: usize,
    /// Not begun yet, oldest first.
    waiting: RefCell<VecDeque<Box<dyn Call>>>,
    /// How many have begun and not ended.
    running: Cell<usize>,
    /// Whether a turn of the event loop is to look at `waiting`.
    starting: Cell<bool>,
    closed: Cell<bool>,
    /// Who awaits the end of a shutdown.
    endings: RefCell<Vec<Waker>>,
}

/// A call in `waiting`. Dropping it cancels it.
trait Call {
    /// The call begins now; false where it was cancelled before.
    fn begin(&self) -> bool;
    /// Runs it to its end; it holds `place` until then.
    fn run(self: Box<Self>, place: Place) -> Pin<Box<dyn Coroutine<Output = ()>>>;
}

/// A coroutine, and the promise it keeps.
struct Task<C, T> {
    coroutine: Pin<Box<C>>,
    kept: Kept<T>,
}

/// A promise that ends with what holds it: cancelled where the call had not begun, broken where it had.
struct Kept<T>(Option<Promise<T>>);

/// One of the executor's places; when it is dropped, the next call may have it.
struct Place(Rc<Shared>);

/// What a turn of the event loop is to do; done when it is dropped, so that a loop that ends does it too.
struct Starter(Rc<Shared>);

impl AsyncExecutor {
    /// An executor that runs at most `max_workers` coroutines at a time; `None` for no limit.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where `max_workers` is zero.
    ///
    /// ```
    /// use concurrent_futures::AsyncExecutor;
    ///
    /// assert!(AsyncExecutor::new(None).is_ok());
    /// assert!(AsyncExecutor::new(0).is_err());
    /// ```
    pub fn new(max_workers: impl Into<Option<usize>>) -> Result<Self, Error> {
        let max_workers = max_workers.into().unwrap_or(usize::MAX);
        if max_workers == 0 {
            return Err(Error::Value(
                "max_workers must be greater than 0".to_owned(),
            ));
        }
        panics::install_hook();
        Ok(Self {
            shared: Rc::new(Shared {
                max_workers,
                waiting: RefCell::new(VecDeque::new()),
                running: Cell::new(0),
                starting: Cell::new(false),
                closed: Cell::new(false),
                endings: RefCell::new(Vec::new()),
            }),
        })
    }

    /// Has `coroutine` run, and gives the future of its value at once.
    ///
    /// # Errors
    ///
    /// [`Error::Shutdown`] after a shutdown; [`Error::NoEventLoop`] natively, outside of [`run`](crate::run).
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::{AsyncExecutor, Error, Promise, ThreadPoolExecutor};
    ///
    /// concurrent_futures::run(async {
    ///     let (executor, threads) = (AsyncExecutor::new(None)?, ThreadPoolExecutor::new(1)?);
    ///     let on_a_thread = threads.submit(|| 6 * 7)?;
    ///     let future = executor.submit(async move { on_a_thread.await })?;
    ///     assert!(matches!(future.result(None), Err(Error::BlockingNotAllowed(_))));
    ///     assert_eq!(future.await??, 42);
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn submit<T: 'static>(
        &self,
        coroutine: impl Coroutine<Output = T> + 'static,
    ) -> Result<Future<T>, Error> {
        self.submit_call(async move { Ok(coroutine.await) })
    }

    /// As [`AsyncExecutor::submit`], for a coroutine that may fail: its error becomes the future's, as an exception does
    /// in Python, and [`TaskError`](crate::TaskError) has it as its source.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::{AsyncExecutor, Error};
    ///
    /// concurrent_futures::run(async {
    ///     let executor = AsyncExecutor::new(None)?;
    ///     let error = executor.try_submit(async { "twelve".parse::<u32>() })?.await.unwrap_err();
    ///     assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn try_submit<T, E>(
        &self,
        coroutine: impl Coroutine<Output = Result<T, E>> + 'static,
    ) -> Result<Future<T>, Error>
    where
        T: 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.submit_call(async move { coroutine.await.map_err(Error::returned) })
    }

    /// Calls the coroutine function `f` with each of `arguments`; the values come in the order of the arguments. All
    /// calls are submitted at once. For several iterables see [`Executor::map`].
    ///
    /// # Errors
    ///
    /// As [`AsyncExecutor::submit`].
    ///
    /// ```
    /// use concurrent_futures::{AsyncExecutor, Error};
    ///
    /// concurrent_futures::run(async {
    ///     let executor = AsyncExecutor::new(10)?;
    ///     let mut doubled = executor.map(async |n: u32| n * 2, [1, 2, 3])?;
    ///     while let Some(value) = doubled.next_async().await {
    ///         assert_eq!(value? % 2, 0);
    ///     }
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn map<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Map<R>, Error>
    where
        F: AsyncFn(A) -> R + 'static,
        A: 'static,
        R: 'static,
    {
        let options = MapOptions::default().check(false)?;
        map::eagerly(options, self.calls(f, arguments))
    }

    /// [`AsyncExecutor::map`] with a `timeout` or a `buffersize`, as [`Executor::map_with`]; a `chunksize` has no effect
    /// here.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::{AsyncExecutor, Error, MapOptions};
    ///
    /// concurrent_futures::run(async {
    ///     let executor = AsyncExecutor::new(None)?;
    ///     let options = MapOptions { buffersize: Some(2), ..MapOptions::default() };
    ///     let mut squares = executor.map_with(async |n: u32| n * n, 10.., options)?;
    ///     assert_eq!(squares.next_async().await.transpose()?, Some(100));
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map_with<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        options: MapOptions,
    ) -> Result<Map<R, impl Source<R>>, Error>
    where
        F: AsyncFn(A) -> R + 'static,
        A: 'static,
        R: 'static,
    {
        map::lazily(options.check(false)?, self.calls(f, arguments))
    }

    /// Stops accepting calls; what is queued still runs, or is cancelled with [`Shutdown::cancel_futures`].
    ///
    /// # Errors
    ///
    /// [`Error::BlockingNotAllowed`] where it is to wait and something is left to do, since only this event loop can do
    /// it: use [`AsyncExecutor::shutdown_async`]. The shutdown itself has begun all the same.
    ///
    /// ```
    /// use concurrent_futures::{AsyncExecutor, Error, Shutdown};
    ///
    /// concurrent_futures::run(async {
    ///     let executor = AsyncExecutor::new(None)?;
    ///     let future = executor.submit(async { 7 })?;
    ///     assert!(matches!(executor.shutdown(Shutdown::default()), Err(Error::BlockingNotAllowed(_))));
    ///     assert!(matches!(executor.submit(async {}), Err(Error::Shutdown)));
    ///     assert_eq!(future.await?, 7);
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.close(how.cancel_futures);
        if how.wait && !self.shared.is_idle() {
            Err(Error::BlockingNotAllowed(
                "its own event loop runs the coroutines, so `.await` `shutdown_async` instead",
            ))
        } else {
            Ok(())
        }
    }

    /// Stops accepting calls at once; the future it gives is ready when all is done.
    ///
    /// ```
    /// use concurrent_futures::{AsyncExecutor, Error};
    ///
    /// concurrent_futures::run(async {
    ///     let executor = AsyncExecutor::new(None)?;
    ///     let future = executor.submit(async { 7 })?;
    ///     executor.shutdown_async(false).await;
    ///     assert!(future.done());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn shutdown_async(&self, cancel_futures: bool) -> impl Coroutine<Output = ()> + use<> {
        self.close(cancel_futures);
        let shared = Rc::clone(&self.shared);
        poll_fn(move |context| {
            if shared.is_idle() {
                return Poll::Ready(());
            }
            shared.endings.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    }

    fn close(&self, cancel_futures: bool) {
        self.shared.closed.set(true);
        if cancel_futures {
            self.shared.cancel_waiting();
        }
    }

    fn submit_call<T: 'static>(
        &self,
        coroutine: impl Coroutine<Output = Result<T, Error>> + 'static,
    ) -> Result<Future<T>, Error> {
        if self.shared.closed.get() {
            return Err(Error::Shutdown);
        }
        self.shared.start_in_next_turn()?;
        let (promise, future) = Promise::of_this_event_loop();
        self.shared.waiting.borrow_mut().push_back(Box::new(Task {
            coroutine: Box::pin(coroutine),
            kept: Kept(Some(promise)),
        }));
        Ok(future)
    }

    /// Submits one call at each call of what it gives.
    fn calls<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
    ) -> impl FnMut() -> Option<Result<Future<Vec<R>>, Error>>
    where
        F: AsyncFn(A) -> R + 'static,
        A: 'static,
        R: 'static,
    {
        let f = Rc::new(f);
        let mut arguments = arguments.into_iter();
        move || {
            let argument = arguments.next()?;
            let f = Rc::clone(&f);
            Some(self.submit(async move { vec![f(argument).await] }))
        }
    }
}

impl Executor for AsyncExecutor {
    /// Runs `f`, a plain function, in a turn of the event loop.
    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        self.submit(async move { f(argument) })
    }

    fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.shutdown(how)
    }

    fn shutdown_async(&self, cancel_futures: bool) -> impl Coroutine<Output = ()> {
        self.shutdown_async(cancel_futures)
    }
}

impl Shared {
    fn is_idle(&self) -> bool {
        self.running.get() == 0 && self.waiting.borrow().is_empty()
    }

    /// Has the next turn of the event loop begin what may begin.
    fn start_in_next_turn(self: &Rc<Self>) -> Result<(), Error> {
        if self.starting.replace(true) {
            return Ok(());
        }
        let starter = Starter(Rc::clone(self));
        platform::spawn_local(async move { drop(starter) })
    }

    /// Begins what may begin; where there is no event loop any more, nothing may.
    fn start(self: &Rc<Self>) {
        if !platform::has_event_loop() {
            return self.cancel_waiting();
        }
        while self.running.get() < self.max_workers {
            // Not in the `while let`: what follows may look at the queue.
            let next = self.waiting.borrow_mut().pop_front();
            let Some(call) = next else { break };
            if call.begin() {
                self.running.set(self.running.get() + 1);
                // There is an event loop, so it takes it.
                let _ = platform::spawn_local(call.run(Place(Rc::clone(self))));
            } else {
                drop_waiting(call);
            }
        }
        self.tell_endings();
    }

    fn cancel_waiting(&self) {
        loop {
            let next = self.waiting.borrow_mut().pop_front();
            let Some(call) = next else { break };
            drop_waiting(call);
        }
        self.tell_endings();
    }

    fn tell_endings(&self) {
        if self.is_idle() {
            for waker in self.endings.take() {
                waker.wake();
            }
        }
    }
}

/// Drops a call that will not run, which cancels it; what it captured may panic.
fn drop_waiting(call: Box<dyn Call>) {
    panics::contain("what a coroutine captured, when it was dropped,", || {
        drop(call);
    });
}

impl<C, T> Call for Task<C, T>
where
    C: Coroutine<Output = Result<T, Error>> + 'static,
    T: 'static,
{
    fn begin(&self) -> bool {
        self.kept.0.as_ref().is_some_and(Promise::begin)
    }

    fn run(self: Box<Self>, place: Place) -> Pin<Box<dyn Coroutine<Output = ()>>> {
        let Self {
            mut coroutine,
            mut kept,
        } = *self;
        Box::pin(async move {
            let outcome = panics::catch_async(coroutine.as_mut()).await;
            panics::contain("what a coroutine left, when it was dropped,", || {
                drop(coroutine);
            });
            // Where nobody holds the future any more, the value is dropped here.
            panics::contain("a coroutine's value, when it was dropped,", || {
                if let Some(promise) = kept.0.take() {
                    // Nobody else settles it.
                    let _ = promise.settle(outcome.and_then(|outcome| outcome));
                }
            });
            drop(place);
        })
    }
}

impl<T> Drop for Kept<T> {
    fn drop(&mut self) {
        if let Some(promise) = self.0.take() {
            promise.cancel_or(|| {
                Error::Broken(BrokenExecutor {
                    pool: "event loop",
                    reason: "it ended before the coroutine did".to_owned(),
                    worker: None,
                    task: None,
                })
            });
        }
    }
}

impl Drop for Starter {
    fn drop(&mut self) {
        self.0.starting.set(false);
        self.0.start();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let shared = &self.0;
        shared.running.set(shared.running.get() - 1);
        shared.start();
    }
}

impl fmt::Debug for AsyncExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncExecutor")
            .field("running", &self.shared.running.get())
            .field("waiting", &self.shared.waiting.borrow().len())
            .finish_non_exhaustive()
    }
}
