//! `InlineExecutor`: every call happens inside `submit`, for tests and as the baseline of comparisons.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::executor::{Executor, Shutdown};
use crate::future::{Future, Promise};
use crate::map::{self, Map, MapOptions, Source};
use crate::panics;

/// Runs each call inside `submit`, on the caller's thread: the future that it gives is done.
///
/// It has no workers, so nothing is ever cancelled, nothing times out, and nothing is sent: any closure will do, whatever
/// it borrows. It is for tests, and for comparisons with what the other executors gain.
///
/// ```
/// use concurrent_futures::{Executor, InlineExecutor};
///
/// let executor = InlineExecutor::new();
/// let mut seen = Vec::new();
/// let future = executor.submit(|| seen.push(7))?;
/// assert!(future.done());
/// assert_eq!(seen, [7]);
/// assert_eq!(executor.map(|n: u32| n * n, 0..4)?.collect::<Result<Vec<_>, _>>()?, [0, 1, 4, 9]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct InlineExecutor {
    closed: AtomicBool,
}

impl InlineExecutor {
    /// An executor that is open.
    ///
    /// ```
    /// use concurrent_futures::InlineExecutor;
    ///
    /// let executor = InlineExecutor::new();
    /// assert_eq!(executor.submit(|| 7)?.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn new() -> Self {
        panics::install_hook();
        Self::default()
    }

    /// Calls `f`, and gives the future of its value, which is done. A panic is the future's error.
    ///
    /// # Errors
    ///
    /// [`Error::Shutdown`] after a shutdown.
    ///
    /// ```
    /// use concurrent_futures::InlineExecutor;
    ///
    /// let executor = InlineExecutor::new();
    /// let future = executor.submit(|| -> u32 { panic!("no luck") })?;
    /// assert!(future.done());
    /// assert!(future.exception(None)?.is_some());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn submit<T>(&self, f: impl FnOnce() -> T) -> Result<Future<T>, Error> {
        self.submit_call(|| Ok(f()))
    }

    /// As [`InlineExecutor::submit`], for a closure that may fail: its error becomes the future's, as an exception does
    /// in Python, and [`TaskError`](crate::TaskError) has it as its source.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::InlineExecutor;
    ///
    /// let future = InlineExecutor::new().try_submit(|| "twelve".parse::<u32>())?;
    /// let error = future.exception(None)?.expect("it is not a number");
    /// assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn try_submit<T, E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<Future<T>, Error>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        self.submit_call(|| f().map_err(Error::returned))
    }

    /// Calls `f` with each of `arguments`, all of them before it returns; the values come in that order.
    ///
    /// # Errors
    ///
    /// As [`InlineExecutor::submit`].
    ///
    /// ```
    /// use concurrent_futures::InlineExecutor;
    ///
    /// let executor = InlineExecutor::new();
    /// let mut seen = Vec::new();
    /// executor.map(|n: u32| seen.push(n), 0..3)?;
    /// assert_eq!(seen, [0, 1, 2]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map<A, R>(
        &self,
        f: impl FnMut(A) -> R,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Map<R>, Error> {
        let options = MapOptions::default().check(false)?;
        map::eagerly(options, self.calls(f, arguments))
    }

    /// [`InlineExecutor::map`] with a `buffersize`: so many calls happen at once, and one more for each value that is
    /// taken. A `timeout` and a `chunksize` have no effect here.
    ///
    /// # Errors
    ///
    /// As [`Executor::map_with`].
    ///
    /// ```
    /// use concurrent_futures::{InlineExecutor, MapOptions};
    ///
    /// let executor = InlineExecutor::new();
    /// let options = MapOptions { buffersize: Some(1), ..MapOptions::default() };
    /// let squares = executor.map_with(|n: u32| n * n, 0.., options)?;
    /// assert_eq!(squares.take(3).collect::<Result<Vec<_>, _>>()?, [0, 1, 4]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map_with<A, R>(
        &self,
        f: impl FnMut(A) -> R,
        arguments: impl IntoIterator<Item = A>,
        options: MapOptions,
    ) -> Result<Map<R, impl Source<R>>, Error> {
        map::lazily(options.check(false)?, self.calls(f, arguments))
    }

    /// Stops accepting calls; there is nothing to wait for.
    ///
    /// ```
    /// use concurrent_futures::InlineExecutor;
    ///
    /// let executor = InlineExecutor::new();
    /// executor.shutdown();
    /// assert!(executor.submit(|| ()).is_err());
    /// ```
    pub fn shutdown(&self) {
        // Relaxed: it orders nothing.
        self.closed.store(true, Ordering::Relaxed);
    }

    fn submit_call<T>(&self, f: impl FnOnce() -> Result<T, Error>) -> Result<Future<T>, Error> {
        // Relaxed: see `shutdown`.
        if self.closed.load(Ordering::Relaxed) {
            return Err(Error::Shutdown);
        }
        let (promise, future) = Promise::new();
        // It is new, so it begins, and nobody else settles it.
        let _ = promise.begin();
        let _ = promise.settle(panics::catch(None, f).and_then(|outcome| outcome));
        Ok(future)
    }

    /// Calls `f` once at each call of what it gives.
    fn calls<A, R>(
        &self,
        mut f: impl FnMut(A) -> R,
        arguments: impl IntoIterator<Item = A>,
    ) -> impl FnMut() -> Option<Result<Future<Vec<R>>, Error>> {
        let mut arguments = arguments.into_iter();
        move || {
            let argument = arguments.next()?;
            Some(self.submit(|| vec![f(argument)]))
        }
    }
}

impl Executor for InlineExecutor {
    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        self.submit(|| f(argument))
    }

    fn shutdown(&self, _how: Shutdown) -> Result<(), Error> {
        self.shutdown();
        Ok(())
    }

    fn shutdown_async(&self, _cancel_futures: bool) -> impl std::future::Future<Output = ()> {
        self.shutdown();
        std::future::ready(())
    }
}
