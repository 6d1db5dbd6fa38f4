//! The `Executor` trait: what every executor can do, so that code can be written once for all of them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::future::Future;
use crate::map::{self, Map, MapOptions, Source};

/// What every executor can do.
///
/// A call is a function and its argument, as in Python: `submit(f, arg)`. The bounds are those of the strictest
/// executor, the process pool, which is Python's "must be picklable", checked by the compiler: `f` captures nothing
/// (a plain function, or a closure without captures), and argument and value can be turned into bytes. Code that is
/// generic over `Executor` runs on every pool. A thread pool alone takes any closure:
/// [`ThreadPoolExecutor::submit`](crate::ThreadPoolExecutor::submit).
///
/// ```
/// use concurrent_futures::{Error, Executor, ProcessPoolExecutor, ThreadPoolExecutor};
///
/// fn sum_of_squares(executor: &impl Executor) -> Result<u64, Error> {
///     executor.map(|n: u64| n * n, 1..=10)?.sum()
/// }
///
/// assert_eq!(sum_of_squares(&ThreadPoolExecutor::new(2)?)?, 385);
/// assert_eq!(sum_of_squares(&ProcessPoolExecutor::new(2)?)?, 385);
/// # Ok::<(), Error>(())
/// ```
pub trait Executor {
    /// Whether [`map_with`](Executor::map_with) heeds `chunksize`: where a call costs much more than its work, as in a
    /// process pool.
    const CHUNKS: bool = false;

    /// Has `f(argument)` called, and gives the future of its value at once.
    ///
    /// # Errors
    ///
    /// [`Error::Shutdown`] after a shutdown, [`Error::Broken`] where the pool is broken.
    ///
    /// ```
    /// use concurrent_futures::{Executor, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// let square = pool.submit(|n: u64| n * n, 7)?;
    /// assert_eq!(square.result(None)?, 49);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static;

    /// Stops accepting calls, as [`Shutdown`] says.
    ///
    /// # Errors
    ///
    /// [`Error::BlockingNotAllowed`] where it is to wait on the page, [`Error::Runtime`] where one of its own workers is
    /// to wait for its end; the shutdown itself has begun all the same.
    ///
    /// ```
    /// use concurrent_futures::{Error, Executor, ProcessPoolExecutor, Shutdown};
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// let future = pool.submit(|n: u64| n * n, 7)?;
    /// Executor::shutdown(&pool, Shutdown::default())?;
    /// assert!(future.done());
    /// assert!(matches!(pool.submit(|n: u64| n, 7), Err(Error::Shutdown)));
    /// # Ok::<(), Error>(())
    /// ```
    fn shutdown(&self, how: Shutdown) -> Result<(), Error>;

    /// Stops accepting calls at once, and cancels what has not started if `cancel_futures` says so; the future it gives
    /// is ready when all is done and the workers are gone. For the page, and for whoever must not block.
    ///
    /// ```
    /// use concurrent_futures::{Error, Executor, ThreadPoolExecutor};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = ThreadPoolExecutor::new(1)?;
    ///     let future = Executor::submit(&pool, |n: u64| n * n, 7)?;
    ///     Executor::shutdown_async(&pool, false).await;
    ///     assert!(future.done());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    fn shutdown_async(&self, cancel_futures: bool) -> impl std::future::Future<Output = ()>;

    /// Calls `f` with each of `arguments`; the values come in the order of the arguments. All calls are submitted at
    /// once, whether or not the iterator is ever advanced.
    ///
    /// Python's `map` takes several iterables and a function of as many arguments, the shortest wins. Here that is a
    /// function of a tuple, over [`zip`](std::iter::zip):
    ///
    /// ```
    /// use concurrent_futures::{Executor, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::new(2)?;
    /// let powers = pool.map(|(base, exponent): (u64, u32)| base.pow(exponent), std::iter::zip(1.., [5, 4, 3]))?;
    /// assert_eq!(powers.collect::<Result<Vec<_>, _>>()?, [1, 16, 27]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    fn map<F, A, R>(&self, f: F, arguments: impl IntoIterator<Item = A>) -> Result<Map<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        let options = MapOptions::default().check(Self::CHUNKS)?;
        map::eagerly(options, chunks(self, f, arguments, options.chunksize))
    }

    /// [`Executor::map`] with [`MapOptions`]: `timeout`, `chunksize` and `buffersize`. With a `buffersize` arguments are
    /// taken as the iterator is advanced, so there may be endlessly many.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where `chunksize` or `buffersize` is zero; otherwise as [`Executor::submit`]. After a shutdown a
    /// map that has arguments left ends with [`Error::Shutdown`].
    ///
    /// ```
    /// use concurrent_futures::{Executor, MapOptions, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let options = MapOptions { buffersize: Some(4), ..MapOptions::default() };
    /// let mut squares = pool.map_with(|n: u64| n * n, 1.., options)?;
    /// let large = squares.find(|square| !matches!(square, Ok(0..1000)));
    /// assert_eq!(large.unwrap()?, 1024);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    fn map_with<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        options: MapOptions,
    ) -> Result<Map<R, impl Source<R>>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        let options = options.check(Self::CHUNKS)?;
        map::lazily(options, chunks(self, f, arguments, options.chunksize))
    }
}

/// Submits one call for each `size` arguments, one at each call of what it gives.
fn chunks<E, F, A, R>(
    executor: &E,
    f: F,
    arguments: impl IntoIterator<Item = A>,
    size: usize,
) -> impl FnMut() -> Option<Result<Future<Vec<R>>, Error>>
where
    E: Executor + ?Sized,
    F: Fn(A) -> R + Copy + Send + 'static,
    A: Serialize + DeserializeOwned + Send + 'static,
    R: Serialize + DeserializeOwned + Send + 'static,
{
    let mut arguments = arguments.into_iter();
    move || {
        let chunk: Vec<A> = arguments.by_ref().take(size).collect();
        (!chunk.is_empty()).then(|| {
            executor.submit(
                move |chunk: Vec<A>| chunk.into_iter().map(f).collect(),
                chunk,
            )
        })
    }
}

/// How an executor is to shut down. The default is Python's: wait, and let what is queued run.
///
/// ```
/// use concurrent_futures::{Shutdown, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// pool.shutdown(Shutdown { cancel_futures: true, ..Shutdown::default() })?;
/// assert_eq!(pool.workers(), 0);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown {
    /// Whether to wait, blocking, until all is done and the workers are gone.
    pub wait: bool,
    /// Whether to cancel what has not started.
    pub cancel_futures: bool,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self {
            wait: true,
            cancel_futures: false,
        }
    }
}
