//! Every error of this crate.
//!
//! | Python                      | here                    |
//! |-----------------------------|-------------------------|
//! | the task's own exception    | [`Error::Task`]         |
//! | `CancelledError`            | [`Error::Cancelled`]    |
//! | `TimeoutError`              | [`Error::Timeout`]      |
//! | `InvalidStateError`         | [`Error::InvalidState`] |
//! | `BrokenThreadPool`, `BrokenProcessPool` | [`Error::Broken`] |
//! | `RuntimeError` after shutdown | [`Error::Shutdown`]   |
//! | `RuntimeError` without a running event loop | [`Error::NoEventLoop`] |
//! | other `RuntimeError`s       | [`Error::Runtime`]      |
//! | a deadlock, in silence      | [`Error::Deadlock`]     |
//! | `ValueError`                | [`Error::Value`]        |
//! | pickling errors             | [`Error::Codec`]        |
//! | those of `threading` and `queue` | [`Error::Sync`]    |
//!
//! [`Error::BlockingNotAllowed`] and [`Error::NotIsolated`] are a browser's own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::panics::Scene;
use crate::platform;
use crate::sync::SyncError;

/// What a future can hold instead of a value, and what a call can fail with.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::{Error, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
/// match future.result(Duration::from_secs(60)) {
///     Err(Error::Task(error)) => assert_eq!(error.message(), "no luck"),
///     Err(Error::Timeout(late)) => panic!("{late}"),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// The task failed: it panicked, it was submitted as fallible and returned an error, or it trapped, which
    /// also breaks its pool.
    Task(TaskError),
    /// The future was cancelled before it ran.
    Cancelled,
    /// The time given to a wait is over; what was waited for goes on.
    Timeout(Timeout),
    /// A future was settled that is settled or cancelled already, or a task asked for its outcome before it is done.
    InvalidState(InvalidState),
    /// The pool cannot be used any more: a worker died, could not be started, or failed in its initializer.
    Broken(BrokenExecutor),
    /// The executor was shut down; nothing can be submitted.
    Shutdown,
    /// The call could never return from where it was made: a worker that waits for the end of its own pool. Or the
    /// executor has no worker, and the page has as many as it may have.
    Runtime(&'static str),
    /// Workers wait for each other, blocking and without a time-out, and none of them could ever go on.
    Deadlock(Deadlock),
    /// An argument is outside what the call accepts.
    Value(String),
    /// An argument or a result could not be turned into bytes, or back.
    Codec(String),
    /// Natively, a coroutine for a thread that has no event loop: submit it inside [`run`](crate::run).
    NoEventLoop,
    /// A blocking call on an agent that must not block.
    BlockingNotAllowed(&'static str),
    /// Threads, or a blocking call, on a page that is not cross-origin isolated: it lends no shared memory.
    NotIsolated(&'static str),
    /// A lock, a queue or another of [`sync`](crate::sync) cannot do what was asked for.
    Sync(SyncError),
}

/// How a task failed. Cheap to clone.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
/// let error = future.result(None).unwrap_err();
/// let error = error.task().expect("the task failed");
/// assert_eq!((error.message(), error.worker()), ("no luck", future.worker().as_deref()));
/// assert!(error.location().is_some_and(|place| place.contains(':')));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TaskError(Arc<Failure>);

#[derive(Debug)]
struct Failure {
    message: String,
    /// What the task did, in a word.
    how: &'static str,
    /// What of: the name of the error's type, where it has one.
    kind: &'static str,
    scene: Scene,
    worker: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// How long was waited, and for how many futures in vain.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::{Error, Promise, as_completed};
///
/// let (_promises, futures): (Vec<_>, Vec<_>) = (0..3).map(|_| Promise::<u32>::new()).unzip();
/// let Some(Err(Error::Timeout(late))) = as_completed(futures, Duration::ZERO).next() else { panic!("nothing is done") };
/// assert_eq!((late.unfinished(), late.total()), (3, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout {
    pub(crate) after: Duration,
    pub(crate) unfinished: usize,
    pub(crate) total: usize,
}

/// The state that forbade the transition.
///
/// ```
/// use concurrent_futures::{Error, Promise};
///
/// let (promise, future) = Promise::new();
/// future.cancel();
/// let Err(Error::InvalidState(error)) = promise.set_result(1) else { panic!("it is cancelled") };
/// assert_eq!(error.state(), "cancelled");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidState {
    pub(crate) state: &'static str,
    pub(crate) future: String,
}

/// Why a pool is broken.
///
/// ```
/// use concurrent_futures::{Error, ProcessPoolExecutor};
///
/// let pool = ProcessPoolExecutor::new(1)?;
/// pool.terminate_workers();
/// let Err(Error::Broken(broken)) = pool.submit(|n: u32| n, 1) else { panic!("it accepts nothing") };
/// assert_eq!((broken.reason(), broken.worker()), ("its workers were terminated", None));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenExecutor {
    pub(crate) pool: &'static str,
    pub(crate) reason: String,
    pub(crate) worker: Option<String>,
    pub(crate) task: Option<&'static str>,
}

/// Who waits for what in a deadlock. Python says nothing in its place, and waits for ever.
///
/// ```
/// use std::sync::Arc;
/// use concurrent_futures::{Error, ThreadPoolExecutor};
///
/// let pool = Arc::new(ThreadPoolExecutor::new(1)?);
/// let inner = Arc::clone(&pool);
/// let outer = pool.submit(move || match inner.submit(|| 1).unwrap().result(None) {
///     Err(Error::Deadlock(deadlock)) => deadlock.waits().map(str::to_owned).collect(),
///     other => panic!("{other:?}"),
/// })?;
/// let waits: Vec<String> = outer.result(None)?;
/// assert!(waits[0].contains("waits for a future that is pending in"), "{waits:?}");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    waits: Arc<[String]>,
}

impl Deadlock {
    /// One sentence for each that waits: who, and for what.
    ///
    /// ```
    /// use concurrent_futures::Error;
    ///
    /// fn explain(error: &Error) -> Vec<&str> {
    ///     match error {
    ///         Error::Deadlock(deadlock) => deadlock.waits().collect(),
    ///         _ => Vec::new(),
    ///     }
    /// }
    /// assert!(explain(&Error::Cancelled).is_empty());
    /// ```
    pub fn waits(&self) -> impl Iterator<Item = &str> {
        self.waits.iter().map(String::as_str)
    }
}

impl TaskError {
    pub(crate) fn panicked(message: String, scene: Scene, worker: Option<String>) -> Self {
        Self::new("panicked", "panic", message, scene, worker)
    }

    #[cfg(target_arch = "wasm32")]
    pub(crate) fn trapped(message: String, stack: Option<String>, worker: Option<String>) -> Self {
        let scene = Scene { place: None, stack };
        Self::new("trapped", "trap", message, scene, worker)
    }

    fn new(
        how: &'static str,
        kind: &'static str,
        message: String,
        scene: Scene,
        worker: Option<String>,
    ) -> Self {
        Self(Arc::new(Failure {
            message,
            how,
            kind,
            scene,
            worker,
            source: None,
        }))
    }

    pub(crate) fn scene(&self) -> &Scene {
        &self.0.scene
    }

    /// What the panic said, how the returned error displays itself, or what the browser says of the trap.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
    /// let error = future.result(None).unwrap_err();
    /// let error = error.task().expect("the task failed");
    /// assert_eq!(error.message(), "no luck");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it panicked, as `file:line:column`.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
    /// let error = future.result(None).unwrap_err();
    /// let error = error.task().expect("the task failed");
    /// let [column, line, _file] = error.location().unwrap().rsplitn(3, ':').collect::<Vec<_>>()[..] else { panic!() };
    /// assert!(line.parse::<u32>().is_ok() && column.parse::<u32>().is_ok());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn location(&self) -> Option<&str> {
        self.0.scene.place.as_deref()
    }

    /// The calls that led to it, in the thread or process that it happened in, as that browser prints them. `None`
    /// natively.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
    /// let error = future.result(None).unwrap_err();
    /// let error = error.task().expect("the task failed");
    /// assert!(error.stack().is_none(), "natively");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn stack(&self) -> Option<&str> {
        self.0.scene.stack.as_deref()
    }

    /// The name of the worker that ran the task.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| -> u32 { panic!("no luck") })?;
    /// let error = future.result(None).unwrap_err();
    /// let error = error.task().expect("the task failed");
    /// assert_eq!(error.worker(), future.worker().as_deref());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn worker(&self) -> Option<&str> {
        self.0.worker.as_deref()
    }
}

impl BrokenExecutor {
    /// What happened.
    ///
    /// ```
    /// use concurrent_futures::{Error, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// pool.terminate_workers();
    /// let Err(Error::Broken(broken)) = pool.submit(|n: u32| n, 1) else { panic!("it accepts nothing") };
    /// assert_eq!(broken.reason(), "its workers were terminated");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The worker that it happened to.
    ///
    /// ```
    /// use concurrent_futures::{Error, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// pool.terminate_workers();
    /// let Err(Error::Broken(broken)) = pool.submit(|n: u32| n, 1) else { panic!("it accepts nothing") };
    /// assert_eq!(broken.worker(), None, "it happened to all of them");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn worker(&self) -> Option<&str> {
        self.worker.as_deref()
    }

    /// The task of the future that failed with this, by the name of its type; `None` where it was `submit` that was
    /// refused.
    ///
    /// ```
    /// use concurrent_futures::{Error, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// pool.terminate_workers();
    /// let Err(Error::Broken(broken)) = pool.submit(|n: u32| n, 1) else { panic!("it accepts nothing") };
    /// assert_eq!(broken.task(), None);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn task(&self) -> Option<&str> {
        self.task
    }
}

impl InvalidState {
    /// The state in a word: `pending`, `running`, `finished` or `cancelled`.
    ///
    /// ```
    /// use concurrent_futures::{Error, Promise};
    ///
    /// let (promise, future) = Promise::new();
    /// future.cancel();
    /// let Err(Error::InvalidState(error)) = promise.set_result(1) else { panic!("it is cancelled") };
    /// assert_eq!(error.state(), "cancelled");
    /// ```
    pub fn state(&self) -> &str {
        self.state
    }
}

impl Timeout {
    /// How many of the futures waited for were still unfinished; zero where it was no future.
    pub fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// How many futures were waited for; zero where it was a lock, say.
    pub fn total(&self) -> usize {
        self.total
    }
}

impl Error {
    /// Whether the future was cancelled.
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u32>::new();
    /// future.cancel();
    /// assert!(future.result(None).is_err_and(|error| error.is_cancelled()));
    /// ```
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }

    /// Whether a wait took too long.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u32>::new();
    /// assert!(future.result(Duration::ZERO).is_err_and(|error| error.is_timeout()));
    /// ```
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the pool is broken.
    ///
    /// ```
    /// use concurrent_futures::ProcessPoolExecutor;
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// pool.terminate_workers();
    /// assert!(pool.submit(|n: u32| n, 1).is_err_and(|error| error.is_broken()));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Broken(_))
    }

    /// How the task failed, if that is what happened.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.try_submit(|| "twelve".parse::<u32>())?;
    /// let error = future.result(None).unwrap_err();
    /// assert_eq!(error.task().expect("it failed").message(), "invalid digit found in string");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn task(&self) -> Option<&TaskError> {
        match self {
            Self::Task(error) => Some(error),
            _ => None,
        }
    }

    /// An error that a fallible task returned.
    pub(crate) fn returned<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        Self::Task(TaskError(Arc::new(Failure {
            message: error.to_string(),
            how: "failed",
            kind: std::any::type_name::<E>(),
            scene: Scene::default(),
            worker: None,
            source: Some(Arc::new(error)),
        })))
    }

    /// What Python calls the type of such an error; for a task's own, what it failed with.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Task(error) => error.0.kind,
            Self::Cancelled => "CancelledError",
            Self::Timeout(_) => "TimeoutError",
            Self::InvalidState(_) => "InvalidStateError",
            Self::Broken(broken) => match broken.pool {
                "thread pool" => "BrokenThreadPool",
                "process pool" => "BrokenProcessPool",
                _ => "BrokenExecutor",
            },
            Self::Shutdown | Self::NoEventLoop | Self::Runtime(_) => "RuntimeError",
            Self::Deadlock(_) => "DeadlockError",
            Self::Value(_) => "ValueError",
            Self::Codec(_) => "PicklingError",
            Self::BlockingNotAllowed(_) => "BlockingNotAllowedError",
            Self::NotIsolated(_) => "NotIsolatedError",
            Self::Sync(error) => error.type_name(),
        }
    }

    /// For a blocking call on an agent that must not block; `remedy` says what to write instead.
    pub(crate) fn may_not_block(remedy: &'static str) -> Self {
        if platform::isolated() {
            Self::BlockingNotAllowed(remedy)
        } else {
            Self::NotIsolated("a blocking call")
        }
    }

    /// This error as that of a future with such a task.
    pub(crate) fn of_task(mut self, task: &'static str) -> Self {
        if let Self::Broken(broken) = &mut self {
            broken.task = Some(task);
        }
        self
    }

    #[cfg(not(loom))]
    pub(crate) fn deadlock(waits: Arc<[String]>) -> Self {
        Self::Deadlock(Deadlock { waits })
    }

    pub(crate) fn timeout(after: Duration, unfinished: usize, total: usize) -> Self {
        Self::Timeout(Timeout {
            after,
            unfinished,
            total,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(error) => error.fmt(f),
            Self::Cancelled => f.write_str("the future was cancelled"),
            Self::Timeout(error) => error.fmt(f),
            Self::InvalidState(error) => error.fmt(f),
            Self::Broken(error) => error.fmt(f),
            Self::Shutdown => f.write_str("cannot schedule new futures after shutdown"),
            Self::NoEventLoop => f.write_str(
                "no event loop runs on this thread: submit coroutines inside `concurrent_futures::run`",
            ),
            Self::Runtime(message) => f.write_str(message),
            Self::Deadlock(deadlock) => deadlock.fmt(f),
            Self::Value(message) | Self::Codec(message) => f.write_str(message),
            Self::BlockingNotAllowed(remedy) => {
                write!(f, "this agent must not block: {remedy}")
            }
            Self::NotIsolated(what) => write!(
                f,
                "{what} needs a cross-origin isolated page: serve it, over https or from localhost, with the headers \
                 \"Cross-Origin-Opener-Policy: same-origin\" and \"Cross-Origin-Embedder-Policy: require-corp\""
            ),
            Self::Sync(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the task {}: {}", self.0.how, self.0.message)?;
        if let Some(location) = self.location() {
            write!(f, ", at {location}")?;
        }
        if let Some(worker) = self.worker() {
            write!(f, ", in {worker}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.after.as_secs_f64();
        if self.total == 0 {
            return write!(f, "not there after {seconds} s");
        }
        write!(
            f,
            "{} (of {}) futures unfinished after {seconds} s",
            self.unfinished, self.total
        )
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deadlock: ")?;
        f.write_str(&self.waits.join("; "))
    }
}

impl fmt::Display for InvalidState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.state == "pending" {
            write!(f, "the outcome is not there yet: {}", self.future)
        } else {
            write!(f, "the future is {} already: {}", self.state, self.future)
        }
    }
}

impl fmt::Display for BrokenExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} is broken: {}", self.pool, self.reason)?;
        if let Some(worker) = &self.worker {
            write!(f, " (worker {worker})")?;
        }
        if let Some(task) = self.task {
            write!(f, "; the task was {task}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Task(error) => error.source().map(|source| source as _),
            Self::Sync(error) => Some(error),
            _ => None,
        }
    }
}

impl std::error::Error for TaskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
