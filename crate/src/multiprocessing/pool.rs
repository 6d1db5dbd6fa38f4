//! `Pool` and `ThreadPool`.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::crew::{Call, Crew, Workers};
use super::imap::Imap;
use super::options::{PoolOptions, checked};
use super::result::{AsyncResult, Callbacks};
use super::star::Star;
use crate::error::Error;
use crate::executor::Shutdown;
use crate::process_pool::ProcessPoolExecutor;
use crate::report::report;
use crate::thread_pool::ThreadPoolExecutor;
use crate::{panics, platform};

/// How many calls each worker gets from a map without a chunksize.
const CALLS_PER_WORKER: usize = 4;

/// Python's `multiprocessing.Pool`: processes that are all there from the start. Unlike a [`ProcessPoolExecutor`] it goes
/// on when a worker dies: the call that it held fails with [`Error::Broken`], and another takes its place.
///
/// ```
/// use concurrent_futures::multiprocessing::Pool;
///
/// let pool = Pool::new(2)?;
/// assert_eq!(pool.workers(), 2);
/// assert_eq!(pool.apply(|n: u64| n * n, 7)?, 49);
/// pool.close();
/// pool.join()?;
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub type Pool = WorkerPool<ProcessPoolExecutor>;

/// Python's `multiprocessing.pool.ThreadPool`: the same over threads. When it is terminated, its results fail at once, but
/// its threads run on to the end of what they hold.
///
/// ```
/// use concurrent_futures::multiprocessing::{ThreadPool, with_pool};
///
/// let squares = with_pool(ThreadPool::new(2)?, |pool| pool.map(|n: u64| n * n, 0..5, None))?;
/// assert_eq!(squares?, [0, 1, 4, 9, 16]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub type ThreadPool = WorkerPool<ThreadPoolExecutor>;

/// What [`Pool`] and [`ThreadPool`] are. Functions, arguments and values are those of [`Executor`](crate::Executor), so
/// that code is the same for both; values are shared with callbacks.
/// A pool is closed, or terminated, when it is not needed any more. Dropping one that still runs reports a
/// `ResourceWarning`, as [`set_reporter`](crate::set_reporter) says, and closes it: what was given to it runs.
///
/// ```
/// use concurrent_futures::{ThreadPoolExecutor, multiprocessing::WorkerPool};
/// let pool = WorkerPool::<ThreadPoolExecutor>::new(2)?;
/// assert_eq!(pool.apply(|n: u64| n + 1, 41)?, 42);
/// pool.terminate();
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug)]
pub struct WorkerPool<E: Workers> {
    pub(super) crew: Arc<Crew<E>>,
    processes: usize,
}

impl<E: Workers> WorkerPool<E> {
    /// A pool of `processes` workers; `None` for the number of cores.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where that is zero or above 256; [`Error::NotIsolated`] for threads on a page that is not
    /// cross-origin isolated.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::Pool;
    ///
    /// let pool = Pool::new(3)?;
    /// assert_eq!(pool.workers(), 3);
    /// pool.terminate();
    /// assert!(Pool::new(0).is_err());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn new(processes: impl Into<Option<usize>>) -> Result<Self, Error> {
        Self::with(PoolOptions {
            processes: processes.into(),
            ..PoolOptions::default()
        })
    }

    /// A pool as `options` say.
    ///
    /// # Errors
    ///
    /// As [`WorkerPool::new`], and [`Error::Value`] for a `maxtasksperchild` of zero, or of threads.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{PoolOptions, ThreadPool};
    ///
    /// let options = PoolOptions { maxtasksperchild: Some(1), ..PoolOptions::default() };
    /// assert!(ThreadPool::with(options).is_err());
    /// ```
    pub fn with(options: PoolOptions) -> Result<Self, Error> {
        if options.processes == Some(0) {
            return Err(Error::Value(
                "processes must be at least 1, not 0".to_owned(),
            ));
        }
        let executor = E::make(crate::PoolOptions {
            max_workers: options.processes,
            initializer: options.initializer,
            max_tasks_per_child: options.maxtasksperchild,
            ..crate::PoolOptions::default()
        })?;
        let cores = || usize::try_from(platform::cores()).unwrap_or(usize::MAX);
        Ok(Self {
            crew: Arc::new(Crew::new(executor)),
            processes: options.processes.unwrap_or_else(cores),
        })
    }

    /// How many workers there are now, those just starting included.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::Pool;
    ///
    /// let pool = Pool::new(2)?;
    /// assert_eq!(pool.workers(), 2, "they do not wait for calls");
    /// pool.terminate();
    /// pool.join()?;
    /// assert_eq!(pool.workers(), 0);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn workers(&self) -> usize {
        self.crew.executor.count()
    }

    /// Calls `f(argument)` in a worker, and waits, blocking, for its value.
    ///
    /// # Errors
    ///
    /// As [`AsyncResult::get`] and [`WorkerPool::apply_async`].
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let power = |(base, exponent): (u64, u32)| base.pow(exponent);
    /// let value = with_pool(Pool::new(1)?, |pool| pool.apply(power, (2, 10)))?;
    /// assert_eq!(value?, 1024);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn apply<F, A, R>(&self, f: F, argument: A) -> Result<R, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.apply_async(f, argument)?.get(None)
    }

    /// Has `f(argument)` called in a worker, and gives the result at once, before it is there.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where the pool was closed or terminated; [`Error::Broken`] where it is broken.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let value = with_pool(Pool::new(1)?, |pool| pool.apply_async(|n: u32| n, 7)?.get(None))?;
    /// assert_eq!(value?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn apply_async<F, A, R>(&self, f: F, argument: A) -> Result<AsyncResult<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.apply_async_with(f, argument, Callbacks::new())
    }

    /// [`WorkerPool::apply_async`] with callbacks.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
    ///
    /// with_pool(Pool::new(1)?, |pool| {
    ///     let callbacks = Callbacks::new().callback(|value| assert_eq!(value, 7));
    ///     pool.apply_async_with(|n: u32| n, 7, callbacks)?.wait(None)
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn apply_async_with<F, A, R>(
        &self,
        f: F,
        argument: A,
        callbacks: Callbacks<R>,
    ) -> Result<AsyncResult<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let call = self.crew.call::<F, _, _>(f, argument)?;
        let only = |values: Vec<R>| values.into_iter().next();
        Ok(AsyncResult::of(vec![call], only, callbacks))
    }

    /// Calls `f` with each of `arguments`, and gives the list of the values, in order. It waits, blocking, for all of them,
    /// also where one has failed, and then gives the error that came first.
    ///
    /// A chunk of `chunksize` arguments makes one call; `None` is Python's default, so many that each worker gets four
    /// calls. When one of its arguments fails, the whole chunk does.
    ///
    /// # Errors
    ///
    /// As [`AsyncResult::get`] and [`WorkerPool::apply_async`], and [`Error::Value`] for a chunksize of zero.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let squares = with_pool(Pool::new(2)?, |pool| pool.map(|n: u64| n * n, 0..5, None))?;
    /// assert_eq!(squares?, [0, 1, 4, 9, 16]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
    ) -> Result<Vec<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.map_async(f, arguments, chunksize)?.get(None)
    }

    /// As [`WorkerPool::map`], but gives the result at once. Over nothing it is ready at once.
    ///
    /// # Errors
    ///
    /// As [`WorkerPool::apply_async`], and [`Error::Value`] for a chunksize of zero.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let squares = with_pool(Pool::new(2)?, |pool| {
    ///     pool.map_async(|n: u64| n * n, 0..5, 2)?.get(None)
    /// })?;
    /// assert_eq!(squares?, [0, 1, 4, 9, 16]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map_async<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
    ) -> Result<AsyncResult<Vec<R>>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.map_async_with(f, arguments, chunksize, Callbacks::new())
    }

    /// [`WorkerPool::map_async`] with callbacks: one call with the whole list, none where there are no arguments.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
    ///
    /// with_pool(Pool::new(2)?, |pool| {
    ///     let callbacks = Callbacks::new().callback(|squares: Vec<u64>| assert_eq!(squares, [1, 4]));
    ///     pool.map_async_with(|n: u64| n * n, [1, 2], None, callbacks)?.wait(None)
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn map_async_with<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
        callbacks: Callbacks<Vec<R>>,
    ) -> Result<AsyncResult<Vec<R>>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.crew.check()?;
        let asked = checked(chunksize.into())?;
        let arguments: Vec<A> = arguments.into_iter().collect();
        let spread = || arguments.len().div_ceil(CALLS_PER_WORKER * self.processes);
        let chunksize = asked.unwrap_or_else(spread).max(1);
        let calls = self.send(f, arguments, chunksize)?;
        let all = |chunks: Vec<Vec<R>>| Some(chunks.into_iter().flatten().collect());
        Ok(AsyncResult::of(calls, all, callbacks))
    }

    /// As [`WorkerPool::map`], for a function of several arguments: each item is a tuple of them.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let power = |base: u64, exponent: u32| base.pow(exponent);
    /// let powers = with_pool(Pool::new(2)?, |pool| pool.starmap(power, [(2, 3), (3, 2)], None))?;
    /// assert_eq!(powers?, [8, 9]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn starmap<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
    ) -> Result<Vec<R>, Error>
    where
        F: Star<A, R>,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.starmap_async(f, arguments, chunksize)?.get(None)
    }

    /// As [`WorkerPool::starmap`], but gives the result at once.
    ///
    /// # Errors
    ///
    /// As [`WorkerPool::map_async`].
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let power = |base: u64, exponent: u32| base.pow(exponent);
    /// let powers = with_pool(Pool::new(2)?, |pool| {
    ///     pool.starmap_async(power, [(2, 3), (3, 2)], None)?.get(None)
    /// })?;
    /// assert_eq!(powers?, [8, 9]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn starmap_async<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
    ) -> Result<AsyncResult<Vec<R>>, Error>
    where
        F: Star<A, R>,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.starmap_async_with(f, arguments, chunksize, Callbacks::new())
    }

    /// [`WorkerPool::starmap_async`] with callbacks.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Callbacks, Pool, with_pool};
    ///
    /// let add = |a: u64, b: u64| a + b;
    /// with_pool(Pool::new(2)?, |pool| {
    ///     let callbacks = Callbacks::new().callback(|sums: Vec<u64>| assert_eq!(sums, [3, 7]));
    ///     pool.starmap_async_with(add, [(1, 2), (3, 4)], None, callbacks)?.wait(None)
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn starmap_async_with<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
        callbacks: Callbacks<Vec<R>>,
    ) -> Result<AsyncResult<Vec<R>>, Error>
    where
        F: Star<A, R>,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let spread = move |item: A| f.star(item);
        self.map_async_with(spread, arguments, chunksize, callbacks)
    }

    /// As [`WorkerPool::map`], but gives the values one by one, in order, as they come. All calls are submitted at once;
    /// `chunksize` is 1 where it is `None`.
    ///
    /// # Errors
    ///
    /// As [`WorkerPool::map_async`].
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let squares = with_pool(Pool::new(2)?, |pool| {
    ///     pool.imap(|n: u64| n * n, 0..4, None)?.collect::<Result<Vec<_>, _>>()
    /// })?;
    /// assert_eq!(squares?, [0, 1, 4, 9]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn imap<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
    ) -> Result<Imap<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.imap_in(f, arguments, chunksize.into(), true)
    }

    /// As [`WorkerPool::imap`], but the values come in the order in which they are ready.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// let squares = with_pool(Pool::new(2)?, |pool| {
    ///     pool.imap_unordered(|n: u64| n * n, 0..4, None)?.sum::<Result<u64, _>>()
    /// })?;
    /// assert_eq!(squares?, 14);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn imap_unordered<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: impl Into<Option<usize>>,
    ) -> Result<Imap<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.imap_in(f, arguments, chunksize.into(), false)
    }

    /// No new work. What was given runs, then the workers leave. Calling it again is harmless.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::Pool;
    ///
    /// let pool = Pool::new(1)?;
    /// let result = pool.apply_async(|n: u32| n, 7)?;
    /// pool.close();
    /// assert!(pool.apply(|n: u32| n, 7).is_err());
    /// assert_eq!(result.get(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn close(&self) {
        self.crew.close();
    }

    /// Ends all workers now. Every result that is not ready fails with [`Error::Broken`]. Does not wait: see
    /// [`WorkerPool::join`]. Threads, and natively processes too, cannot be ended: they run on to the end of what they
    /// hold, whose value is dropped.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::multiprocessing::Pool;
    ///
    /// let pool = Pool::new(1)?;
    /// let endless = pool.apply_async(|()| std::thread::sleep(Duration::from_secs(3600)), ())?;
    /// pool.terminate();
    /// assert!(endless.get(None).unwrap_err().is_broken());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn terminate(&self) {
        self.crew.terminate();
    }

    /// Waits, blocking, until all is done and the workers are gone.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where the pool was neither closed nor terminated; [`Error::BlockingNotAllowed`] on the page.
    ///
    /// ```
    /// use concurrent_futures::multiprocessing::Pool;
    ///
    /// let pool = Pool::new(1)?;
    /// assert!(pool.join().is_err());
    /// pool.close();
    /// pool.join()?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn join(&self) -> Result<(), Error> {
        self.crew.check_ending()?;
        self.crew.executor.shutdown(Shutdown::default())
    }

    /// As [`WorkerPool::join`], awaited.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where the pool was neither closed nor terminated.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::multiprocessing::Pool;
    ///
    /// concurrent_futures::run(async {
    ///     let pool = Pool::new(1)?;
    ///     pool.close();
    ///     pool.join_async().await?;
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn join_async(&self) -> Result<(), Error> {
        self.crew.check_ending()?;
        self.crew.executor.shutdown_async(false).await;
        Ok(())
    }

    fn imap_in<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: Option<usize>,
        ordered: bool,
    ) -> Result<Imap<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        self.crew.check()?;
        let chunksize = checked(chunksize)?.unwrap_or(1);
        let mut arguments = arguments.into_iter();
        let mut calls = Vec::new();
        let mut last = None;
        loop {
            // What the input panics with is the last that is given; the chunk that it was in is lost.
            match panics::catch(None, || {
                arguments.by_ref().take(chunksize).collect::<Vec<A>>()
            }) {
                Ok(chunk) if chunk.is_empty() => break,
                Ok(chunk) => calls.push(self.crew.call_chunk(f, chunk)?),
                Err(error) => {
                    last = Some(error);
                    break;
                }
            }
        }
        Ok(Imap::new(calls, last, chunksize > 1, ordered))
    }

    fn send<F, A, R>(
        &self,
        f: F,
        arguments: Vec<A>,
        chunksize: usize,
    ) -> Result<Vec<Arc<Call<Vec<R>>>>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let mut arguments = arguments.into_iter();
        let mut calls = Vec::new();
        while arguments.len() > 0 {
            let chunk = arguments.by_ref().take(chunksize).collect();
            calls.push(self.crew.call_chunk(f, chunk)?);
        }
        Ok(calls)
    }
}

impl<E: Workers> Drop for WorkerPool<E> {
    fn drop(&mut self) {
        if self.crew.is_running() {
            report("ResourceWarning: unclosed running multiprocessing pool: it is closed now");
            self.crew.close();
        }
    }
}
