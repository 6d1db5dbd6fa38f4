//! What `imap` and `imap_unordered` give: values as they come.

use std::collections::VecDeque;
use std::fmt;
use std::panic::UnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::vec;

use super::crew::Call;
use crate::awaited::{self, Steps};
use crate::error::Error;
use crate::future::Future;
use crate::platform::Deadline;
use crate::wait::{AsCompleted, as_completed};

/// The values of [`imap`](super::WorkerPool::imap), in the order of the arguments, or of
/// [`imap_unordered`](super::WorkerPool::imap_unordered), as they come: as a blocking iterator, or where you must not
/// block by [`Imap::next_async`] or as a stream.
///
/// With a chunksize of 1 it goes on after an item that failed; else it ends there. An input that panics gives that as
/// the last error. Dropping it lets all its calls run.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::multiprocessing::{ThreadPool, with_pool};
///
/// let values = with_pool(ThreadPool::new(2)?, |pool| {
///     pool.imap(|n: u64| n * n, 0..4, 1)?.collect::<Result<Vec<_>, _>>()
/// })?;
/// assert_eq!(values?, [0, 1, 4, 9]);
/// # Ok::<(), Error>(())
/// ```
#[must_use = "its errors are seen only by who advances it"]
pub struct Imap<R> {
    order: Order<R>,
    /// Values of the call that came last.
    chunk: vec::IntoIter<R>,
    chunked: bool,
    /// What is given after all values: the panic of the input.
    last: Option<Error>,
    /// The time of one step.
    timeout: Option<Duration>,
    deadline: Deadline,
}

/// A call whose value is to be given: what is waited for, and what a `terminate` ends.
type Next<R> = (Future<Vec<R>>, Arc<Call<Vec<R>>>);

/// The calls are held, too, so that a `terminate` ends them.
enum Order<R> {
    Ordered(VecDeque<Next<R>>),
    AsTheyCome(
        AsCompleted<Vec<R>>,
        #[expect(dead_code, reason = "held")] Vec<Arc<Call<Vec<R>>>>,
    ),
}

impl<R: 'static> Imap<R> {
    pub(super) fn new(
        calls: Vec<Arc<Call<Vec<R>>>>,
        last: Option<Error>,
        chunked: bool,
        ordered: bool,
    ) -> Self {
        let order = if ordered {
            let held = calls.into_iter().map(|call| (call.future.clone(), call));
            Order::Ordered(held.collect())
        } else {
            let futures: Vec<_> = calls.iter().map(|call| call.future.clone()).collect();
            Order::AsTheyCome(as_completed(futures, None), calls)
        };
        Self {
            order,
            chunk: Vec::new().into_iter(),
            chunked,
            last,
            timeout: None,
            deadline: Deadline::after(None),
        }
    }
}

impl<R: Clone + Send + Sync + 'static> Imap<R> {
    /// The next value, within a time; when that is over, [`Error::Timeout`], and the value can be asked for again.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    ///
    /// with_pool(Pool::new(1)?, |pool| {
    ///     let mut squares = pool.imap(|n: u32| n * n, [3], None)?;
    ///     assert_eq!(squares.next_within(Duration::from_secs(60)).transpose()?, Some(9));
    ///     assert!(squares.next_within(None).is_none());
    ///     Ok::<(), concurrent_futures::Error>(())
    /// })??;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn next_within(
        &mut self,
        timeout: impl Into<Option<Duration>>,
    ) -> Option<Result<R, Error>> {
        let timeout = timeout.into();
        let deadline = Deadline::after(timeout);
        loop {
            if let Some(value) = self.chunk.next() {
                return Some(Ok(value));
            }
            let next = match &mut self.order {
                Order::Ordered(calls) => {
                    calls
                        .front()
                        .map(|(future, _)| match future.block(deadline.left()) {
                            Ok(()) | Err(Error::Cancelled) => Ok(future.clone()),
                            Err(Error::Timeout(_)) => {
                                Err(Error::timeout(timeout.unwrap_or_default(), 1, 1))
                            }
                            Err(error) => Err(error),
                        })
                }
                Order::AsTheyCome(completed, _) => completed.next_within(deadline.left()),
            };
            match next {
                None => return self.last.take().map(Err),
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(future)) => {
                    if let Err(error) = self.accept(&future) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }

    /// The next value, awaited.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool_async};
    ///
    /// concurrent_futures::run(async {
    ///     with_pool_async(Pool::new(1)?, async |pool| {
    ///         let mut squares = pool.imap(|n: u32| n * n, [3], None)?;
    ///         assert_eq!(squares.next_async().await.transpose()?, Some(9));
    ///         assert!(squares.next_async().await.is_none());
    ///         Ok::<(), Error>(())
    ///     })
    ///     .await?
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn next_async(
        &mut self,
    ) -> impl std::future::Future<Output = Option<Result<R, Error>>> + UnwindSafe {
        self.next_within_async(None)
    }

    /// As [`Imap::next_within`], awaited.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::Error;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool_async};
    ///
    /// concurrent_futures::run(async {
    ///     with_pool_async(Pool::new(1)?, async |pool| {
    ///         let mut squares = pool.imap(|n: u32| n * n, [3], None)?;
    ///         let nine = squares.next_within_async(Duration::from_secs(60)).await;
    ///         assert_eq!(nine.transpose()?, Some(9));
    ///         Ok::<(), Error>(())
    ///     })
    ///     .await?
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn next_within_async(
        &mut self,
        timeout: impl Into<Option<Duration>>,
    ) -> impl std::future::Future<Output = Option<Result<R, Error>>> + UnwindSafe {
        self.timeout = timeout.into();
        self.deadline = Deadline::after(self.timeout);
        awaited::next(self)
    }

    /// The values as a stream, for the combinators of the `futures` crate.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::multiprocessing::{Pool, with_pool};
    /// use futures_util::TryStreamExt;
    ///
    /// with_pool(Pool::new(2)?, |pool| {
    ///     let squares = pool.imap(|n: u32| n * n, 0..4, None)?.into_stream();
    ///     let squares: Vec<u32> = pollster::block_on(squares.try_collect())?;
    ///     assert_eq!(squares, [0, 1, 4, 9]);
    ///     Ok::<(), Error>(())
    /// })??;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn into_stream(mut self) -> impl futures_core::Stream<Item = Result<R, Error>> + Unpin {
        self.deadline = Deadline::after(None);
        awaited::stream(self)
    }

    /// Takes the values of the call that is next, which is done.
    fn accept(&mut self, future: &Future<Vec<R>>) -> Result<(), Error> {
        if let Order::Ordered(calls) = &mut self.order {
            calls.pop_front();
        }
        match future.value() {
            Ok(values) => {
                self.chunk = values.into_iter();
                Ok(())
            }
            Err(error) => {
                if self.chunked {
                    self.order = Order::Ordered(VecDeque::new());
                    self.last = None;
                }
                Err(error)
            }
        }
    }
}

impl<R: Clone + Send + Sync + 'static> Steps for Imap<R> {
    type Item = Result<R, Error>;

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(value) = self.chunk.next() {
                return Poll::Ready(Some(Ok(value)));
            }
            let next = match &mut self.order {
                Order::Ordered(calls) => match calls.front_mut() {
                    None => None,
                    Some((future, _)) => {
                        if future.poll_done(context).is_pending() {
                            return Poll::Pending;
                        }
                        Some(Ok(future.clone()))
                    }
                },
                Order::AsTheyCome(completed, _) => match completed.poll(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(next) => next,
                },
            };
            match next {
                None => return Poll::Ready(self.last.take().map(Err)),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(future)) => {
                    if let Err(error) = self.accept(&future) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }

    fn deadline(&self) -> Deadline {
        self.deadline
    }

    fn late(&mut self) -> Self::Item {
        Err(Error::timeout(self.timeout.unwrap_or_default(), 1, 1))
    }
}

impl<R: Clone + Send + Sync + 'static> Iterator for Imap<R> {
    type Item = Result<R, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_within(None)
    }
}

impl<R> fmt::Debug for Imap<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Imap")
            .field("chunked", &self.chunked)
            .finish_non_exhaustive()
    }
}
