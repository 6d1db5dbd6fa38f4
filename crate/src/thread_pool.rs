//! `ThreadPoolExecutor`: workers on the caller's memory, so any closure can be sent to them.

mod coroutines;

use std::any::{type_name, type_name_of_val};
use std::sync::Arc;
use std::task::{Context, Poll};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::executor::{Executor, Shutdown};
use crate::future::{Future, Promise};
use crate::map::{self, Map, MapOptions, Source};
use crate::panics;
use crate::platform;
use crate::pool::Kind;
use crate::pool_handle::PoolHandle;
use crate::pool_options::PoolOptions;
use crate::work::{LocalCall, Work};

/// Runs closures on a pool of threads, as Python's `ThreadPoolExecutor`; in a browser each thread is a Web Worker on
/// the page's own memory.
///
/// Threads start on demand, up to the maximum, and are reused. A panic fails its future, and the thread lives on.
/// Dropping the executor lets what is queued run, then its threads end; [`ThreadPoolExecutor::shutdown`] also waits
/// for that.
///
/// In a browser it needs a cross-origin isolated page. In a worker that you made, `ready().await` first.
///
/// ```
/// use concurrent_futures::{Shutdown, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let words = String::from("any closure will do");
/// let future = pool.submit(move || words.len())?;
/// assert_eq!(future.result(None)?, 19);
/// pool.shutdown(Shutdown::default())?;
/// assert!(pool.submit(|| ()).is_err());
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug)]
pub struct ThreadPoolExecutor {
    handle: PoolHandle,
}

impl ThreadPoolExecutor {
    /// A pool of at most `max_workers` threads; `None` for Python's default, the cores plus four, at most 32.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where `max_workers` is zero or above 256; [`Error::NotIsolated`] where the page is not
    /// cross-origin isolated.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// assert!(ThreadPoolExecutor::new(None).is_ok());
    /// assert!(ThreadPoolExecutor::new(0).is_err());
    /// ```
    pub fn new(max_workers: impl Into<Option<usize>>) -> Result<Self, Error> {
        Self::with(PoolOptions {
            max_workers: max_workers.into(),
            ..PoolOptions::default()
        })
    }

    /// A pool as `options` say.
    ///
    /// # Errors
    ///
    /// As [`ThreadPoolExecutor::new`].
    ///
    /// ```
    /// use concurrent_futures::{PoolOptions, ThreadPoolExecutor};
    ///
    /// let options = PoolOptions { max_workers: Some(2), ..PoolOptions::default() };
    /// let pool = ThreadPoolExecutor::with(options)?;
    /// let future = pool.submit(|| 7)?;
    /// assert_eq!(future.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn with(options: PoolOptions) -> Result<Self, Error> {
        let default = platform::cores().saturating_add(4).min(32);
        let handle = PoolHandle::new(Kind::Thread, "ThreadPoolExecutor", options, default, false)?;
        Ok(Self { handle })
    }

    /// A pool for `multiprocessing.ThreadPool`: as many threads as there are cores, all of them from the start.
    pub(crate) fn eager(options: PoolOptions) -> Result<Self, Error> {
        let default = platform::cores();
        let handle = PoolHandle::new(Kind::Thread, "ThreadPool", options, default, true)?;
        Ok(Self { handle })
    }

    /// Has `f` called on a thread, and gives the future of its value at once.
    ///
    /// # Errors
    ///
    /// [`Error::Shutdown`] after a shutdown, [`Error::Broken`] where the pool is broken.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| 7)?;
    /// assert_eq!(future.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn submit<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, Error> {
        let task = type_name_of_val(&f);
        self.submit_call(task, || Ok(f()))
    }

    /// As [`ThreadPoolExecutor::submit`], for a closure that may fail: its error becomes the future's, as an exception
    /// does in Python, and [`TaskError`](crate::TaskError) has it as its source.
    ///
    /// # Errors
    ///
    /// As [`ThreadPoolExecutor::submit`].
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.try_submit(|| "twelve".parse::<u32>())?;
    /// let error = future.exception(None)?.expect("it is not a number");
    /// assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn try_submit<T, E>(
        &self,
        f: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<Future<T>, Error>
    where
        T: Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let task = type_name_of_val(&f);
        self.submit_call(task, || f().map_err(Error::returned))
    }

    /// Calls `f`, which may be any closure, with each of `arguments`; the values come in the order of the arguments. All
    /// calls are submitted at once, whether or not the iterator is ever advanced. For several iterables see
    /// [`Executor::map`].
    ///
    /// # Errors
    ///
    /// As [`ThreadPoolExecutor::submit`].
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let greeting = String::from("Hello");
    /// let greetings = pool.map(move |name| format!("{greeting}, {name}!"), ["Ann", "Bob"])?;
    /// assert_eq!(greetings.collect::<Result<Vec<_>, _>>()?, ["Hello, Ann!", "Hello, Bob!"]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Map<R>, Error>
    where
        F: Fn(A) -> R + Send + Sync + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        let options = MapOptions::default().check(false)?;
        map::eagerly(options, self.calls(f, arguments))
    }

    /// [`ThreadPoolExecutor::map`] with a `timeout` or a `buffersize`, as [`Executor::map_with`]; a `chunksize` has no
    /// effect on threads, as in Python.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::{MapOptions, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let options = MapOptions { buffersize: Some(2), ..MapOptions::default() };
    /// let first = pool.map_with(|n: u32| n * n, 10.., options)?.next();
    /// assert_eq!(first.transpose()?, Some(100));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map_with<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        options: MapOptions,
    ) -> Result<Map<R, impl Source<R>>, Error>
    where
        F: Fn(A) -> R + Send + Sync + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        map::lazily(options.check(false)?, self.calls(f, arguments))
    }

    /// Submits one call at each call of what it gives.
    fn calls<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
    ) -> impl FnMut() -> Option<Result<Future<Vec<R>>, Error>>
    where
        F: Fn(A) -> R + Send + Sync + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        let f = Arc::new(f);
        let mut arguments = arguments.into_iter();
        move || {
            let argument = arguments.next()?;
            let f = Arc::clone(&f);
            Some(self.submit(move || vec![f(argument)]))
        }
    }

    /// Stops accepting calls; what is queued still runs, or is cancelled with [`Shutdown::cancel_futures`]. With
    /// [`Shutdown::wait`] it blocks until all is done and the threads are gone.
    ///
    /// # Errors
    ///
    /// [`Error::BlockingNotAllowed`] where it is to wait on the page: use [`ThreadPoolExecutor::shutdown_async`];
    /// [`Error::Runtime`] where one of its own threads is to wait for its end. The shutdown has begun all the same.
    ///
    /// ```
    /// use concurrent_futures::{Shutdown, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit(|| 7)?;
    /// pool.shutdown(Shutdown::default())?;
    /// assert!(future.done());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.handle.shutdown(how)
    }

    /// Stops accepting calls at once; the future it gives is ready when all is done and the threads are gone.
    ///
    /// ```
    /// use concurrent_futures::{Error, ThreadPoolExecutor};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = ThreadPoolExecutor::new(1)?;
    ///     let future = pool.submit(|| 7)?;
    ///     pool.shutdown_async(false).await;
    ///     assert!(future.done());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn shutdown_async(
        &self,
        cancel_futures: bool,
    ) -> impl std::future::Future<Output = ()> + use<> {
        self.handle.shutdown_async(cancel_futures)
    }

    /// How many threads there are now, those just starting included.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(4)?;
    /// assert_eq!(pool.workers(), 0, "they start on demand");
    /// pool.submit(|| 7)?.result(None)?;
    /// assert_eq!(pool.workers(), 1);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn workers(&self) -> usize {
        self.handle.workers()
    }

    fn submit_call<T: Send + 'static>(
        &self,
        task: &'static str,
        f: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<Future<T>, Error> {
        self.handle.pool().check_open()?;
        let mark = self.handle.submitted(task, "");
        let (promise, future) = Promise::of_pool(self.handle.tag(), mark);
        self.handle.pool().submit(Work::Local(Box::new(Closure {
            task,
            f: Some(f),
            outcome: None,
            promise,
        })));
        Ok(future)
    }
}

impl Executor for ThreadPoolExecutor {
    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        self.submit_call(type_name::<F>(), move || Ok(f(argument)))
    }

    fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.shutdown(how)
    }

    fn shutdown_async(&self, cancel_futures: bool) -> impl std::future::Future<Output = ()> {
        self.shutdown_async(cancel_futures)
    }
}

/// A closure in the queue, then its outcome; and the promise it keeps.
struct Closure<F, T> {
    /// What the task is called.
    task: &'static str,
    f: Option<F>,
    outcome: Option<Result<T, Error>>,
    promise: Promise<T>,
}

impl<F, T> LocalCall for Closure<F, T>
where
    F: FnOnce() -> Result<T, Error> + Send,
    T: Send,
{
    fn begin(&self, worker: u32) -> bool {
        self.promise.begin_on(worker)
    }

    fn run(&mut self, _context: &mut Context<'_>) -> Poll<()> {
        if let Some(f) = self.f.take() {
            let name = self.promise.worker();
            let outcome = panics::catch(name.as_deref(), f).and_then(|outcome| outcome);
            self.outcome = Some(outcome);
        }
        Poll::Ready(())
    }

    fn finish(self: Box<Self>) {
        let Self {
            outcome, promise, ..
        } = *self;
        // Where nobody holds the future any more, the value is dropped here.
        panics::contain("a task's value, when it was dropped,", || {
            if let Some(outcome) = outcome {
                // Only this worker settles what it began.
                let _ = promise.settle(outcome);
            }
        });
    }

    fn fail(self: Box<Self>, error: Error) {
        // Where it was cancelled meanwhile, it has ended.
        let _ = self.promise.settle(Err(error.of_task(self.task)));
        drop_captured(self.f);
    }

    fn cancel(self: Box<Self>) {
        self.promise.cancel();
        drop_captured(self.f);
    }
}

/// Drops a task that will not run; what it captured may panic.
fn drop_captured<F>(f: Option<F>) {
    panics::contain("what a task captured, when it was dropped,", || drop(f));
}
