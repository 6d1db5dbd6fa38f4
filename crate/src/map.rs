//! `map`: many calls of one function, and their values in the order of the arguments.
//!
//! A map holds the futures of its calls, oldest first, and a [`Source`] that submits further ones. Without a
//! `buffersize` the source is emptied before the map is given out. With one, it is asked for as many calls as may be in
//! flight, and for one more each time the oldest is done.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroUsize;
use std::panic::UnwindSafe;
use std::task::{Context, Poll};
use std::time::Duration;
use std::vec;

use crate::awaited::{self, Steps};
use crate::error::Error;
use crate::future::Future;
use crate::platform::Deadline;

/// Options of [`map_with`](crate::Executor::map_with); `Default` gives Python's defaults.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::{Executor, MapOptions, ProcessPoolExecutor};
///
/// let pool = ProcessPoolExecutor::new(2)?;
/// let options = MapOptions {
///     timeout: Some(Duration::from_secs(60)),
///     chunksize: 100,
///     ..MapOptions::default()
/// };
/// let sum: u64 = pool.map_with(|n: u64| n * n, 1..=1000, options)?.sum::<Result<_, _>>()?;
/// assert_eq!(sum, 333_833_500);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapOptions {
    /// How long after the call of `map` each value must be there at the latest; `None` waits without end. A value that
    /// is there already is given even later than that.
    pub timeout: Option<Duration>,
    /// How many arguments make one call, at least 1, which is the default. A chunk saves the cost of a call for each
    /// argument; when one of its arguments fails, the whole chunk does. Process pools only, as in Python; the others
    /// ignore it.
    pub chunksize: usize,
    /// How many calls are in flight at most, at least 1; the arguments may then be endless. `None`, the default, submits
    /// all at once.
    pub buffersize: Option<usize>,
}

impl Default for MapOptions {
    fn default() -> Self {
        Self {
            timeout: None,
            chunksize: 1,
            buffersize: None,
        }
    }
}

impl MapOptions {
    /// The options of an executor, checked; `chunks` says whether it heeds `chunksize`.
    pub(crate) fn check(self, chunks: bool) -> Result<Checked, Error> {
        let at_least_one = |name: &str, value: usize| {
            NonZeroUsize::new(value)
                .ok_or_else(|| Error::Value(format!("{name} must be at least 1, not 0")))
        };
        Ok(Checked {
            chunksize: if chunks {
                at_least_one("chunksize", self.chunksize)?.get()
            } else {
                1
            },
            buffersize: match self.buffersize {
                Some(size) => at_least_one("buffersize", size)?.get(),
                None => usize::MAX,
            },
            timeout: self.timeout,
            // The time counts from here.
            deadline: Deadline::after(self.timeout),
        })
    }
}

/// Options that were checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checked {
    pub(crate) chunksize: usize,
    buffersize: usize,
    timeout: Option<Duration>,
    deadline: Deadline,
}

/// Where a [`Map`] gets its further calls from. Nobody but this crate implements it.
///
/// ```
/// use concurrent_futures::{Error, Executor, Map, MapOptions, Source, ThreadPoolExecutor};
///
/// /// The first value of a map of any kind.
/// fn first(mut map: Map<u64, impl Source<u64>>) -> Option<Result<u64, Error>> {
///     map.next()
/// }
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let options = MapOptions { buffersize: Some(1), ..MapOptions::default() };
/// let squares = pool.map_with(|n: u64| n * n, 7.., options)?;
/// assert_eq!(first(squares).unwrap()?, 49);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub trait Source<R>: sealed::Sealed {
    /// Submits the next call; `None` where there are no arguments left.
    #[doc(hidden)]
    fn submit_next(&mut self) -> Option<Result<Future<Vec<R>>, Error>>;
}

/// The source of a map all of whose calls were submitted.
///
/// ```
/// use concurrent_futures::{Executor, Exhausted, InlineExecutor, Map};
///
/// let squares: Map<u64, Exhausted> = InlineExecutor::new().map(|n: u64| n * n, [1, 2])?;
/// assert_eq!(squares.collect::<Result<Vec<_>, _>>()?, [1, 4]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug)]
pub struct Exhausted(());

/// A source that is a closure.
struct Feed<N>(N);

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Exhausted {}
    impl<N> Sealed for super::Feed<N> {}
}

impl<R> Source<R> for Exhausted {
    fn submit_next(&mut self) -> Option<Result<Future<Vec<R>>, Error>> {
        None
    }
}

impl<R, N> Source<R> for Feed<N>
where
    N: FnMut() -> Option<Result<Future<Vec<R>>, Error>>,
{
    fn submit_next(&mut self) -> Option<Result<Future<Vec<R>>, Error>> {
        self.0()
    }
}

/// The values of a [`map`](crate::Executor::map), in the order of its arguments: as a blocking iterator, or where you
/// must not block by [`Map::next_async`] or as a stream.
///
/// The first failed call ends it, after its error: what has not started of the rest is cancelled, as in Python 3.15.
/// Dropping it cancels likewise once it was advanced; before that, dropping it lets all its calls run.
///
/// ```
/// use concurrent_futures::{Executor, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let mut squares = pool.map(|n: u64| n * n, [3, 2, 1])?;
/// assert_eq!(squares.next().unwrap()?, 9);
/// assert_eq!(squares.collect::<Result<Vec<_>, _>>()?, [4, 1]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[must_use = "its errors are seen only by who advances it"]
pub struct Map<R, S = Exhausted> {
    futures: VecDeque<Future<Vec<R>>>,
    chunk: vec::IntoIter<R>,
    source: Option<S>,
    deadline: Deadline,
    timeout: Option<Duration>,
    advanced: bool,
}

/// Submits all calls of `next`, and gives the map of their values.
pub(crate) fn eagerly<R>(
    options: Checked,
    next: impl FnMut() -> Option<Result<Future<Vec<R>>, Error>>,
) -> Result<Map<R>, Error> {
    Ok(Map {
        futures: std::iter::from_fn(next).collect::<Result<_, _>>()?,
        chunk: Vec::new().into_iter(),
        source: None,
        deadline: options.deadline,
        timeout: options.timeout,
        advanced: false,
    })
}

/// Submits as many calls of `next` as may be in flight, and gives the map of their values, which submits the rest.
pub(crate) fn lazily<R>(
    options: Checked,
    next: impl FnMut() -> Option<Result<Future<Vec<R>>, Error>>,
) -> Result<Map<R, impl Source<R>>, Error> {
    let mut map = Map {
        futures: VecDeque::new(),
        chunk: Vec::new().into_iter(),
        source: Some(Feed(next)),
        deadline: options.deadline,
        timeout: options.timeout,
        advanced: false,
    };
    while map.futures.len() < options.buffersize && map.source.is_some() {
        map.submit_next()?;
    }
    Ok(map)
}

impl<R: Clone, S: Source<R>> Map<R, S> {
    /// The next value, awaited.
    ///
    /// ```
    /// use concurrent_futures::{Error, ThreadPoolExecutor};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = ThreadPoolExecutor::new(2)?;
    ///     let mut squares = pool.map(|n: u32| n * n, [3, 4])?;
    ///     assert_eq!(squares.next_async().await.transpose()?, Some(9));
    ///     assert_eq!(squares.next_async().await.transpose()?, Some(16));
    ///     assert!(squares.next_async().await.is_none());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn next_async(
        &mut self,
    ) -> impl std::future::Future<Output = Option<Result<R, Error>>> + UnwindSafe {
        awaited::next(self)
    }

    /// The values as a stream, for the combinators of the `futures` crate.
    ///
    /// ```
    /// use concurrent_futures::{Error, Executor, ThreadPoolExecutor};
    /// use futures_util::TryStreamExt;
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let squares = pool.map(|n: u32| n * n, 0..4)?.into_stream();
    /// let squares: Vec<u32> = pollster::block_on(squares.try_collect())?;
    /// assert_eq!(squares, [0, 1, 4, 9]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn into_stream(self) -> impl futures_core::Stream<Item = Result<R, Error>> + Unpin {
        awaited::stream(self)
    }

    /// Takes what the oldest call gave, which is done; it makes room for one more.
    fn accept(&mut self, outcome: Result<Vec<R>, Error>) -> Result<(), Error> {
        let accepted = outcome.and_then(|chunk| {
            self.futures.pop_front();
            self.chunk = chunk.into_iter();
            self.submit_next()
        });
        if accepted.is_err() {
            self.end();
        }
        accepted
    }
}

impl<R, S: Source<R>> Map<R, S> {
    fn submit_next(&mut self) -> Result<(), Error> {
        match self.source.as_mut().and_then(Source::submit_next) {
            Some(future) => self.futures.push_back(future?),
            None => self.source = None,
        }
        Ok(())
    }
}

impl<R, S> Map<R, S> {
    /// Nothing more comes: what has not started is cancelled.
    fn end(&mut self) {
        self.source = None;
        self.chunk = Vec::new().into_iter();
        for future in self.futures.drain(..) {
            future.abandon();
        }
    }

    fn timed_out(&self) -> Error {
        let unfinished = self.futures.len();
        Error::timeout(self.timeout.unwrap_or_default(), unfinished, unfinished)
    }
}

impl<R: Clone, S: Source<R>> Steps for Map<R, S> {
    type Item = Result<R, Error>;

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.advanced = true;
        loop {
            if let Some(value) = self.chunk.next() {
                return Poll::Ready(Some(Ok(value)));
            }
            let Some(future) = self.futures.front_mut() else {
                return Poll::Ready(None);
            };
            if future.poll_done(context).is_pending() {
                return Poll::Pending;
            }
            let outcome = future.value();
            if let Err(error) = self.accept(outcome) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    fn deadline(&self) -> Deadline {
        self.deadline
    }

    fn late(&mut self) -> Self::Item {
        let error = self.timed_out();
        self.end();
        Err(error)
    }
}

impl<R: Clone, S: Source<R>> Iterator for Map<R, S> {
    type Item = Result<R, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advanced = true;
        loop {
            if let Some(value) = self.chunk.next() {
                return Some(Ok(value));
            }
            let future = self.futures.front()?;
            let outcome = match future.block(self.deadline.left()) {
                Ok(()) => future.value(),
                Err(Error::Timeout(_)) => Err(self.timed_out()),
                Err(error) => Err(error),
            };
            if let Err(error) = self.accept(outcome) {
                return Some(Err(error));
            }
        }
    }
}

impl<R, S> Drop for Map<R, S> {
    fn drop(&mut self) {
        if self.advanced {
            self.end();
        }
    }
}

impl<R, S> fmt::Debug for Map<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("in_flight", &self.futures.len())
            .finish_non_exhaustive()
    }
}
