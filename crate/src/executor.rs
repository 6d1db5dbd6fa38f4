//! The `Executor` trait: what every pool can do, so that code can be written once for all of them; and `map`.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::time::Duration;
use std::vec;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::future::Future;
use crate::platform::{self, Deadline};

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
    /// Has `f(argument)` called, and gives the future of its value at once.
    ///
    /// # Errors
    ///
    /// [`Error::Shutdown`] after a shutdown, [`Error::Broken`] where the pool is broken.
    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static;

    /// Stops accepting calls, as [`Shutdown`] says.
    ///
    /// # Errors
    ///
    /// [`Error::BlockingNotAllowed`] where it is to wait on the page; the shutdown itself has begun all the same.
    fn shutdown(&self, how: Shutdown) -> Result<(), Error>;

    /// Calls `f` with each of `arguments`; the values come in the order of the arguments. All calls are submitted at
    /// once, whether or not the iterator is ever advanced.
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
        self.map_chunks(f, arguments, 1, None)
    }

    /// [`Executor::map`] with `chunksize` arguments to a call, and a time, from now on, within which each value must
    /// come. A chunk saves the cost of one call for each argument; when one of its arguments fails, the whole chunk
    /// does.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where `chunksize` is zero; otherwise as [`Executor::submit`].
    fn map_chunks<F, A, R>(
        &self,
        f: F,
        arguments: impl IntoIterator<Item = A>,
        chunksize: usize,
        timeout: Option<Duration>,
    ) -> Result<Map<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        if chunksize == 0 {
            return Err(Error::Value(
                "chunksize must be at least 1, not 0".to_owned(),
            ));
        }
        let deadline = Deadline::after(timeout);
        let mut arguments = arguments.into_iter();
        let mut futures = VecDeque::new();
        loop {
            let chunk: Vec<A> = arguments.by_ref().take(chunksize).collect();
            if chunk.is_empty() {
                return Ok(Map {
                    futures,
                    chunk: Vec::new().into_iter(),
                    deadline,
                    timeout,
                });
            }
            futures.push_back(self.submit(
                move |chunk: Vec<A>| chunk.into_iter().map(f).collect(),
                chunk,
            )?);
        }
    }
}

/// How an executor is to shut down. The default is Python's: wait, and let what is queued run.
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

/// The values of a [`map`](Executor::map), in the order of its arguments: as a blocking iterator, or by
/// [`Map::next_async`] where you must not block.
///
/// The first failed call ends it, after its error: what has not started of the rest is cancelled, as in Python 3.15.
/// Dropping it cancels likewise.
#[must_use = "dropping a map cancels what has not started"]
pub struct Map<R> {
    futures: VecDeque<Future<Vec<R>>>,
    chunk: vec::IntoIter<R>,
    deadline: Deadline,
    timeout: Option<Duration>,
}

impl<R: Clone> Map<R> {
    /// The next value, awaited.
    pub fn next_async(
        &mut self,
    ) -> impl std::future::Future<Output = Option<Result<R, Error>>> + UnwindSafe {
        AssertUnwindSafe(self.next_awaited())
    }

    async fn next_awaited(&mut self) -> Option<Result<R, Error>> {
        loop {
            if let Some(value) = self.chunk.next() {
                return Some(Ok(value));
            }
            let future = self.futures.front_mut()?;
            let done = std::future::poll_fn(|context| future.poll_done(context));
            let outcome = match platform::within(self.deadline, done).await {
                Some(()) => future.value(),
                None => Err(self.late()),
            };
            if let Err(error) = self.accept(outcome) {
                return Some(Err(error));
            }
        }
    }

    fn accept(&mut self, outcome: Result<Vec<R>, Error>) -> Result<(), Error> {
        match outcome {
            Ok(chunk) => {
                self.futures.pop_front();
                self.chunk = chunk.into_iter();
                Ok(())
            }
            Err(error) => {
                self.cancel_rest();
                Err(error)
            }
        }
    }

    fn late(&self) -> Error {
        Error::timeout(
            self.timeout.unwrap_or_default(),
            self.futures.len(),
            self.futures.len(),
        )
    }
}

impl<R> Map<R> {
    fn cancel_rest(&mut self) {
        for future in self.futures.drain(..) {
            future.cancel();
        }
    }
}

impl<R: Clone> Iterator for Map<R> {
    type Item = Result<R, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(value) = self.chunk.next() {
                return Some(Ok(value));
            }
            let outcome = match self.futures.front()?.result(self.deadline.left()) {
                Err(Error::Timeout(_)) => Err(self.late()),
                outcome => outcome,
            };
            if let Err(error) = self.accept(outcome) {
                return Some(Err(error));
            }
        }
    }
}

impl<R> Drop for Map<R> {
    fn drop(&mut self) {
        self.cancel_rest();
    }
}

impl<R> fmt::Debug for Map<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("pending", &self.futures.len())
            .finish_non_exhaustive()
    }
}
