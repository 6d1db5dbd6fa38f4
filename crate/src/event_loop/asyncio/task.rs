//! `Task`: a coroutine that runs on the event loop, can be cancelled, and is awaited.
//!
//! ```text
//!  Task (any number) ──ask to cancel, wake──▶ Control ◀──look before each step── Running, on the event loop:
//!        │                                                                       the coroutine and the promise
//!        └──────── outcome ──── Future ◀──────── settle, or cancel ──────────────┘
//! ```
//!
//! The promise stays pending while the coroutine runs, so it can be cancelled until the end; nobody but `Running` does.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future as Coroutine, IntoFuture};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::error::{Error, InvalidState};
use crate::future::{Future, Promise};
use crate::panics;
use crate::platform;
use crate::report::report;

thread_local! {
    /// The task whose code runs.
    static CURRENT: RefCell<Option<Rc<Control>>> = const { RefCell::new(None) };
    static NUMBERED: Cell<u64> = const { Cell::new(0) };
}

/// A coroutine that runs on the event loop. [`create_task`] makes one.
///
/// `.await` it, or a reference to it, for its value or its error. Handles are cheap to clone, and each can be awaited; the
/// value is cloned for each. A task runs on when all its handles are dropped; an error that nobody has asked for by then is
/// reported, as [`set_reporter`](crate::set_reporter) says.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{Task, create_task};
///
/// concurrent_futures::run(async {
///     let task: Task<u32> = create_task(async { 6 * 7 })?;
///     task.set_name("answer");
///     assert_eq!(task.name(), "answer");
///     assert!(!task.done() && !task.cancelling());
///     assert_eq!((&task).await?, 42);
///     assert!(task.done() && !task.cancelled());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub struct Task<T> {
    pub(super) future: Future<T>,
    pub(super) control: Rc<Control>,
}

/// A task of any value: what can be said of it without that.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{AnyTask, create_task, current_task};
///
/// concurrent_futures::run(async {
///     let task = create_task(async {
///         let me: AnyTask = current_task().expect("it runs");
///         me.set_name("me");
///         assert!(me.name() == "me" && !me.done() && !me.cancelling());
///     })?;
///     task.await
/// })?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct AnyTask(Rc<Control>);

/// What a task and all its handles share, whatever its value is.
pub(super) struct Control {
    name: RefCell<String>,
    cancelling: Cell<bool>,
    done: Cell<bool>,
    /// Wakes the coroutine; none before its first step, and after its last.
    waker: RefCell<Option<Waker>>,
    /// How it failed.
    error: RefCell<Option<Error>>,
    /// Whether somebody has asked how it ended.
    asked: Cell<bool>,
}

/// The coroutine, as the event loop runs it.
struct Running<C, T> {
    coroutine: Option<Pin<Box<C>>>,
    promise: Option<Promise<T>>,
    control: Rc<Control>,
}

/// What can be awaited, run as a task, or gathered: a coroutine, or a task.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{Awaitable, create_task, wait_for};
///
/// async fn in_time<A: Awaitable<Value = u32>>(awaitable: A) -> Result<u32, Error> {
///     wait_for(awaitable, Duration::from_secs(60)).await
/// }
///
/// concurrent_futures::run(async {
///     assert_eq!(in_time(async { 1 }).await?, 1);
///     assert_eq!(in_time(create_task(async { 2 })?).await?, 2);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub trait Awaitable {
    /// What it gives.
    type Value: 'static;

    /// Runs a coroutine as a task; a task is what it is. Python's `ensure_future`.
    ///
    /// # Errors
    ///
    /// As [`create_task`].
    ///
    /// ```
    /// use concurrent_futures::asyncio::Awaitable;
    ///
    /// let value = concurrent_futures::run(async { async { 7 }.into_task()?.into_task()?.await });
    /// assert_eq!(value?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    fn into_task(self) -> Result<Task<Self::Value>, Error>;
}

/// Has `coroutine` run as a task, from the next turn on.
///
/// # Errors
///
/// [`Error::NoEventLoop`] natively, outside of [`run`](crate::run).
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::create_task;
///
/// concurrent_futures::run(async {
///     let task = create_task(async { 6 * 7 })?;
///     assert!(!task.done(), "it starts in the next turn");
///     assert_eq!(task.await?, 42);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn create_task<C>(coroutine: C) -> Result<Task<C::Output>, Error>
where
    C: Coroutine + 'static,
    C::Output: 'static,
{
    start(async move { Ok(coroutine.await) })
}

/// As [`create_task`], for a coroutine that may fail: its error becomes the task's. One of this crate's is taken as it is,
/// so that `?` passes it on: a coroutine that ends with [`Error::Cancelled`] is a cancelled task. Of any other
/// [`TaskError`](crate::TaskError) has it as its source.
///
/// # Errors
///
/// As [`create_task`].
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::try_create_task;
///
/// concurrent_futures::run(async {
///     let task = try_create_task(async { "twelve".parse::<u32>() })?;
///     assert_eq!(task.await.unwrap_err().to_string(), "the task failed: invalid digit found in string");
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn try_create_task<T, E>(
    coroutine: impl Coroutine<Output = Result<T, E>> + 'static,
) -> Result<Task<T>, Error>
where
    T: 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    start(async move { coroutine.await.map_err(raised) })
}

/// An error that a coroutine ended with: one of this crate's as it is, so that it passes from one to the next.
fn raised<E: std::error::Error + Send + Sync + 'static>(error: E) -> Error {
    match (&error as &dyn std::any::Any).downcast_ref::<Error>() {
        Some(ours) => ours.clone(),
        None => Error::returned(error),
    }
}

/// The task whose code runs; none in code of no task.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{create_task, current_task};
///
/// concurrent_futures::run(async {
///     let task = create_task(async { current_task().map(|task| task.name()) })?;
///     task.set_name("download");
///     assert_eq!(task.await?.as_deref(), Some("download"));
///     assert!(current_task().is_none());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn current_task() -> Option<AnyTask> {
    CURRENT.with_borrow(|current| current.clone().map(AnyTask))
}

pub(super) fn start<T: 'static>(
    coroutine: impl Coroutine<Output = Result<T, Error>> + 'static,
) -> Result<Task<T>, Error> {
    panics::install_hook();
    let (promise, future) = Promise::of_this_event_loop();
    let control = Rc::new(Control {
        name: RefCell::new(format!("Task-{}", NUMBERED.replace(NUMBERED.get() + 1) + 1)),
        cancelling: Cell::new(false),
        done: Cell::new(false),
        waker: RefCell::new(None),
        error: RefCell::new(None),
        asked: Cell::new(false),
    });
    platform::spawn_local(Running {
        coroutine: Some(Box::pin(coroutine)),
        promise: Some(promise),
        control: Rc::clone(&control),
    })?;
    Ok(Task { future, control })
}

macro_rules! common {
    ($control:tt) => {
        /// Asks the task to cancel: it is dropped where it awaits, in the next turn of the event loop, and is cancelled
        /// then. One that has not started never does. One that runs, since it cancels itself, gets to its next
        /// `.await`; if it ends before, it is cancelled as well, unless it fails. False where it is done.
        ///
        /// ```
        /// use concurrent_futures::Error;
        /// use concurrent_futures::asyncio::create_task;
        ///
        /// concurrent_futures::run(async {
        ///     let task = create_task(std::future::pending::<()>())?;
        ///     assert!(task.cancel());
        ///     assert!((&task).await.unwrap_err().is_cancelled());
        ///     assert!(task.cancelled() && !task.cancel());
        ///     Ok::<(), Error>(())
        /// })?;
        /// # Ok::<(), Error>(())
        /// ```
        pub fn cancel(&self) -> bool {
            self.$control.cancel()
        }

        /// Whether it was asked to cancel.
        pub fn cancelling(&self) -> bool {
            self.$control.cancelling.get()
        }

        /// Whether it is finished or cancelled.
        pub fn done(&self) -> bool {
            self.$control.done.get()
        }

        /// What it is called: `Task-` and a number, unless [`set_name`](Self::set_name) said otherwise.
        pub fn name(&self) -> String {
            self.$control.name.borrow().clone()
        }

        /// From now on it is called `name`.
        pub fn set_name(&self, name: impl Into<String>) {
            *self.$control.name.borrow_mut() = name.into();
        }
    };
}

impl<T> Task<T> {
    common!(control);

    /// Whether it was cancelled.
    pub fn cancelled(&self) -> bool {
        self.future.cancelled()
    }

    /// How it failed; `None` if it did not.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`]; [`Error::InvalidState`] where it is not done.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::asyncio::{create_task, wait};
    ///
    /// concurrent_futures::run(async {
    ///     let task = create_task(async { panic!("no luck") })?;
    ///     assert!(matches!(task.exception(), Err(Error::InvalidState(_))), "it is not done");
    ///     wait([task.clone()], None, Default::default()).await?;
    ///     assert!(task.exception()?.is_some_and(|error| error.task().is_some()));
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn exception(&self) -> Result<Option<Error>, Error> {
        self.check_done()?;
        self.control.note_asked();
        if self.cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(self.control.error.borrow().clone())
    }

    /// Nobody needs to be told any more how it ended.
    pub(super) fn note_asked(&self) {
        self.control.note_asked();
    }

    fn check_done(&self) -> Result<(), Error> {
        if self.done() {
            return Ok(());
        }
        Err(Error::InvalidState(InvalidState {
            state: "pending",
            future: format!("{self:?}"),
        }))
    }
}

impl<T: Clone> Task<T> {
    /// What it ended with.
    ///
    /// # Errors
    ///
    /// What it failed with; [`Error::Cancelled`]; [`Error::InvalidState`] where it is not done.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::asyncio::create_task;
    ///
    /// concurrent_futures::run(async {
    ///     let task = create_task(async { 7 })?;
    ///     assert_eq!(task.result().unwrap_err().to_string(), "the outcome is not there yet: <Task Task-1 pending>");
    ///     (&task).await?;
    ///     assert_eq!(task.result()?, 7);
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn result(&self) -> Result<T, Error> {
        self.check_done()?;
        self.control.note_asked();
        self.future.value()
    }
}

impl AnyTask {
    common!(0);
}

impl<C> Awaitable for C
where
    C: Coroutine + 'static,
    C::Output: 'static,
{
    type Value = C::Output;

    fn into_task(self) -> Result<Task<C::Output>, Error> {
        create_task(self)
    }
}

impl<T: 'static> Awaitable for Task<T> {
    type Value = T;

    fn into_task(self) -> Result<Self, Error> {
        Ok(self)
    }
}

/// A task that is awaited. Dropped before the task is done, it cancels it, once it has been awaited at all.
///
/// ```
/// use std::future::IntoFuture;
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{TaskFuture, create_task};
///
/// concurrent_futures::run(async {
///     let awaited: TaskFuture<u32> = create_task(async { 7 })?.into_future();
///     assert_eq!(awaited.await?, 7);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
#[must_use = "nothing is awaited until this is"]
pub struct TaskFuture<T> {
    task: Task<T>,
    begun: bool,
}

impl<T: Clone> Coroutine for TaskFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.begun = true;
        match self.task.future.poll_done(context) {
            Poll::Ready(()) => Poll::Ready(self.task.result()),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T> Drop for TaskFuture<T> {
    fn drop(&mut self) {
        if self.begun {
            self.task.cancel();
        }
    }
}

impl<T: Clone> IntoFuture for Task<T> {
    type Output = Result<T, Error>;
    type IntoFuture = TaskFuture<T>;

    fn into_future(self) -> TaskFuture<T> {
        TaskFuture {
            task: self,
            begun: false,
        }
    }
}

impl<T: Clone> IntoFuture for &Task<T> {
    type Output = Result<T, Error>;
    type IntoFuture = TaskFuture<T>;

    fn into_future(self) -> TaskFuture<T> {
        self.clone().into_future()
    }
}

impl Control {
    fn cancel(&self) -> bool {
        if self.done.get() {
            return false;
        }
        self.cancelling.set(true);
        // Before its first step it looks by itself.
        let waker = self.waker.borrow().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    fn note_asked(&self) {
        self.asked.set(true);
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Some(error) = self.error.get_mut().take().filter(|_| !self.asked.get()) {
            let name = self.name.get_mut();
            report(&format!("{name}: its error was never retrieved: {error}"));
        }
    }
}

impl<C, T> Coroutine for Running<C, T>
where
    C: Coroutine<Output = Result<T, Error>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let Some(coroutine) = &mut this.coroutine else {
            return Poll::Ready(());
        };
        if this.control.cancelling.get() {
            this.end(Err(Error::Cancelled));
            return Poll::Ready(());
        }
        this.control.waker.replace(Some(context.waker().clone()));
        let polled = within(&this.control, || {
            panics::catch(None, || coroutine.as_mut().poll(context))
        });
        let outcome = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(panic) => Err(panic),
        };
        // It was asked to cancel, and ended before it could learn of it.
        let late = this.control.cancelling.get() && outcome.is_ok();
        this.end(if late { Err(Error::Cancelled) } else { outcome });
        Poll::Ready(())
    }
}

impl<C, T> Running<C, T> {
    fn end(&mut self, outcome: Result<T, Error>) {
        let Some(promise) = self.promise.take() else {
            return;
        };
        self.control.waker.take();
        let coroutine = self.coroutine.take();
        panics::contain("what a coroutine left, when it was dropped,", || {
            within(&self.control, || drop(coroutine));
        });
        self.control.done.set(true);
        // Where nobody holds the task any more, the value is dropped here.
        panics::contain(
            "a coroutine's value, when it was dropped,",
            || match outcome {
                Err(Error::Cancelled) => promise.cancel(),
                outcome => {
                    if let Err(error) = &outcome {
                        *self.control.error.borrow_mut() = Some(error.clone());
                        promise.note_asked();
                    }
                    // Nobody else settles it.
                    let _ = promise.settle(outcome);
                }
            },
        );
    }
}

impl<C, T> Drop for Running<C, T> {
    fn drop(&mut self) {
        // Its event loop has ended.
        self.end(Err(Error::Cancelled));
    }
}

// The coroutine has a place of its own; nothing in it is pinned.
impl<C, T> Unpin for Running<C, T> {}

/// Runs `code` as that of a task.
fn within<R>(task: &Rc<Control>, code: impl FnOnce() -> R) -> R {
    struct Outer(Option<Rc<Control>>);
    impl Drop for Outer {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _outer = Outer(CURRENT.replace(Some(Rc::clone(task))));
    code()
}

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Self {
            future: self.future.clone(),
            control: Rc::clone(&self.control),
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (self.cancelled(), self.done()) {
            (true, _) => "cancelled",
            (_, true) => "finished",
            _ => "pending",
        };
        write!(f, "<Task {} {state}>", self.control.name.borrow())
    }
}

impl fmt::Debug for AnyTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Task {}>", self.0.name.borrow())
    }
}

impl<T> fmt::Debug for TaskFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.task.fmt(f)
    }
}
