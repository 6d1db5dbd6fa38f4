//! `wait` and `as_completed`: several futures at once, of one executor or of many.
//!
//! Whoever waits registers one observer with every future; whoever ends a future tells it. The observer is one word to
//! block on, one waker to wake, and, for `as_completed`, the list of those that are done, in that order.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use atomic_waker::AtomicWaker;

use crate::callbacks::Observer;
use crate::error::Error;
use crate::future::{Future, poisoned};
use crate::list::PushList;
use crate::platform::{self, Deadline, Wake, Word};

/// When [`wait`] is to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReturnWhen {
    /// As soon as one future is finished or cancelled.
    FirstCompleted,
    /// As soon as one fails; a cancelled one does not count. Without a failure as `AllCompleted`.
    FirstException,
    /// When all are finished or cancelled.
    #[default]
    AllCompleted,
}

/// What [`wait`] found: each future once, in the order in which they were given.
#[derive(Debug)]
pub struct DoneAndNotDone<T> {
    /// Finished or cancelled.
    pub done: Vec<Future<T>>,
    /// Not yet.
    pub not_done: Vec<Future<T>>,
}

/// Waits, blocking, until the futures are done as `return_when` says, or the time is over, which is not an error.
/// A future that is given twice counts once.
///
/// # Errors
///
/// [`Error::BlockingNotAllowed`] where it would have to wait on the page: use [`wait_async`].
///
/// ```
/// use concurrent_futures::{ReturnWhen, ThreadPoolExecutor, wait};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let futures = [1, 2, 3].map(|n| pool.submit(move || n * n).unwrap());
/// let found = wait(futures, None, ReturnWhen::AllCompleted)?;
/// assert_eq!((found.done.len(), found.not_done.len()), (3, 0));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn wait<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: impl Into<Option<Duration>>,
    return_when: ReturnWhen,
) -> Result<DoneAndNotDone<T>, Error> {
    let futures = unique(futures);
    let deadline = Deadline::after(timeout.into());
    let watch = Watch::new(&futures);
    while !satisfied(&futures, return_when) && !deadline.passed() {
        watch.block(deadline)?;
    }
    Ok(partition(futures))
}

/// As [`wait`], awaited: for the page, and for whoever must not block.
pub fn wait_async<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: impl Into<Option<Duration>>,
    return_when: ReturnWhen,
) -> impl std::future::Future<Output = DoneAndNotDone<T>> + UnwindSafe {
    let futures = unique(futures);
    let deadline = Deadline::after(timeout.into());
    AssertUnwindSafe(async move {
        let watch = Watch::new(&futures);
        let enough = std::future::poll_fn(|context| {
            watch.register(context);
            if satisfied(&futures, return_when) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        // In time or not: what was found is the answer.
        let _ = platform::within(deadline, enough).await;
        partition(futures)
    })
}

/// Gives the futures as they are done, each once: as a blocking iterator, or by [`AsCompleted::next_async`]. Those
/// that are done already come first. The time counts from this call.
///
/// ```
/// use concurrent_futures::{ThreadPoolExecutor, as_completed};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let futures = [3, 1, 2].map(|n| pool.submit(move || n).unwrap());
/// let mut values: Vec<i32> = Vec::new();
/// for future in as_completed(futures, None) {
///     values.push(future?.result(None)?);
/// }
/// values.sort();
/// assert_eq!(values, [1, 2, 3]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn as_completed<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: impl Into<Option<Duration>>,
) -> AsCompleted<T> {
    let timeout = timeout.into();
    let futures = unique(futures);
    let watch = Watch::new(&futures);
    AsCompleted {
        total: futures.len(),
        pending: futures
            .into_iter()
            .map(|future| (future.key(), future))
            .collect(),
        ready: Vec::new().into_iter(),
        watch,
        deadline: Deadline::after(timeout),
        timeout,
    }
}

/// The iterator of [`as_completed`]. After a time-out it gives [`Error::Timeout`] once, then ends.
#[must_use = "it does nothing until it is advanced"]
pub struct AsCompleted<T> {
    pending: HashMap<usize, Future<T>>,
    ready: std::vec::IntoIter<usize>,
    watch: Arc<Watch>,
    deadline: Deadline,
    timeout: Option<Duration>,
    total: usize,
}

impl<T> AsCompleted<T> {
    /// The next future that is done, awaited.
    pub fn next_async(
        &mut self,
    ) -> impl std::future::Future<Output = Option<Result<Future<T>, Error>>> + UnwindSafe {
        AssertUnwindSafe(self.next_awaited())
    }

    async fn next_awaited(&mut self) -> Option<Result<Future<T>, Error>> {
        loop {
            if let Some(future) = self.next_ready() {
                return Some(Ok(future));
            }
            if self.pending.is_empty() {
                return None;
            }
            let watch = Arc::clone(&self.watch);
            let some = std::future::poll_fn(|context| {
                watch.register(context);
                self.ready = watch.take_done();
                if self.ready.as_slice().is_empty() {
                    Poll::Pending
                } else {
                    Poll::Ready(())
                }
            });
            if platform::within(self.deadline, some).await.is_none() {
                return Some(Err(self.late()));
            }
        }
    }

    fn next_ready(&mut self) -> Option<Future<T>> {
        if self.ready.as_slice().is_empty() {
            self.ready = self.watch.take_done();
        }
        let Self { ready, pending, .. } = self;
        ready.find_map(|key| pending.remove(&key))
    }

    fn late(&mut self) -> Error {
        let unfinished = self.pending.len();
        self.pending.clear();
        Error::timeout(self.timeout.unwrap_or_default(), unfinished, self.total)
    }
}

impl<T> Iterator for AsCompleted<T> {
    type Item = Result<Future<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(future) = self.next_ready() {
                return Some(Ok(future));
            }
            if self.pending.is_empty() {
                return None;
            }
            if self.deadline.passed() {
                return Some(Err(self.late()));
            }
            if let Err(error) = self.watch.block(self.deadline) {
                self.pending.clear();
                return Some(Err(error));
            }
        }
    }
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted")
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}

/// The observer.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Counts futures that ended since; whoever blocks waits on it.
    news: Word,
    /// Keys of futures that are done, in that order.
    done: PushList<usize>,
    waker: AtomicWaker,
}

impl Watch {
    fn new<T: 'static>(futures: &[Future<T>]) -> Arc<Self> {
        let watch = Arc::new(Self {
            news: Word::new(0),
            done: PushList::new(),
            waker: AtomicWaker::new(),
        });
        for future in futures {
            future.watch(&watch, future.key());
        }
        watch
    }

    /// Blocks until there is news since the last call, or the time is over.
    fn block(&self, deadline: Deadline) -> Result<(), Error> {
        // AcqRel: acquires what the teller did before; a swap, so that no news is lost between here and the wait.
        if self.news.swap(0, Ordering::AcqRel) > 0 {
            return Ok(());
        }
        if !platform::can_block() {
            return Err(Error::BlockingNotAllowed(
                "on the page, use `wait_async` or `next_async` instead",
            ));
        }
        match self.news.wait(0, deadline.left()) {
            Wake::Poisoned => Err(poisoned()),
            Wake::Look | Wake::TimedOut => Ok(()),
        }
    }

    fn register(&self, context: &Context<'_>) {
        self.waker.register(context.waker());
    }

    fn take_done(&self) -> std::vec::IntoIter<usize> {
        self.done.take().collect::<Vec<_>>().into_iter()
    }
}

impl Observer for Watch {
    fn done(&self, key: usize) {
        self.done.push(key);
        // AcqRel: releases the end of the future to whoever blocks.
        self.news.fetch_add(1, Ordering::AcqRel);
        self.news.wake_all();
        self.waker.wake();
    }
}

fn unique<T>(futures: impl IntoIterator<Item = Future<T>>) -> Vec<Future<T>> {
    let mut seen = std::collections::HashSet::new();
    futures
        .into_iter()
        .filter(|future| seen.insert(future.key()))
        .collect()
}

fn satisfied<T>(futures: &[Future<T>], return_when: ReturnWhen) -> bool {
    let all = || futures.iter().all(Future::done);
    match return_when {
        ReturnWhen::FirstCompleted => futures.is_empty() || futures.iter().any(Future::done),
        ReturnWhen::FirstException => futures.iter().any(Future::failed) || all(),
        ReturnWhen::AllCompleted => all(),
    }
}

fn partition<T>(futures: Vec<Future<T>>) -> DoneAndNotDone<T> {
    let (done, not_done) = futures.into_iter().partition(Future::done);
    DoneAndNotDone { done, not_done }
}
